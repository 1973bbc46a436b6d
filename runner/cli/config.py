"""`runner config check` and `runner config path`: what is configured here, and what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner import report
from runner.acquire import roles
from runner.acquire.survey import survey
from runner.cli import listing
from runner.cli.listing import FormatOption
from runner.model.failure import Failure
from runner.model.outcome import worst
from runner.settings import environ, files, trust

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.request import RunRequest
    from runner.settings.files import Files

ACTIONS = ("check", "path")


def config(
    action: Annotated[str, typer.Argument(metavar="check|path", help="Look for what is wrong, or list the files.")],
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="This runner.toml and no other.")] = "",
    form: FormatOption = "table",
) -> int:
    """Check all identities and AWS profiles without using them, or list the files that are looked at, in order."""
    listing.check_format(form)
    if action not in ACTIONS:
        problem = f'"{action}" must be one of {", ".join(ACTIONS)}'
        raise Failure("usage", problem=problem, cause="the command line", remedy="runner config --help")
    caller = dict(os.environ)
    looked_at = files.find(file or caller.get("RUN_CONFIG", ""), caller)
    if action == "path":
        _list(looked_at, caller, form)
        return 0
    return _check(looked_at, caller, form)


def _check(looked_at: Files, caller: Mapping[str, str], form: str) -> int:
    def request_of(name: str) -> RunRequest:
        asked = environ.request(({"identity": name}, []), caller)
        roles.leave_out(asked)
        return asked

    found = survey(looked_at, request_of, caller)
    if form == "json":
        errors = [report.as_plain(failure) for failure in found.problems]
        listing.as_json({"files": list(looked_at.all()), "identities": list(found.names), "errors": errors})
        return worst(list(found.problems))
    for failure in found.problems:
        report.failure(failure, "json" if caller.get("RUN_ERROR_FORMAT") == "json" else "text")
    number, wrong = len(found.names), len(found.problems)
    well = "nothing is wrong" if not wrong else f"{wrong} problem{'' if wrong == 1 else 's'}"
    listing.lines([f"{number} {'identity' if number == 1 else 'identities'}: {well}"])
    return worst(list(found.problems))


def _list(looked_at: Files, caller: Mapping[str, str], form: str) -> None:
    kinds = {
        looked_at.named: "named",
        looked_at.project: "project",
        looked_at.user: "user",
        looked_at.aws_config: "aws config",
        looked_at.aws_credentials: "aws credentials",
    }
    rows = [(kinds[path], path, _state(path, looked_at, caller)) for path in looked_at.all()]
    if form == "json":
        listing.as_json([dict(zip(("file", "path", "state"), row, strict=True)) for row in rows])
    else:
        listing.table(("FILE", "PATH", "STATE"), rows)


def _state(path: str, looked_at: Files, caller: Mapping[str, str]) -> str:
    """Return absent, unreadable, refused (somebody else can change it), not trusted, trusted, or there."""
    is_project = path == looked_at.project
    try:
        if path in (looked_at.aws_config, looked_at.aws_credentials):
            Path(path).read_bytes()
        else:
            content = trust.read_private(Path(path))
    except OSError as error:
        return "absent" if isinstance(error, FileNotFoundError) else "unreadable"
    except Failure:
        return "refused"
    try:
        if is_project:
            trust.check(Path(path), content, caller)
    except Failure:
        return "not trusted"
    return "trusted" if is_project else "there"
