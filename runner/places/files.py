"""Private files: ours alone, and written whole or not at all."""

from __future__ import annotations

import errno
import os

from runner.model.failure import Failure

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def private_folder(path: str) -> None:
    """Make a folder for private files if it is not there; raises state-directory-unsafe when it is not ours alone."""
    try:
        make(path)
    except OSError as error:
        raise unwritable(path, error) from error
    if problem := not_private(path):
        raise unsafe(path, problem)


def replace(path: str, content: bytes) -> None:
    """Put a file of 0600 in a place at once, whatever is there; raises disk-full, state-directory-unsafe.

    A reader sees the old bytes or the new ones. When it fails the old ones are untouched.
    """
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        unlink(temporary)
        write_new(temporary, content)
        os.rename(temporary, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        unlink(temporary)  # also when a signal ends us here; after a rename there is none


def read_private(path: str, largest: int) -> bytes | None:
    """Return the bytes of a file that is ours alone and has at most so many; None of any other, and of none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        regular = status.st_mode & 0o170000 == 0o100000
        if not regular or status.st_uid != os.geteuid() or status.st_mode & 0o077 or status.st_size > largest:
            return None
        return os.read(descriptor, largest)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def unlink(path: str) -> None:
    """Remove a file, if it is there."""
    try:  # noqa: SIM105 - contextlib would be one more module of a start
        os.unlink(path)
    except OSError:
        pass


def write_new(path: str, content: bytes) -> None:
    """Make a file of 0600, whatever the umask, that was not there; raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        while content:
            content = content[os.write(descriptor, content) :]
    finally:
        os.close(descriptor)


def append(path: str, content: bytes) -> None:
    """Add a few bytes to a file that is there, in one call; raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


def remove_tree(path: str) -> None:
    """Remove a directory with all below it, following no link; what cannot be removed stays."""
    if os.path.islink(path):  # put in its place: what it leads to is not ours
        unlink(path)
        return
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


def make(path: str) -> None:
    """Make a directory of 0700, whatever the umask; one that is there is left as it is. Raises OSError."""
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    os.chmod(path, 0o700)  # whatever the umask took away


def unwritable(path: str, error: OSError) -> Failure:
    """Return the failure of a file that cannot be written."""
    if error.errno in NO_SPACE:
        return Failure("disk-full", cause=str(error.strerror), path=os.path.dirname(path))
    return unsafe(path, error.strerror or "cannot be written")


def unsafe(path: str, problem: str) -> Failure:
    """Return the failure of a place that is not ours alone."""
    return Failure("state-directory-unsafe", cause=f"{path}: {problem}", remedy=f"ls -ld {os.path.dirname(path)}")
