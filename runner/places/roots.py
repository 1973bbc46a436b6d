"""Where private files are kept: the first directory that is ours alone."""

from __future__ import annotations

import os

from runner.model.failure import Failure
from runner.places.files import make, not_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Credential processes are named in files that some clients split at spaces and hand to a shell: nothing to quote.
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-")
A_PLACE = "set XDG_RUNTIME_DIR to a directory of your own, 0700, of the characters A-Za-z0-9._/-"


def private_root(environ: Mapping[str, str]) -> str:
    """Return the first directory for private files that is ours; made when absent.

    Raises state-directory-unsafe, with what is wrong with each, when none is.
    """
    problems = []
    for parent, path in candidates(environ):
        problem = _unusable(parent, path)
        if not problem:
            return path
        problems.append(f"{path}: {problem}")
    raise Failure(
        "state-directory-unsafe",
        cause="; ".join(problems),
        remedy=f"export XDG_RUNTIME_DIR=$(mktemp -d)        # {A_PLACE}",
    )


def lease_root(environ: Mapping[str, str], root: str) -> str:
    """Return the private directory that leases are kept below: `root`, and in CI one that ends with the job.

    "none" when CI is set and there is neither XDG_RUNTIME_DIR nor RUNNER_TEMP: a worker's next job is not ours.
    """
    if not environ.get("CI") or environ.get("XDG_RUNTIME_DIR"):
        return root
    parent = environ.get("RUNNER_TEMP", "")
    path = os.path.join(parent, "runner")
    return path if parent and not _unusable(parent, path) else "none"


def candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return the directories that are considered, each behind the one that has to be there, in their order."""
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
        make(path)
        if not os.access(path, os.W_OK | os.X_OK):
            return "not writable"
    except OSError as error:
        return error.strerror or "unusable" if os.path.isdir(parent) else f"{parent} is not a directory"
    return not_private(path)
