"""IAM Identity Center: the token file of `aws sso login`, its refresh by botocore, and GetRoleCredentials."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.tokens

from runner.acquire.aws.session import AwsSession, call
from runner.acquire.aws.unanswered import NETWORK_ERRORS, unanswered
from runner.model.credentials import Credentials, is_plain

READS, PAUSE_S = 3, 0.3  # the AWS CLI writes in place: a broken file may be whole a moment later


@dataclass(frozen=True, slots=True)
class SsoSession:
    """An sso-session by name, or a legacy profile's start URL with the name ""."""

    name: str
    start_url: str
    region: str


class Token:
    """What a token file says: the secret, its end (UTC epoch seconds), and whether there is a refresh token."""

    __slots__ = ("expires_at", "is_refreshable", "secret")

    def __init__(self, said: dict[str, Any]) -> None:
        self.secret = said["accessToken"]
        if not self.secret or not is_plain(self.secret):
            raise ValueError("no access token")
        instant = datetime.fromisoformat(str(said["expiresAt"]).replace("UTC", "Z"))
        if instant.tzinfo is None:
            raise ValueError("an end without a zone")
        self.expires_at = instant.astimezone(UTC).timestamp()  # OverflowError: of the year 0 or 10000
        self.is_refreshable = bool(said.get("refreshToken"))


def token_path(session: SsoSession) -> str:
    """Return where all AWS tools keep the token of a session."""
    name = hashlib.sha1((session.name or session.start_url).encode(), usedforsecurity=False).hexdigest()
    return os.path.expanduser(f"~/.aws/sso/cache/{name}.json")


def read_token(path: str) -> Token | None:
    """Return the token in a file; None when there is none, or none that can be read."""
    for attempt in range(READS):
        try:
            return Token(json.loads(Path(path).read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            time.sleep(PAUSE_S if attempt < READS - 1 else 0)
    return None


def refresh(session: SsoSession, aws: AwsSession) -> None:
    """Let botocore spend the refresh token and write the new one; raises AwsError when no answer came.

    A refusal raises nothing: the file is then as it was. Only one process at a time may do this.
    """
    provider = botocore.tokens.SSOTokenProvider(_OneSession(session, aws), profile_name=_OneSession.PROFILE)
    token = provider.load_token()
    try:
        token.get_frozen_token()
    except NETWORK_ERRORS as error:
        raise unanswered("sso-oidc", "CreateToken", error, f"https://oidc.{session.region}.amazonaws.com") from None
    except (botocore.exceptions.BotoCoreError, OSError, ValueError, KeyError, TypeError, OverflowError):
        pass  # what the file says now is what counts


class _OneSession:
    """What botocore's token provider asks a session for, with nothing but one sso-session configured."""

    PROFILE = "-"

    def __init__(self, session: SsoSession, aws: AwsSession) -> None:
        self._aws = aws
        described = {"sso_start_url": session.start_url, "sso_region": session.region}
        self.full_config = {
            "profiles": {self.PROFILE: {"sso_session": session.name}},
            "sso_sessions": {session.name: described},
        }

    def create_client(self, service: str, config: Any = None) -> Any:
        return self._aws.client(service, config.region_name, unsigned=True)


def get_role_credentials(
    session: SsoSession, account: str, permission_set: str, token: Token, aws: AwsSession
) -> Credentials:
    """Ask the portal for a permission set's credentials; raises AwsError."""
    parameters: dict[str, object] = {
        "accountId": account,
        "roleName": permission_set,
        "accessToken": token.secret,
    }
    answer = call(aws.client("sso", session.region, unsigned=True), "get_role_credentials", parameters)
    given = answer["roleCredentials"]
    expires_at = given["expiration"] / 1000
    return Credentials(given["accessKeyId"], given["secretAccessKey"], given["sessionToken"], expires_at)
