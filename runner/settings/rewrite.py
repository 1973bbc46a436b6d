"""Replacing a file that is the user's own: at once, and still the file that it was."""

from __future__ import annotations

import os
import stat

from runner.model.failure import Failure
from runner.places import files

MODE = 0o600  # of a file that was not there


def rewrite(path: str, content: bytes) -> None:
    """Put new bytes in the place of a file; its mode and owner stay, and a link to it stays a link.

    A reader sees the old bytes or the new ones. Folders that are missing are made. When it fails the old bytes are
    untouched: raises disk-full, invalid-config.
    """
    path = os.path.realpath(path)
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        files.unlink(temporary)
        files.write_new(temporary, content)
        _make_like(temporary, path)
        os.rename(temporary, path)
    except OSError as error:
        if error.errno in files.NO_SPACE:
            raise files.unwritable(path, error) from error
        cause, remedy = str(error.strerror), f"ls -ld {os.path.dirname(path)} {path}"
        raise Failure("invalid-config", where=path, problem="cannot be written", cause=cause, remedy=remedy) from error
    finally:
        files.unlink(temporary)


def _make_like(temporary: str, path: str) -> None:
    """Give a new file the owner and the mode of the one it replaces, and have its bytes on the disk first."""
    descriptor = os.open(temporary, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        before = os.stat(path)
        ours = os.fstat(descriptor)
        if (before.st_uid, before.st_gid) != (ours.st_uid, ours.st_gid):
            os.fchown(descriptor, before.st_uid, before.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
    except FileNotFoundError:
        os.fchmod(descriptor, MODE)
    finally:
        os.fsync(descriptor)
        os.close(descriptor)
