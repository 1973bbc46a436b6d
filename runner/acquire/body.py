"""What a lease keeps of credentials: the JSON that a credential_process prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.model.credentials import Credentials


def of(keys: Credentials, expiration: float, account: str) -> bytes:
    """Return the JSON; its Expiration (UTC epoch seconds) is always there: some clients need it."""
    answer: dict[str, object] = {
        "Version": 1,
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key,
    }
    if keys.session_token:
        answer["SessionToken"] = keys.session_token
    answer["Expiration"] = datetime.fromtimestamp(expiration, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if account:
        answer["AccountId"] = account
    return json.dumps(answer).encode() + b"\n"
