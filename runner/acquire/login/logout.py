"""Logging out: the token ends, with its file and every lease made from it. Registrations stay, as with the AWS CLI."""

from __future__ import annotations

import os
import string
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runner.acquire.aws import AwsError, sso
from runner.acquire.login import tokens
from runner.acquire.login.leases import forget_leases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.acquire.login.flow import Place
    from runner.acquire.login.tokens import SsoSession, Token

DIGITS = 40  # of a SHA-1


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Whether there was a login, how many leases went, and why the service does not know, "" when it does."""

    was_in: bool
    leases: int
    problem: str = ""


def log_out(session: SsoSession, place: Place) -> LoggedOut:
    """Log out of a session; the file goes also when the service cannot be told."""
    with place.locks.hold("sso", *session.lock_names):  # else a refresh could write the file again
        return _end(tokens.token_path(session), session.region, place)


def log_out_of_all(place: Place) -> Iterator[tuple[str, LoggedOut]]:
    """Log out of every session there is a token of; yield the start URL of each, and what became of it."""
    for path in sorted(Path(tokens.folder()).glob("*.json")):
        token = _token(path)
        if token is not None:
            start_url, region = str(token.content["startUrl"]), str(token.content.get("region", ""))
            yield start_url, _end(str(path), region, place)


def _end(path: str, region: str, place: Place) -> LoggedOut:
    token = tokens.read_token(path)
    problem = "" if token is None else _told(token, region, place)
    was_in = os.path.lexists(path)
    with suppress(FileNotFoundError):
        os.unlink(path)
    return LoggedOut(was_in, forget_leases(path, place.environ), problem)


def _told(token: Token, region: str, place: Place) -> str:
    """Tell the service; return why that did not work. A token that it does not know any more has ended."""
    if token.has_ended:
        return ""
    try:
        sso.logout(token, str(token.content.get("region") or region), place.aws)
    except AwsError as error:
        return "" if error.status == 401 else f"{error.service} {error.operation}: {error.code}"
    return ""


def _token(path: Path) -> Token | None:
    """Return the token in a file that is one of ours by its name too: the folder is shared with other programs."""
    if len(path.stem) != DIGITS or not set(path.stem) <= set(string.hexdigits):
        return None
    token = tokens.read_token(str(path))
    return token if token is not None and "startUrl" in token.content else None
