"""The private directory of one run: made, noted whose it is, removed."""

from __future__ import annotations

import os
from time import time

from runner.places import files
from runner.places.files import not_private, remove_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

PROC = "/proc"
WRITTEN_IN = ("leases", "locks", "index")  # below a private root, by files.replace


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
    def is_alone(self) -> bool:
        """Whether there is nothing beside it to judge: no directory of another run, no half-written file."""
        folder, own = os.path.split(self.path)
        root = os.path.dirname(folder)
        if any(name != own for name in names(folder)):
            return False
        return not any(name.endswith(".tmp") for place in WRITTEN_IN for name in names(f"{root}/{place}"))

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


def names(folder: str) -> list[str]:
    """Return what is in a folder; nothing when it cannot be read."""
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
        return look_up(pid)
    except OSError:
        return ""


def look_up(pid: int | str) -> str:
    """Return what /proc says of a process's start, "" when it has ended; raises OSError when that cannot be told."""
    try:
        with open(f"{PROC}/{pid}/stat", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            fields = file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
