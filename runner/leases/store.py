"""Leases on disk: read without a lock, replaced by rename, and never taken from a file that is not ours alone."""

from __future__ import annotations

import os

from runner.leases import form, stamps
from runner.places import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.lease import Lease

LARGEST = 256 * 1024  # bytes; a lease has 2 to 4 KiB


def path_of(root: str, key: str) -> str:
    """Return where the lease with a key is kept below a private root."""
    return f"{root}/leases/{key}"


def read(path: str) -> Lease | None:
    """Return the lease in a file; None when there is none, or it is not ours alone, or damaged."""
    content = files.read_private(path, LARGEST)
    try:
        return None if content is None else form.parse(content)
    except ValueError:
        return None


def current(path: str, environ: Mapping[str, str]) -> Lease | None:
    """Return the lease in a file if all it was made from is as it was; its age is the caller's question."""
    lease = read(path)
    if lease is None or lease.key != os.path.basename(path) or not stamps.hold(lease.stamps, environ):
        return None
    return lease


def write(path: str, lease: Lease) -> None:
    """Put a lease in its place at once; raises disk-full, state-directory-unsafe."""
    files.private_folder(os.path.dirname(path))
    files.replace(path, form.dump(lease))


def prune(folder: str, now: float) -> None:
    """Remove leases that have ended; only those are read that nobody has written for an hour."""
    try:
        with os.scandir(folder) as entries:
            old = [entry.path for entry in entries if entry.stat(follow_symlinks=False).st_mtime < now - 3600]
    except OSError:
        return
    for path in old:
        lease = read(path)
        if lease is not None and lease.expires_at < now:
            remove(path)


def remove(path: str) -> None:
    """Take a lease away, if it is there."""
    try:  # noqa: SIM105 - contextlib would be one more module of a start
        os.unlink(path)
    except OSError:
        pass
