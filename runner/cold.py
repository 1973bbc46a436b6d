"""The only crossing from warm to cold: each function runs cold work in a forked process, which takes its memory along.

What comes back are built-in values over a pipe. The resident never imports what the forked process did, has no second
thread, and can fork again safely.
"""

from __future__ import annotations

import marshal
import os
import sys

from runner import report
from runner.leases import form
from runner.model.failure import Failure
from runner.model.order import Order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from runner.child.tree import Family
    from runner.index.form import Index
    from runner.model.lease import Lease
    from runner.model.outcome import Outcome
    from runner.model.request import RunRequest
    from runner.record import Course
    from runner.settings.argv import Words
    from runner.settings.files import Files

CONFIRM_S = 5  # how long AWS is waited for when the command has ended already


def words(argv: list[str]) -> Words:
    """Read a command line with all that the full command knows; raises usage, or Ended when help was asked for."""

    def work() -> bytes:
        from runner.cli.prefix import read

        return marshal.dumps(read(argv))

    return marshal.loads(_apart(work))  # type: ignore[no-any-return]  # our own bytes


def bundle(roots: tuple[str, ...]) -> None:
    """Write what the next starts read in place of importing `roots`, where the interpreter keeps its bytecode too."""
    from runner.bundle import place

    def work() -> bytes:
        from runner.bundle.write import write

        write(roots)
        return b""

    folder = os.path.dirname(place())
    if sys.dont_write_bytecode or not folder or not os.access(folder, os.W_OK):
        return
    try:
        _apart(work)
    except Failure:  # nobody's command depends on it
        return


def export_words(argv: list[str]) -> tuple[dict[str, str], str]:
    """Read the words after `runner export`: options, and the format; raises usage, or Ended for help."""

    def work() -> bytes:
        from runner.cli.export import read

        return marshal.dumps(read(argv))

    return marshal.loads(_apart(work))  # type: ignore[no-any-return]  # our own bytes


def formatted(body: bytes, form: str) -> bytes:
    """Return credentials in another format than that of a credential_process."""

    def work() -> bytes:
        from runner.cli.export import formatted

        return formatted(body, form)

    return _apart(work)


def acquire(request: RunRequest, files: Files, order: Order, environ: Mapping[str, str]) -> Lease:
    """Acquire and validate; raises any Failure on the way."""

    def work() -> bytes:
        from runner.acquire import acquire

        _forget_other_identities(environ)
        return form.dump(acquire(request, files, order, environ))

    return form.parse(_apart(work, debug=request.debug))


def confirm(lease: Lease, order: Order, environ: Mapping[str, str]) -> None:
    """Ask AWS once whether it takes what a lease holds; raises Failure: what it says, or that it did not answer."""
    from runner.child.apart import Ended
    from runner.child.raw import signal

    def work() -> bytes:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # not by a handler: a look-up of a name would delay it
        signal.alarm(CONFIRM_S)
        from runner.acquire import confirm

        _forget_other_identities(environ)
        confirm(lease, order, environ)
        return b""

    try:
        _apart(work)
    except Ended as ended:
        raise Failure("endpoint-unreachable", endpoint="AWS STS", cause="it did not answer in time") from ended


def place_of_report(path: str) -> str:
    """Return the file that --report leads to; raises usage, disk-full when it cannot be written."""

    def work() -> bytes:
        from runner.record import place

        return os.fsencode(place(path))

    return os.fsdecode(_apart(work))


def record(target: str, course: Course, ending: Outcome | BaseException) -> None:
    """Write the report of a run that ended so; when that fails it is said, and changes nothing."""
    from runner.child.apart import Ended

    def work() -> bytes:
        from runner.record import write

        write(target, course, ending)
        return b""

    try:
        _apart(work)
    except (Failure, Ended) as problem:
        said = problem.sentence if isinstance(problem, Failure) else "it was interrupted"
        report.notice(f"the report of this run could not be written: {said}")


def explain(request: RunRequest, files: Files, environ: Mapping[str, str]) -> None:
    """Write to stdout what a run would do; raises the failures of configuration."""

    def work() -> bytes:
        from runner.cli.explain import dry_run

        dry_run(request, files, environ)
        return b""

    _apart(work, debug=request.debug)


def index(looked_at: Files, path: str, environ: Mapping[str, str]) -> Index:
    """Make the index of identities anew, and keep it at `path`; what is broken in the files is said in it."""

    from runner.index import form as index_form

    def work() -> bytes:
        from runner.acquire.index import make

        return make(looked_at, path, environ)

    return index_form.parse(_apart(work))


def sweep(root: str) -> None:
    """Do what leftovers.sweep does where there is no /proc to tell who lives; where nobody can tell, do nothing."""

    def work() -> bytes:
        from runner.child.tree import lives

        if lives(str(os.getpid()), ""):
            leftovers.sweep(root, lives)
        return b""

    from runner.places import leftovers

    if not leftovers.has_leftovers(root):
        return
    try:
        _apart(work)
    except Failure:  # nobody's command depends on it
        return


def family(pid: int) -> Family:
    """Return the descendants of a child of ours."""
    from runner.child.tree import Family

    return Family(pid)


def serve(plan: str, made_from: tuple[str, ...], order: dict[str, str | int | float | bool]) -> NoReturn:
    """Be the helper process of a renewal: write the next lease, or the failure, to stdout."""

    from runner.child.apart import work_and_exit

    def work() -> bytes:
        from runner.acquire import renew

        environ = dict(os.environ)
        _forget_other_identities(environ)
        return form.dump(renew(plan, made_from, Order.of(order), environ))

    work_and_exit(work, 1, debug=False)


def _apart(work: Callable[[], bytes], *, debug: bool = False) -> bytes:
    from runner.child.apart import apart

    return apart(work, debug=debug)


def _forget_other_identities(environ: Mapping[str, str]) -> None:
    from runner.inject.scrub import scrubbed

    os.environ.clear()
    os.environ.update(scrubbed(environ)[0])
