"""`runner doctor`: what stands in the way on this machine, each with its remedy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runner.acquire import awsfiles
from runner.acquire import book as books
from runner.cli import listing
from runner.cli.doctor import machine, network, tokens
from runner.cli.doctor.finding import Finding
from runner.cli.listing import FormatOption
from runner.inject.scrub import scrubbed
from runner.model.failure import Failure
from runner.model.outcome import worst_class
from runner.settings import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.login.tokens import SsoSession
    from runner.settings.files import Files


def doctor(form: FormatOption = "table") -> int:
    """Look at clock, endpoints, files, SSO tokens and locks of this machine; 0 when nothing is wrong."""
    listing.check_format(form)
    caller = dict(os.environ)
    os.environ.clear()
    os.environ.update(scrubbed(caller)[0])
    findings = _findings(files.find(caller.get("RUN_CONFIG", ""), caller), caller)
    if form == "json":
        listing.as_json([each.plain() for each in findings])
    else:
        rows = [(each.state, each.check, each.detail, each.remedy) for each in findings]
        listing.table(("STATE", "CHECK", "DETAIL", "TRY"), rows)
    return worst_class([each.failure_class for each in findings if each.failure_class is not None])


def _findings(looked_at: Files, caller: Mapping[str, str]) -> list[Finding]:
    found = [*machine.files(looked_at), *machine.places(caller)]
    sessions: list[SsoSession] = []
    try:
        aws_files = awsfiles.read(looked_at.aws_config, looked_at.aws_credentials)
        sessions = tokens.sessions(aws_files, {})
        sessions = tokens.sessions(aws_files, books.read(looked_at, caller).sso_sessions)
    except Failure as failure:  # what could be read is looked at
        found.append(Finding("configuration", failure.sentence, "configuration", "runner config check"))
    regions = sorted({each.region for each in sessions if each.region})
    return [*network.endpoints(regions, caller), *found, *tokens.findings(sessions)]
