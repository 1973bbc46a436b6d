"""Credentials from an external program, in the form all AWS SDKs know as credential_process."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from runner.acquire import program
from runner.acquire.kinds.contract import Grant
from runner.acquire.program import Asked
from runner.model.credentials import Credentials, is_plain
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import Process


def hops(identity: Process) -> tuple[str, ...]:
    """Return the text of this link."""
    return (f"credential_process of {identity.name}",)


def sources(identity: Process, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp which program it is."""
    return program.source(_asked(identity), environ)


def fetch(identity: Process, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Run the program and read its JSON; raises credential-process-failed, -invalid, -timeout, credentials-expired."""
    return Grant(_read(identity, program.answer(_asked(identity), reach)))


def _asked(identity: Process) -> Asked:
    return Asked("credential_process", identity.credential_process, identity.where, identity.timeout_s)


def _read(identity: Process, output: bytes) -> Credentials:
    try:
        answer: Any = json.loads(output)
    except (ValueError, RecursionError):  # its text would quote the output
        raise _invalid(
            identity, "printed something that is not JSON" if output.strip() else "printed nothing"
        ) from None
    if not isinstance(answer, dict) or answer.get("Version") != 1 or isinstance(answer.get("Version"), bool):
        raise _invalid(identity, 'printed JSON without "Version": 1')
    for key in ("AccessKeyId", "SecretAccessKey"):
        if not isinstance(answer.get(key), str) or not answer[key]:
            raise _invalid(identity, f"printed JSON without {key}")
    token = answer.get("SessionToken") or ""
    if not isinstance(token, str):
        raise _invalid(identity, "printed a SessionToken that is not a text")
    for key in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
        if not is_plain(answer.get(key) or ""):
            raise _invalid(identity, f"printed a {key} with characters that none has: spaces, line ends, accents")
    expires_at = _instant(identity, answer.get("Expiration"))
    if expires_at is not None and expires_at <= time.time():
        ended = datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise Failure(
            "credentials-expired",
            source=hops(identity)[0],
            since=f" at {ended}",
            cause=f"Expiration in what the program printed; {identity.where}",
            remedy=f"{_asked(identity).shown}        # it should print new credentials; does it need a login?",
        )
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], token, expires_at)


def _instant(identity: Process, value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        instant = datetime.fromisoformat(str(value))
        if instant.tzinfo is not None:
            return instant.astimezone(UTC).timestamp()  # in UTC it may be of the year 0 or 10000, which there is not
    except (ValueError, OverflowError):  # as without a zone
        pass
    raise _invalid(identity, "printed an Expiration that is not an ISO 8601 time with a zone")


def _invalid(identity: Process, problem: str) -> Failure:
    return _asked(identity).invalid(problem)
