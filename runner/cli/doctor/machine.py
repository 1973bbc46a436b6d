"""Files, private places, locks and `cat`."""

from __future__ import annotations

import fcntl
import os
import shlex
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli.doctor.finding import Finding
from runner.inject import process
from runner.model.failure import Failure
from runner.places import roots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runner.settings.files import Files

OTHERS_WRITE, OTHERS_READ = 0o022, 0o044


def files(looked_at: Files) -> Iterator[Finding]:
    """Look at who may change the configuration, and who may read the credentials file."""
    paths = {os.path.dirname(looked_at.aws_config), os.path.dirname(looked_at.aws_credentials)}
    for path in (*sorted(paths), *looked_at.all()):
        if finding := file(path, is_secret=path == looked_at.aws_credentials):
            yield finding


def file(path: str, *, is_secret: bool) -> Finding | None:
    """Judge owner and mode of a file or folder; None when it is not there."""
    try:
        status = Path(path).stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return Finding(f"file {path}", str(error.strerror), "configuration", f"ls -ld {shlex.quote(path)}")
    mode = f"mode {status.st_mode & 0o777:04o}"
    quoted = shlex.quote(path)
    if status.st_uid not in (os.geteuid(), 0):
        detail = f"belongs to uid {status.st_uid}"
        return Finding(f"file {path}", detail, "configuration", f"sudo chown $(id -u) {quoted}")
    if status.st_mode & OTHERS_WRITE:
        return Finding(f"file {path}", f"{mode}: others can write", "configuration", f"chmod go-w {quoted}")
    if is_secret and status.st_mode & OTHERS_READ:
        return Finding(f"file {path}", f"{mode}: others can read keys", "configuration", f"chmod 600 {quoted}")
    return Finding(f"file {path}", mode)


def places(caller: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the private directory, at locks there and beside the SSO tokens, and for a `cat`."""
    try:
        root = roots.private_root(caller)
        yield Finding("private directory", root)
        with tempfile.NamedTemporaryFile(dir=root, prefix="doctor-") as temporary:
            yield _locks(root, temporary.name)
    except Failure as failure:
        yield Finding("private directory", failure.cause, failure.row.failure_class, failure.remedy)
    except OSError as error:
        yield Finding("private directory", str(error.strerror), "temporary", f"df -h {root}")
    cache = os.path.expanduser("~/.aws/sso/cache")
    if Path(cache).is_dir():
        yield _locks(cache, cache)
    try:
        yield Finding("cat", process.cat(caller))
    except Failure as failure:
        yield Finding("cat", failure.sentence, failure.row.failure_class, failure.remedy)


def _locks(folder: str, path: str) -> Finding:
    """Tell whether an flock keeps a second one out; of a folder it is itself what is locked, and nothing is written."""
    check = f"locks in {folder}"
    with ExitStack() as opened:
        descriptors = []
        try:
            for _ in range(2):
                descriptors.append(os.open(path, os.O_RDONLY if folder == path else os.O_RDWR))
                opened.callback(os.close, descriptors[-1])
            fcntl.flock(descriptors[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return Finding(check, f"flock: {error.strerror}", "configuration", f"df -T {shlex.quote(folder)}")
        try:
            fcntl.flock(descriptors[1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return Finding(check, "flock works")
    return Finding(check, "flock lets two in", "configuration", f"df -T {shlex.quote(folder)}")
