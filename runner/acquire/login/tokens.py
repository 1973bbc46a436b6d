"""The token files that all AWS tools share: where they are, what they say, and replacing one at once."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from runner.model.credentials import is_plain
from runner.places import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.aws.oidc import Client, Issued

READS, PAUSE_S = 3, 0.3  # the AWS CLI writes in place: a broken file may be whole a moment later
DUE_S = 15 * 60  # a token that ends sooner is refreshed; botocore's own window

# What we write; whatever else stands in a file is somebody's, and stays.
OURS = ("startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt")
REFRESH = "refreshToken"


@dataclass(frozen=True, slots=True)
class SsoSession:
    """An sso-session by name, or a legacy profile's start URL with the name ""; the scopes that are configured."""

    name: str
    start_url: str
    region: str
    scopes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What a reader knows it by."""
        return self.name or self.start_url

    @property
    def lock_names(self) -> tuple[str, str, str]:
        """What tells its locks from those of others."""
        return (self.start_url, self.region, self.name)


class Token:
    """What a token file says: the secret, its end (UTC epoch seconds), and all of its keys."""

    __slots__ = ("content", "expires_at", "secret")

    def __init__(self, content: Mapping[str, object]) -> None:
        self.content = dict(content)
        secret = content["accessToken"]
        if not isinstance(secret, str) or not secret or not is_plain(secret):
            raise ValueError("no access token")
        self.secret = secret
        self.expires_at = instant(content["expiresAt"])

    @property
    def is_refreshable(self) -> bool:
        """Whether there is a refresh token."""
        return bool(self.content.get(REFRESH))

    @property
    def is_due(self) -> bool:
        """Whether it has ended, or is about to."""
        return self.expires_at - time.time() < DUE_S

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self.expires_at <= time.time()


def instant(text: object) -> float:
    """Read an instant as AWS tools write it; raises ValueError when it has no zone."""
    read_at = datetime.fromisoformat(str(text).replace("UTC", "Z"))
    if read_at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return read_at.astimezone(UTC).timestamp()  # OverflowError: of the year 0 or 10000


def iso(instant_at: float) -> str:
    """Write an instant; the Z form is the only one that all SDKs read."""
    return datetime.fromtimestamp(int(instant_at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def folder() -> str:
    """Return where all AWS tools keep tokens and registrations."""
    return os.path.expanduser("~/.aws/sso/cache")


def cache_path(key: str) -> str:
    """Return the file of a key of the cache."""
    return f"{folder()}/{hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()}.json"


def token_path(session: SsoSession) -> str:
    """Return where all AWS tools keep the token of a session."""
    return cache_path(session.name or session.start_url)


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


def write_token(session: SsoSession, client: Client, issued: Issued, before: Token | None) -> Token:
    """Put a new token in its place; raises disk-full, state-directory-unsafe.

    Keys of `before` that are not ours stay. The caller holds the lock of the session.
    """
    token = Token(
        {
            **foreign(before.content if before else {}),
            "startUrl": session.start_url,
            "region": session.region,
            "accessToken": issued.access_token,
            "expiresAt": iso(issued.expires_at),
            "clientId": client.client_id,
            "clientSecret": client.client_secret,
            "registrationExpiresAt": iso(client.expires_at),
            **({REFRESH: issued.refresh_token} if issued.refresh_token else {}),
        }
    )
    write(token_path(session), token.content)
    return token


def foreign(content: Mapping[str, object]) -> dict[str, object]:
    """Return the keys of a token file that no AWS tool known to us has written."""
    return {key: value for key, value in content.items() if key not in (*OURS, REFRESH)}


def write(path: str, content: Mapping[str, object]) -> None:
    """Replace a file of the cache at once, 0600; a link in its place is followed. Raises as files.replace."""
    path = os.path.realpath(path)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    except OSError as error:
        raise files.unwritable(path, error) from error
    files.replace(path, json.dumps(content).encode())
