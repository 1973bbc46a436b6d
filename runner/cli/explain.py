"""`runner explain NAME`, `runner explain --slug S` and `run --dry-run`: what would happen, or what a failure means."""

from __future__ import annotations

import difflib
import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from runner import report
from runner.cli import explanation, listing
from runner.cli.explanation import MODES
from runner.cli.listing import ConfigOption, FormatOption
from runner.model.failure import Failure
from runner.model.failures import FAILURES
from runner.model.outcome import retryable, status_of
from runner.settings import environ, files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.cli.explanation import Explanation, Variable
    from runner.model.request import RunRequest
    from runner.settings.files import Files

LEASES = {
    "fresh": "a fresh lease, until {}: AWS is not asked",
    "due": "a lease, until {}, that would be renewed or validated first",
    "stale": "a lease, until {}, made from other files or variables: not used",
    "none": "no lease: the chain's calls are made",
    "not kept": "not kept on disk: the chain's calls are made at each start",
}


def explain(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="An identity or an AWS profile.")] = "",
    slug: Annotated[
        str, typer.Option("--slug", metavar="SLUG", help="Explain a failure, or with `all` every one.")
    ] = "",
    config: ConfigOption = "",
    form: FormatOption = "table",
) -> None:
    """Say how an identity gets its credentials and what a command would receive; or what a failure means."""
    listing.check_format(form)
    if slug:
        _failures(slug, form)
        return
    caller = dict(os.environ)
    given = {key: value for key, value in (("identity", name), ("config", config)) if value}
    request = environ.request((given, []), caller)
    if not request.identity:
        problem = "no NAME and no --slug to explain"
        raise Failure("usage", problem=problem, cause="the command line", remedy="runner explain --help")
    found = _found(request, files.find(request.config, caller), caller)
    if form == "json":
        listing.as_json(found.plain())
    else:
        listing.lines(_told(found))


def dry_run(request: RunRequest, looked_at: Files, caller: Mapping[str, str]) -> None:
    """Write to stdout what a run would do, and the command with its arguments, as a shell would take them."""
    told = _told(_found(request, looked_at, caller))
    listing.lines([*told, f"would run: {shlex.join(request.command)}"])


def _found(request: RunRequest, looked_at: Files, caller: Mapping[str, str]) -> Explanation:
    try:
        return explanation.of(request, looked_at, caller)
    except Failure as failure:
        raise failure.at(request.identity) from failure.__cause__


def _told(found: Explanation) -> list[str]:
    region = f"{found.region.value} ({found.region.origin})" if found.region.value else "none: nobody names one"
    guards = [f"  {'account' if each.value.isdigit() else 'ARN'} {each.value} ({each.origin})" for each in found.guards]
    return [
        f"identity:  {found.identity}",
        "chain:",
        *(line for hop in found.chain for line in (f"  {hop.hop}", f"    {hop.kind}: {hop.where}", f"    {hop.calls}")),
        f"region:    {region}",
        *(["guard:", *guards] if guards else ["guard:     none: any account will do"]),
        f"lease:     {LEASES[found.lease.value].format(found.lease.origin)}",
        f"injection: {found.injection.value} ({found.injection.origin}): {MODES.get(found.injection.value, '')}",
        *_section("set", found.set),
        *_section("kept", found.kept),
        *_section("removed", found.removed),
        "other variables are handed on as they are",
    ]


def _section(title: str, variables: list[Variable]) -> list[str]:
    if not variables:
        return [f"{title}: nothing"]
    shown = (each.name if each.value is None else f"{each.name}={each.value}" for each in variables)
    return [f"{title}:", *(f"  {text}  # {each.why}" for text, each in zip(shown, variables, strict=True))]


def _failures(slug: str, form: str) -> None:
    if slug != "all" and slug not in FAILURES:
        near = difflib.get_close_matches(slug, [*FAILURES, "all"], 3)
        raise Failure(
            "usage",
            problem=f'--slug "{slug}" is no failure{"; near: " + ", ".join(near) if near else ""}',
            cause="the command line",
            remedy=f"runner explain --slug {near[0] if near else 'all'}",
        )
    rows = [_row(each) for each in (FAILURES if slug == "all" else [slug])]
    if form == "json":
        listing.as_json(rows if slug == "all" else rows[0])
    elif slug == "all":
        listing.table(
            ("SLUG", "STATUS", "MEANING"),
            [[str(row[key]) for key in ("slug", "exit_status", "meaning")] for row in rows],
        )
    else:
        listing.lines([f"{key + ':':13}{_word(value)}" for key, value in rows[0].items()])


def _row(slug: str) -> dict[str, str | int | bool]:
    row, failure = FAILURES[slug], Failure(slug)
    return {
        "slug": slug,
        "meaning": row.meaning,
        "sentence": row.sentence,
        "exit_status": status_of(failure),
        "retryable": retryable(failure),
        "try": row.remedy,
    }


def _word(value: str | int | bool) -> str:  # noqa: FBT001 - a value to show
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else report.clean(str(value))
