"""`runner check [NAME|PATTERN]...`: all that `run` does before it starts a command, and nothing started."""

from __future__ import annotations

import os
from time import gmtime, strftime
from typing import TYPE_CHECKING

from runner import report
from runner.acquire import acquire
from runner.acquire import book as books
from runner.acquire.aws.session import AwsSession
from runner.acquire.select import is_pattern, select
from runner.child.several import several
from runner.cli import listing
from runner.cli.listing import ConfigOption, ExceptOption, FormatOption, NamesArgument
from runner.inject.scrub import scrubbed
from runner.leases import form as lease_form
from runner.leases import wanted
from runner.model.failure import Failure
from runner.model.outcome import worst
from runner.settings import environ, files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.acquire.select import Selection
    from runner.model.lease import Lease
    from runner.model.request import RunRequest
    from runner.settings.files import Files

AT_ONCE = 8  # they wait for AWS more than they work: more of them gained nothing on two cores
COLUMNS = ("NAME", "STATE", "ACCOUNT", "EXPIRES", "ARN")


def check(
    names: NamesArgument = None,
    without: ExceptOption = None,
    config: ConfigOption = "",
    form: FormatOption = "table",
) -> int:
    """Tell whether commands could be started as these identities; exits as run would."""
    listing.check_format(form)
    caller = dict(os.environ)
    asked = _request("", config, caller)
    looked_at = files.find(asked.config, caller)
    selection = _selected(names or [], without or [], looked_at, caller)
    requests = [_request(name, config, caller) for name in selection.names]
    if len(requests) > 1:  # nobody can answer several at once
        for each in requests:
            each.no_input = "several are checked at once"
    found = _leases(requests, looked_at, caller)
    failures = [each for each in found if isinstance(each, Failure)]
    if form == "json":
        listing.as_json([_plain(name, each) for name, each in zip(selection.names, found, strict=True)])
        return worst(failures)
    listing.table(COLUMNS, [_row(name, each) for name, each in zip(selection.names, found, strict=True)])
    for failure in failures:
        report.failure(failure, "json" if asked.error_format == "json" else "text")
    return worst(failures)


def _selected(words: Sequence[str], without: Sequence[str], looked_at: Files, caller: dict[str, str]) -> Selection:
    """Select among all identities with a name; raises no-match, for a project's file config-not-trusted."""
    book = books.read(looked_at, caller)
    try:
        return select(words, without, book.catalogue)
    except Failure:
        if book.refused is not None and any(is_pattern(word, book.catalogue) for word in words):
            raise book.refused from None
        raise


def _request(name: str, config: str, caller: dict[str, str]) -> RunRequest:
    given = {key: value for key, value in (("identity", name), ("config", config)) if value}
    return environ.request((given, []), caller)


def _leases(requests: Sequence[RunRequest], looked_at: Files, caller: dict[str, str]) -> list[Lease | Failure]:
    """Return the lease of each, or why there is none: one forked process each, all with the same botocore loaded."""
    os.environ.clear()
    os.environ.update(scrubbed(caller)[0])
    AwsSession("", {"profiles": {}, "services": {}}).client("sts", "us-east-1")  # its models stay in memory, for all

    def work(request: RunRequest) -> bytes:
        order = wanted.ordered(request, looked_at.all(), caller)
        return lease_form.dump(wanted.fresh(order, caller) or acquire(request, looked_at, order, caller))

    answers = several([lambda each=each: work(each) for each in requests], AT_ONCE)  # type: ignore[misc]  # bound early
    return [
        answer.at(request.identity) if isinstance(answer, Failure) else lease_form.parse(answer)
        for request, answer in zip(requests, answers, strict=True)
    ]


def _row(name: str, found: Lease | Failure) -> list[str]:
    if isinstance(found, Failure):
        return [name, found.slug, "", "", ""]
    return [name, "ok", found.principal.account, _instant(found.expires_at), found.principal.arn]


def _plain(name: str, found: Lease | Failure) -> dict[str, object]:
    if isinstance(found, Failure):
        nobody = {"account": None, "arn": None, "expires": None}
        return {"name": name, "state": found.slug, **nobody, "error": report.as_plain(found)}
    return {
        "name": name,
        "state": "ok",
        "account": found.principal.account or None,
        "arn": found.principal.arn or None,
        "expires": _instant(found.expires_at),
        "error": None,
    }


def _instant(at: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))
