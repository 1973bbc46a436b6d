"""What only Linux offers, and what happens elsewhere: the differences between the systems are in this file."""

from __future__ import annotations

import os
import sys

from runner.model.failure import Failure

PR_SET_PDEATHSIG = 1
ARG_START, ARG_END = 48 - 3, 49 - 3  # proc(5): fields of /proc/PID/stat, counted from the state, which is field 3


def inherited_environ() -> dict[str, str]:
    """Return the environment as the caller gave it; bytes that are not UTF-8 are surrogate escapes.

    Under LANG=C the interpreter puts LC_CTYPE=C.UTF-8 into its own environment (PEP 538), which the command must
    not see. /proc/self/environ still holds the block execve was given. Elsewhere than on Linux it stays.
    """
    environ = dict(os.environ)
    if "LC_CTYPE" not in environ:
        return environ
    try:
        given = read_whole("/proc/self/environ").split(b"\0")
    except OSError:
        return environ
    del environ["LC_CTYPE"]
    for entry in given:
        if entry.startswith(b"LC_CTYPE="):
            environ["LC_CTYPE"] = os.fsdecode(entry[len(b"LC_CTYPE=") :])
            break
    return environ


def title_place() -> tuple[int, int]:
    """Return where in memory the arguments stand that ps shows, of this process and those it forks; 0, 0: nowhere."""
    try:
        fields = read_whole("/proc/self/stat").rpartition(b")")[2].split()
        return int(fields[ARG_START]), int(fields[ARG_END])
    except (OSError, IndexError):
        return 0, 0


def rename(title: bytes, place: tuple[int, int]) -> None:
    """Show `title` instead of our name and arguments in ps and to pkill; elsewhere than on Linux, do nothing.

    The arguments are overwritten where the kernel reads them, in this process's memory.
    """
    start, end = place
    if start == end:
        return
    try:
        name = os.open("/proc/self/comm", os.O_WRONLY)
        os.write(name, title)
        os.close(name)
        memory = os.open("/proc/self/mem", os.O_WRONLY)
        os.pwrite(memory, title[: end - start - 1].ljust(end - start, b"\0"), start)
        os.close(memory)
    except OSError:
        return


def refuse_pdeathsig() -> None:
    """Raise usage where the system has no signal at the death of the parent."""
    if sys.platform == "linux":
        return
    raise Failure(
        "usage", problem="--pdeathsig is not available on this system, only on Linux", remedy="leave out --pdeathsig"
    )


def die_with_parent(signo: int, parent: int) -> None:
    """Have the system send us `signo` when `parent` ends; survives exec, but not of a set-user-ID program."""
    import ctypes  # noqa: PLC0415 - 5 ms, and only --pdeathsig needs it

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signo)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signo)


def read_whole(path: str) -> bytes:
    """Return the bytes of a file of /proc."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib is not imported in warm code
        return file.read()
