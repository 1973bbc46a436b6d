"""The token files of IAM Identity Center sessions that are configured here."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from runner.acquire.login import tokens as token_files
from runner.acquire.login.tokens import SsoSession
from runner.cli.doctor import machine
from runner.cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runner.acquire.awsfiles import AwsFiles


def sessions(files: AwsFiles, own: Mapping[str, Mapping[str, str]]) -> list[SsoSession]:
    """Return the sessions of the AWS config file, those of runner.toml, and those of legacy profiles."""
    described: dict[str, Mapping[str, object]] = {**files.sso_sessions, **own}
    found = [_session(name, each) for name, each in described.items()]
    legacy = [each for each in files.config.values() if "sso_start_url" in each and "sso_session" not in each]
    found += [_session("", each) for each in legacy]
    return list(dict.fromkeys(found))


def _session(name: str, section: Mapping[str, object]) -> SsoSession:
    start_url, region = section.get("sso_start_url"), section.get("sso_region")
    return SsoSession(name, str(start_url or ""), str(region or ""))


def findings(configured: Sequence[SsoSession]) -> Iterator[Finding]:
    """Look whether each token can be read, by whom, and whether it has ended; nobody logged in is nothing wrong."""
    for session in configured:
        path = token_files.token_path(session)
        if not Path(path).exists():
            yield Finding(_check(session), "nobody is logged in")
            continue
        mode = machine.file(path, is_secret=True)
        if mode is not None and mode.failure_class is not None:
            yield mode
        yield _token(session, path)


def _token(session: SsoSession, path: str) -> Finding:
    token = token_files.read_token(path)
    if token is None:
        return Finding(_check(session), f"{path} cannot be read as a token", "configuration", _login(session))
    left_s = token.expires_at - time.time()
    if left_s > 0:
        return Finding(_check(session), f"good for {round(left_s / 60)} min")
    if token.is_refreshable:
        return Finding(_check(session), "ended, and can be refreshed")
    return Finding(_check(session), f"ended {round(-left_s / 60)} min ago", "authentication", _login(session))


def _check(session: SsoSession) -> str:
    return f"SSO token {session.name or session.start_url}"


def _login(session: SsoSession) -> str:
    if not session.name:
        return "aws sso login --profile NAME        # of a profile with that sso_start_url"
    return f"aws sso login --sso-session {shlex.quote(session.name)}"
