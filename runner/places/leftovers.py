"""What runs that were killed have left behind: whose it is, and its removal."""

from __future__ import annotations

from time import time

from runner.places import files, runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # Takes a process's number and start as they are noted there, tells whether it lives; of any start when that is "".
    Judge = Callable[[str, str], bool]


def sweep(root: str, judge: Judge) -> None:
    """Remove the directories of runs that have ended without doing so, and half-written files of dead processes.

    What other pid namespaces have left is not ours to judge.
    """
    for name in runs.names(f"{root}/runs"):
        path = f"{root}/runs/{name}"
        process, dot, namespace = name.partition(".")
        if dot and namespace != runs.pid_namespace():
            continue
        if not _is_alive(process, judge) and (dot or not _is_owned(path, judge)):  # unnamed: it never had a command
            files.remove_tree(path)
    for path, pid in _halves(root):
        if not judge(pid, ""):
            files.unlink(path)


def has_leftovers(root: str) -> bool:
    """Tell whether there is anything to judge: directories of other runs, half-written files."""
    return bool(runs.names(f"{root}/runs") or _halves(root))


def lives(pid: str, start: str) -> bool:
    """Tell by /proc whether the process of that number and start ("": of any) lives; a zombie is dead."""
    try:
        found = runs.look_up(pid)
    except OSError:  # hidden from us, or no descriptor is free: not ours to judge
        return True
    return found == start if start else bool(found)


def _halves(root: str) -> list[tuple[str, str]]:
    """Return the half-written files, each with the number of the process that was writing it."""
    folders = [f"{root}/{name}" for name in runs.WRITTEN_IN]
    paths = [f"{folder}/{name}" for folder in folders for name in runs.names(folder)]
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
    return namespace != runs.pid_namespace() or any(_is_alive(owner, judge) for owner in owners)


def _is_alive(name: str, judge: Judge) -> bool:
    pid, _, start = name.partition("-")
    return _is_number(pid) and _is_number(start) and judge(pid, start)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit()
