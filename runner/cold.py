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
    from runner.model.lease import Lease
    from runner.model.request import RunRequest
    from runner.settings.argv import Words
    from runner.settings.files import Files

DONE, FAILED = b"+", b"-"


class Ended(Exception):  # noqa: N818 - no error: help was printed, or the process was told to end
    """The forked process ended by itself; `exitcode` as os.waitstatus_to_exitcode says it."""

    def __init__(self, exitcode: int) -> None:
        super().__init__(exitcode)
        self.exitcode = exitcode


def words(argv: list[str]) -> Words:
    """Read a command line with all that the full command knows; raises usage, or Ended when help was asked for."""

    def work() -> bytes:
        from runner.cli.prefix import read

        return marshal.dumps(read(argv))

    return marshal.loads(_apart(work))  # type: ignore[no-any-return]  # our own bytes


def acquire(request: RunRequest, files: Files, order: Order, environ: Mapping[str, str]) -> Lease:
    """Acquire and validate; raises any Failure on the way."""

    def work() -> bytes:
        from runner.acquire import acquire

        _forget_other_identities(environ)
        return form.dump(acquire(request, files, order, environ))

    return form.parse(_apart(work, debug=request.debug))


def family(pid: int) -> Family:
    """Return the descendants of a child of ours."""
    from runner.child.tree import Family

    return Family(pid)


def serve(plan: str, made_from: tuple[str, ...], order: dict[str, str | int | float | bool]) -> NoReturn:
    """Be the helper process of a renewal: write the next lease, or the failure, to stdout."""

    def work() -> bytes:
        from runner.acquire import renew

        environ = dict(os.environ)
        _forget_other_identities(environ)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the resident speaks, once a cause
        return form.dump(renew(plan, made_from, Order.of(order), environ))

    _work_and_exit(work, 1, debug=False)


def helper_argv() -> list[str]:
    """Return how the helper process is started: our interpreter, isolated; what it is to do comes on its stdin."""
    read = "import marshal,sys;asked=marshal.load(sys.stdin.buffer);sys.path[:]=asked[0]"
    return [sys.executable, "-I", "-c", f"{read};from runner.cold import serve;serve(*asked[1:])"]


def helper_input(lease: Lease, order: Order) -> bytes:
    """Return what the helper process reads: where our modules are, and what is to be renewed; never a secret."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    at_work = os.path.realpath(os.curdir) if os.path.exists(os.curdir) else ""
    others = [entry for entry in sys.path if os.path.isabs(entry) and os.path.realpath(entry) != at_work]
    return marshal.dumps(([ours, *others], lease.plan, lease.stamps, order.plain()))


def answer_of(said: bytes) -> Lease:
    """Read what a helper process wrote; raises the Failure it met, renewal-failed when it wrote nothing."""
    problem = "ended without an answer"
    try:
        if said[:1] == DONE:
            return form.parse(said[1:])
        if said[:1] == FAILED:
            raise Failure.of(marshal.loads(said[1:]))
    except (EOFError, TypeError, ValueError):
        problem = "gave an answer that cannot be read: has run been upgraded since the start?"
    raise Failure("renewal-failed", problem=f"the process that renews them {problem}")


def _forget_other_identities(environ: Mapping[str, str]) -> None:
    from runner.inject.scrub import scrubbed

    os.environ.clear()
    os.environ.update(scrubbed(environ)[0])


def _apart(work: Callable[[], bytes], *, debug: bool = False) -> bytes:
    """Run work in a forked process and return its bytes; raises the Failure it raised."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        _work_and_exit(work, write_end, debug=debug)
    os.close(write_end)
    try:
        answer = _read_all(read_end)
    finally:
        os.close(read_end)
        exitcode = _exitcode(pid)
    if answer[:1] == DONE:
        return answer[1:]
    if answer[:1] == FAILED:
        raise Failure.of(marshal.loads(answer[1:]))
    raise Ended(exitcode)


def _exitcode(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # our caller ignores SIGCHLD: the system has forgotten how it ended
        return 0


def _work_and_exit(work: Callable[[], bytes], write_end: int, *, debug: bool) -> NoReturn:
    """Do the work of the forked process; nothing of its caller's stack is ever returned to."""
    import signal

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # of what is started here we want to know how it ended
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not at once: what was started is ended on the way out
    signal.signal(signal.SIGTSTP, lambda *_: None)  # ^Z stops the waiting parent; a holder of a lock goes on to its end
    status = 125
    try:
        answer = DONE + work()
        status = 0
    except Failure as failure:
        answer = FAILED + marshal.dumps(failure.plain())
        _explain(failure, debug=debug)
    except SystemExit as ended:
        answer, status = b"", ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        answer = b""
        status = 130
    except BaseException as error:  # noqa: BLE001 - the boundary of main, in another process
        answer = FAILED + marshal.dumps(internal(error).plain())
        _explain(error, debug=debug)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
        while answer:
            answer = answer[os.write(write_end, answer) :]
    except OSError:  # the reader of our help, or we ourselves, have gone
        pass
    os._exit(status)


def internal(error: BaseException) -> Failure:
    """Return the failure for what nobody foresaw."""
    return Failure("internal", problem=report.place(error), cause="an unforeseen error")


def _explain(error: BaseException, *, debug: bool) -> None:
    if debug:
        report.trace(error)


def _read_all(descriptor: int) -> bytes:
    chunks = []
    while chunk := os.read(descriptor, 65536):
        chunks.append(chunk)
    return b"".join(chunks)
