"""The private directory of one run: made, noted whose it is, removed; and those that others have left behind."""

from __future__ import annotations

import os
from time import time

from runner.places import files
from runner.places.files import not_private, remove_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    # Takes a process's number and start as they are noted here, tells whether it lives; of any start when that is "".
    Judge = Callable[[str, str], bool]

PROC = "/proc"


class RunDirectory:
    """`ROOT/runs/PID-STARTTIME`; removed at the end with all that is in it, unless it `keeps`.

    The file `owners` in it says whose it is: a pid namespace, then PID-STARTTIME a line. It is there before the
    directory has its name: until then the name ends with the namespace.
    """

    __slots__ = ("_noted", "_owners", "keeps", "path")

    def __init__(self, root: str) -> None:
        self.path = f"{root}/runs/{os.getpid()}-{started_at()}"
        self.keeps = False
        self._noted: list[int] = []
        self._owners = f"{pid_namespace()}\n{os.path.basename(self.path)}\n".encode()

    def __enter__(self) -> RunDirectory:
        unnamed = f"{self.path}.{pid_namespace()}"
        files.private_folder(os.path.dirname(self.path))
        try:
            os.mkdir(unnamed, 0o700)
            os.chmod(unnamed, 0o700)
            files.write_new(f"{unnamed}/owners", self._owners)
            os.rename(unnamed, self.path)
        except OSError as error:
            remove_tree(unnamed)
            raise files.unwritable(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if not self.keeps:
            remove_tree(self.path)

    def belongs_to(self, pids: list[int]) -> None:
        """Note whose it is besides ours, each once: it outlives us while one of these processes lives.

        Raises state-directory-unsafe, disk-full.
        """
        if pids == self._noted:
            return
        new = "".join(f"{pid}-{started_at(pid)}\n" for pid in pids if pid not in self._noted).encode()
        self._owners += new
        try:
            files.append(f"{self.path}/owners", new)
        except OSError:  # the directory has vanished, or there is no space
            self.replace("owners", self._owners)
        self._noted = [*pids]

    @property
    def is_noted(self) -> bool:
        """Whether anybody but us is noted."""
        return bool(self._noted)

    def make_again(self) -> None:
        """Make the directory again when it has vanished; it is ours alone, or we refuse it.

        Raises state-directory-unsafe, disk-full.
        """
        try:
            problem = not_private(self.path)
        except FileNotFoundError:
            files.private_folder(os.path.dirname(os.path.dirname(self.path)))
            self.__enter__()
            return
        if problem:
            raise files.unsafe(self.path, problem)

    def has(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        return os.path.lexists(f"{self.path}/{name}")

    def replace(self, name: str, content: bytes) -> None:
        """Put a file in its place at once; raises disk-full, state-directory-unsafe."""
        self.make_again()
        files.replace(f"{self.path}/{name}", content)

    def write(self, name: str, content: bytes) -> str:
        """Make a file of 0600 that was not there, and return its path; raises disk-full, state-directory-unsafe."""
        path = f"{self.path}/{name}"
        try:
            files.write_new(path, content)
        except OSError as error:
            raise files.unwritable(path, error) from error
        return path


def sweep(root: str, judge: Judge) -> None:
    """Remove the directories of runs that have ended without doing so, and half-written files of dead processes.

    What other pid namespaces have left is not ours to judge.
    """
    for name in _names(f"{root}/runs"):
        path = f"{root}/runs/{name}"
        process, dot, namespace = name.partition(".")
        if dot and namespace != pid_namespace():
            continue
        if not _is_alive(process, judge) and (dot or not _is_owned(path, judge)):  # unnamed: it never had a command
            remove_tree(path)
    for path, pid in _halves(root):
        if not judge(pid, ""):
            files.unlink(path)


def has_leftovers(root: str) -> bool:
    """Tell whether there is anything to judge: directories of other runs, half-written files."""
    return bool(_names(f"{root}/runs") or _halves(root))


def lives(pid: str, start: str) -> bool:
    """Tell by /proc whether the process of that number and start ("": of any) lives; a zombie is dead."""
    try:
        found = _look_up(pid)
    except OSError:  # hidden from us, or no descriptor is free: not ours to judge
        return True
    return found == start if start else bool(found)


def _halves(root: str) -> list[tuple[str, str]]:
    """Return the half-written files, each with the number of the process that was writing it."""
    paths = [f"{folder}/{name}" for folder in (f"{root}/leases", f"{root}/locks") for name in _names(folder)]
    writers = [(path, path.rpartition(".tmp")[0].rpartition(".")[2]) for path in paths]
    return [(path, pid) for path, pid in writers if _is_number(pid)]


def _is_owned(path: str, judge: Judge) -> bool:
    """Tell whether a run's directory is still somebody's: its command's, another namespace's, or lingers."""
    try:
        with open(f"{path}/linger", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            if int(file.read()) > time():
                return True
    except (OSError, ValueError):
        pass
    try:
        with open(f"{path}/owners", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            namespace, *owners = file.read().decode("ascii", "replace").split("\n")
    except OSError:
        return False
    return namespace != pid_namespace() or any(_is_alive(owner, judge) for owner in owners)


def _is_alive(name: str, judge: Judge) -> bool:
    pid, _, start = name.partition("-")
    return _is_number(pid) and _is_number(start) and judge(pid, start)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def pid_namespace() -> str:
    """Return what tells our process ids from those of another container; "" without /proc."""
    try:
        return str(os.stat(f"{PROC}/self/ns/pid").st_ino)
    except OSError:
        return ""


def started_at(pid: int | str = "self") -> str:
    """Return when a process was started, in clock ticks since boot; "" when it has ended, be it a zombie.

    Where there is no /proc, this moment in 1/100 s, UTC: a process that is given the same number later starts later,
    so that child/tree.py can tell them apart, and nothing has to be loaded here to know our own start.
    """
    if not pid_namespace():
        return str(int(time() * 100))
    try:
        return _look_up(pid)
    except OSError:
        return ""


def _look_up(pid: int | str) -> str:
    """Return what /proc says of a process's start, "" when it has ended; raises OSError when that cannot be told."""
    try:
        with open(f"{PROC}/{pid}/stat", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            fields = file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
