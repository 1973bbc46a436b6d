"""main(): the hot form of the command line goes straight to run.run(), everything else to the full command."""

from __future__ import annotations

import gc
import os
import sys

if os.name == "nt":  # before anything that only a POSIX system has
    sys.exit("run: Windows is not supported; install and use it inside WSL")

from runner import bundle, report
from runner.child.death import die
from runner.child.signals import fill_closed_stdio
from runner.model.failure import Failure
from runner.model.outcome import Outcome, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.report import Form

# What a hot start begins with.
HOT = (
    "runner.__main__",
    "runner.run",
    "runner.settings.environ",
    "runner.settings.argv",
    "runner.inject.process",
)
COMPLETE = "--complete"  # what the completions of the shells ask: see names.py
INTERRUPTED = 2  # SIGINT, without the module of signals


def run() -> NoReturn:
    """Be the command `run`."""
    main(["run", *sys.argv[1:]])


def runner() -> NoReturn:
    """Be the command `runner`."""
    main(sys.argv[1:])


def main(words: list[str]) -> NoReturn:
    """Do what the words after `runner` say and end this process as they ended."""
    fill_closed_stdio()  # before any file of ours takes their numbers
    own = words[1:] if words[:1] == ["run"] else words
    if own[:1] == [COMPLETE]:
        _complete(own[1:])
    try:
        if bundle.is_missing:
            _bundle()
        outcome = _ended(words)
    except Failure as failure:
        _explain(failure, words)
        report.failure(failure, _form(words))
        outcome = Outcome(status_of(failure))
    except KeyboardInterrupt:
        outcome = Outcome.of_exitcode(-INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the boundary
        outcome = _outcome_of(error, words)
    die(outcome)


def _outcome_of(error: Exception, words: list[str]) -> Outcome:
    """Return how a process forked from this one has ended us, or report what nobody foresaw."""
    from runner.child import apart

    if isinstance(error, apart.Ended):
        return Outcome.of_exitcode(error.exitcode)
    _explain(error, words)
    unforeseen = apart.internal(error)
    report.failure(unforeseen, _form(words))
    return Outcome(status_of(unforeseen))


def _complete(words: list[str]) -> NoReturn:
    """Write names for a shell that completes a line: whatever goes wrong, a prompt is no place to say so."""
    try:
        from runner import names

        names.complete(words, os.environ)
    except (Exception, KeyboardInterrupt):  # noqa: BLE001, S110 - the boundary of this start
        pass
    die(Outcome(0))


def _bundle() -> None:
    from runner import cold

    cold.bundle(HOT)


def _ended(words: list[str]) -> Outcome:
    if words[:1] == ["run"]:
        return _run(words[1:])
    if words[:1] == ["export"]:
        return _export(words[1:])
    return _list(words) or _command(words)


def _list(words: list[str]) -> Outcome | None:
    """Write the listing that a program reads, `runner list`, without the full command; None: it is something else."""
    if words[:1] != ["list"] or os.isatty(1):
        return None
    from runner import names
    from runner.cli import overview

    form = overview.asked_form(words)
    caller = dict(os.environ)
    looked_at = overview.looked_at_by(caller)
    return Outcome(overview.write(names.current(looked_at, caller), looked_at, form, caller)) if form else None


def _export(argv: list[str]) -> Outcome:
    from runner import cold, export
    from runner.settings import environ
    from runner.settings.argv import hot_export

    given, form = hot_export(argv) or cold.export_words(argv)
    return export.export(environ.request((given, []), os.environ), form)


def _run(argv: list[str]) -> Outcome:
    from runner import cold
    from runner import run as story
    from runner.settings import environ
    from runner.settings.argv import hot

    try:
        request = environ.request(hot(argv) or cold.words(argv), os.environ)
    except Failure as failure:
        _record(failure, argv)
        raise
    return story.run(request)


def _record(failure: Failure, argv: list[str]) -> None:
    """Write the report of a run whose command line or variables cannot be read, as far as they can."""
    options = _options(["run", *argv])
    path = options.get("report") or os.environ.get("RUN_REPORT")
    if not path:
        return
    from runner import cold
    from runner.run import Course

    try:
        target = cold.place_of_report(path)
    except Failure:  # the first failure is the one to know
        return
    cold.record(target, Course(options.get("identity") or os.environ.get("RUN_IDENTITY", "")), failure)


def _command(words: list[str]) -> Outcome:
    from runner.cli import app

    gc.enable()
    return app.run(words)


def _form(words: list[str]) -> Form:
    """Return how a failure is to be written, also when the command line cannot be read."""
    value = _options(words).get("error_format") or os.environ.get("RUN_ERROR_FORMAT")
    return "json" if value == "json" else "text"


def _explain(error: BaseException, words: list[str]) -> None:
    if "debug" in _options(words) or os.environ.get("RUN_DEBUG", "") not in ("", "0"):
        report.trace(error)


def _options(words: list[str]) -> dict[str, str]:
    """Return the options of `run` before the command, or of `export`, as far as a line can be read."""
    from runner.settings.options import BY_NAME

    given: dict[str, str] = {}
    rest = iter(words[1:] if words[:1] in (["run"], ["export"]) else ())
    for word in rest:
        if not word.startswith("-") or word in ("-", "--"):
            if words[0] == "export":
                continue
            break
        name, equals, value = word.partition("=")
        option = BY_NAME.get(name) or (None if name.startswith("--") else BY_NAME.get(f"-{name[-1]}"))  # -vi NAME
        if option is not None:
            given[option.key] = next(rest, "") if option.metavar and not equals else value
    return given


if __name__ == "__main__":
    runner()
