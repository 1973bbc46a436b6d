"""Private directories: where they are, whose they are, and writing in them."""

from __future__ import annotations

import errno
import os
from time import time

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

# Credential processes are named in files that some clients split at spaces and hand to a shell: nothing to quote.
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-")
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def private_root(environ: Mapping[str, str]) -> str:
    """Return the first directory for private files that is ours; made when absent.

    Raises state-directory-unsafe, with what is wrong with each, when none is.
    """
    problems = []
    for parent, path in _candidates(environ):
        problem = _unusable(parent, path)
        if not problem:
            return path
        problems.append(f"{path}: {problem}")
    raise Failure(
        "state-directory-unsafe",
        cause="; ".join(problems),
        remedy="set XDG_RUNTIME_DIR to a directory of your own (chmod 0700), of the characters A-Za-z0-9._/-",
    )


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    mine = f"runner-{os.geteuid()}"
    if environ.get("XDG_RUNTIME_DIR"):
        yield environ["XDG_RUNTIME_DIR"], os.path.join(environ["XDG_RUNTIME_DIR"], "runner")
    yield "/dev/shm", "/dev/shm/" + mine
    if environ.get("TMPDIR"):
        yield environ["TMPDIR"], os.path.join(environ["TMPDIR"], mine)
    yield "/tmp", "/tmp/" + mine


def _unusable(parent: str, path: str) -> str:
    """Say why a directory is not for private files, "" when it is; it is made when its parent exists."""
    if not path.startswith("/") or not PLAIN.issuperset(path):
        return "not an absolute path of the characters A-Za-z0-9._/-"
    try:
        _make(path)
        if not os.access(path, os.W_OK | os.X_OK):
            return "not writable"
    except OSError as error:
        return error.strerror or "unusable" if os.path.isdir(parent) else f"{parent} is not a directory"
    return not_private(path)


def not_private(path: str) -> str:
    """Say why a directory that exists is not ours alone, "" when it is."""
    status = os.lstat(path)
    if status.st_mode & 0o170000 == 0o120000:
        return "a symbolic link"
    if status.st_mode & 0o170000 != 0o040000:
        return "not a directory"
    if status.st_uid != os.geteuid():
        return f"owned by uid {status.st_uid}"
    if status.st_mode & 0o077:
        return f"mode {status.st_mode & 0o777:04o}, open to others"
    return ""


def _make(path: str) -> None:
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    os.chmod(path, 0o700)  # whatever the umask took away


class RunDirectory:
    """The private directory of one run, `ROOT/runs/PID-STARTTIME`; removed at the end with all that is in it."""

    __slots__ = ("path",)

    def __init__(self, root: str) -> None:
        self.path = f"{root}/runs/{os.getpid()}-{started_at()}"

    def __enter__(self) -> RunDirectory:
        try:
            _make(os.path.dirname(self.path))
            if problem := not_private(os.path.dirname(self.path)):
                raise _unsafe(self.path, problem)
            os.mkdir(self.path, 0o700)
            os.chmod(self.path, 0o700)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        remove_tree(self.path)

    def write(self, name: str, content: bytes) -> str:
        """Make a file of 0600 that was not there, and return its path."""
        path = f"{self.path}/{name}"
        try:
            _write_new(path, content)
        except OSError as error:
            raise _unwritable(path, error) from error
        return path


def _write_new(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        while content:
            content = content[os.write(descriptor, content) :]
    finally:
        os.close(descriptor)


def remove_tree(path: str) -> None:
    """Remove a directory with all below it, following no link; what cannot be removed stays."""
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    remove_tree(entry.path)
                else:
                    os.unlink(entry.path)
        os.rmdir(path)
    except OSError:
        pass


def started_at() -> str:
    """Return when this process started: clock ticks since boot where there is /proc, else this moment, in 1/100 s."""
    try:
        with open("/proc/self/stat", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            return file.read().rpartition(b")")[2].split()[19].decode()
    except OSError:
        return str(int(time() * 100))


def _unwritable(path: str, error: OSError) -> Failure:
    if error.errno in NO_SPACE:
        return Failure("disk-full", cause=str(error.strerror), path=os.path.dirname(path))
    return _unsafe(path, error.strerror or "cannot be written")


def _unsafe(path: str, problem: str) -> Failure:
    return Failure("state-directory-unsafe", cause=f"{path}: {problem}", remedy=f"ls -ld {os.path.dirname(path)}")
