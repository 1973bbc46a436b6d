"""What a run leaves in the file of --report: one JSON object, put in its place when all is over."""

from __future__ import annotations

import json
import os
import stat
from signal import SIGINT, Signals
from time import gmtime, strftime, time
from typing import Protocol

from runner import report
from runner.child import apart
from runner.model.failure import Failure
from runner.model.lease import Lease
from runner.model.outcome import Outcome, status_of
from runner.places.files import NO_SPACE

VERSION = 1  # of the form: another one when a key goes or changes its meaning, not when one is added
TRY = "run --report FILE ...        # a regular file, in a directory that you can write"


class Renewed(Protocol):
    """How often credentials were renewed, and how often that failed, by slug."""

    renewed: int
    failed: dict[str, int]


class Granted(Protocol):
    """What a run was given last."""

    @property
    def lease(self) -> Lease:
        """The credentials, with their principal and times."""


class Course(Protocol):
    """What became of a run; instants in UTC epoch seconds, 0 for what has not come to pass."""

    identity: str
    asked_at: float
    started_at: float
    ended_at: float
    post_mortem: str

    @property
    def granted(self) -> Granted | None:
        """What it was given last; None when it was refused."""

    @property
    def renewal(self) -> Renewed | None:
        """What became of that; None when the command was too short."""


def place(path: str) -> str:
    """Return the file that a path leads to now, after a look at whether it can be written; raises usage, disk-full."""
    try:
        target = os.path.realpath(path)
        if path == "-" or _is_taken(path):
            raise _unusable(path, "is not a regular file, or is where the command writes")
        temporary = _temporary(target)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        os.unlink(temporary)
    except OSError as error:
        raise _unwritable(path, error) from error
    return target


def write(target: str, course: Course, ending: Outcome | BaseException) -> None:
    """Replace the file at once, with the mode of any file of the user's; raises usage, disk-full."""
    content = json.dumps(plain(course, *_ended(ending)), indent=2) + "\n"
    temporary = _temporary(target)
    try:
        with open(temporary, "x") as file:  # noqa: PTH123 - "x" is the point
            file.write(content)
        os.rename(temporary, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def plain(course: Course, outcome: Outcome, failure: Failure | None) -> dict[str, object]:
    """Return the run as what JSON is made of; never a secret."""
    lease, renewal = course.granted.lease if course.granted else None, course.renewal
    hops = failure.chain.hops if failure is not None and failure.chain else lease.hops if lease else ()
    return {
        "version": VERSION,
        "identity": report.clean(course.identity) or None,
        "principal": _principal(lease),
        "chain": [report.clean(hop) for hop in hops],
        "times": {
            "asked": _iso(course.asked_at),
            "started": _iso(0 if failure is not None else course.started_at),
            "ended": _iso(course.ended_at or time()),
            "expires": _iso(lease.expires_at if lease else 0),
        },
        "renewals": {"count": renewal.renewed if renewal else 0, "failures": renewal.failed if renewal else {}},
        "status": outcome.status,
        "status_of": "run" if outcome.is_ours else "signal" if outcome.signal else "command",
        "signal": _name(outcome.signal),
        "post_mortem": report.clean(course.post_mortem) or None,
        "error": None if failure is None else report.as_plain(failure),
    }


def _ended(ending: Outcome | BaseException) -> tuple[Outcome, Failure | None]:
    if isinstance(ending, Outcome):
        return ending, None
    if isinstance(ending, KeyboardInterrupt):
        return Outcome.of_exitcode(-SIGINT), None
    if isinstance(ending, apart.Ended):
        return Outcome.of_exitcode(ending.exitcode), None
    failure = ending if isinstance(ending, Failure) else apart.internal(ending)
    return Outcome(status_of(failure), is_ours=True), failure


def _principal(lease: Lease | None) -> dict[str, str] | None:
    if lease is None or not lease.principal.account:  # with --validate never nobody has asked
        return None
    who = lease.principal
    return {"account": who.account, "arn": report.clean(who.arn), "user_id": report.clean(who.user_id)}


def _name(signo: int) -> str | None:
    try:
        return Signals(signo).name if signo else None
    except ValueError:  # a real-time signal
        return str(signo)


def _iso(instant_at: float) -> str | None:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(instant_at)) if instant_at else None


def _is_taken(path: str) -> bool:
    """Tell whether replacing the file would take it from somebody: a device, a pipe, our own output."""
    try:
        status = os.stat(path)  # not of the path it leads to: /dev/stdout has none when its file was removed
    except FileNotFoundError:
        return False
    is_output = any(os.path.samestat(status, os.fstat(descriptor)) for descriptor in (1, 2))
    return is_output or not stat.S_ISREG(status.st_mode)


def _temporary(target: str) -> str:
    return f"{target}.{os.getpid()}.tmp"


def _unwritable(path: str, error: OSError) -> Failure:
    if error.errno in NO_SPACE:
        return Failure("disk-full", cause=str(error.strerror), path=os.path.dirname(os.path.abspath(path)))
    return _unusable(path, f"cannot be written: {error.strerror}")


def _unusable(path: str, problem: str) -> Failure:
    return Failure("usage", problem=f'--report "{path}" {problem}', cause="the file of --report", remedy=TRY)
