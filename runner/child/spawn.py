"""Starting processes: fork and exec, no shell, nothing of ours left in the child."""

from __future__ import annotations

import os

from runner.child import linux, program
from runner.child.signals import Blocked
from runner.model import outcome
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.child.signals import Caught


class Command:
    """What to run: argv and environment (surrogate escapes for other bytes), and when to end it.

    `pdeathsig` is the signal it gets when we die, 0 for none; after `timeout_s` it and its descendants get TERM,
    `kill_after_s` later KILL; None for never.
    """

    __slots__ = ("argv", "environ", "kill_after_s", "pdeathsig", "timeout_s")

    def __init__(
        self,
        argv: list[str],
        environ: dict[str, str],
        pdeathsig: int = 0,
        *,
        timeout_s: float | None = None,
        kill_after_s: float | None = None,
    ) -> None:
        self.argv = argv
        self.environ = environ
        self.pdeathsig = pdeathsig
        self.timeout_s = timeout_s
        self.kill_after_s = kill_after_s


class Held:
    """A forked child that waits at its gate, every signal blocked, until it is let go; then it becomes the command."""

    __slots__ = ("_gate", "_report", "command", "pid")

    def __init__(self, command: Command, caught: Caught) -> None:
        """Fork it; every signal must be blocked. Raise internal when the system has no room for a process."""
        self.command = command
        try:
            gate, self._gate = os.pipe()
            self._report, report = os.pipe()
            parent = os.getpid()
            self.pid = os.fork()
        except OSError as error:
            raise no_process(error) from error
        if self.pid == 0:
            os.close(self._gate)
            _become(command, caught, (gate, report, parent))
        os.close(gate)
        os.close(report)
        os.set_blocking(self._report, False)

    def release(self) -> None:
        """Let it go."""
        os.write(self._gate, b"\0")
        os.close(self._gate)

    def abandon(self) -> None:
        """End it instead."""
        os.close(self._gate)
        os.close(self._report)
        os.waitpid(self.pid, 0)

    def failure(self) -> Failure | None:
        """Say, once it has ended, why it could not become the command; None when it did."""
        try:
            report = os.read(self._report, 8192)
        except BlockingIOError:
            report = b""
        os.close(self._report)
        if not report:
            return None
        number, _, path = os.fsdecode(report).partition(" ")
        return program.failure_of(int(number), path, self.command.argv[0])


def start_aside(command: Command, caught: Caught, stdin: int, stdout: int) -> int:
    """Start a process of our own in a session of its own and return its process id, for Loop.watch.

    It reads `stdin` and writes `stdout`; what it writes to stderr goes nowhere: an interpreter whose files have been
    removed writes tracebacks. ^C does not reach it. One that cannot be executed ends with the status of an error of
    ours. Raise internal when the system has no room for a process.
    """
    with Blocked():
        try:
            pid = os.fork()
        except OSError as error:
            raise no_process(error) from error
        if pid == 0:
            _become_aside(command, caught, stdin, stdout)
    return pid


def no_process(error: OSError) -> Failure:
    """Say that the system gives no process or no descriptor."""
    return Failure("internal", problem=f"cannot start a process: {error.strerror}")


def _become(command: Command, caught: Caught, ends: tuple[int, int, int]) -> NoReturn:
    gate, report, parent = ends
    try:
        caught.restore_dispositions()
        if command.pdeathsig:
            linux.die_with_parent(command.pdeathsig, parent)
        paths = program.candidates(command.argv[0], command.environ.get("PATH"))
        if not os.read(gate, 1):  # we were abandoned, or `run` is gone
            os._exit(outcome.INTERNAL)
        caught.restore_mask()
        program.execute(command.argv, command.environ, paths)
    except OSError as error:
        os.write(report, f"{error.errno} ".encode() + os.fsencode(error.filename or ""))
    finally:
        os._exit(outcome.INTERNAL)


def _become_aside(command: Command, caught: Caught, stdin: int, stdout: int) -> NoReturn:
    try:
        os.setsid()
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), 2)
        caught.restore_dispositions()
        caught.restore_mask()
        paths = program.candidates(command.argv[0], command.environ.get("PATH"))
        program.execute(command.argv, command.environ, paths)
    finally:
        os._exit(outcome.INTERNAL)
