"""The index on disk: one for each set of files that are looked at, kept as leases are, until one of them changes."""

from __future__ import annotations

import os
from time import time

from runner import __version__
from runner.index import form
from runner.leases import key, stamps
from runner.places import files, roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.index.form import Index
    from runner.settings.files import Files

LARGEST = 64 * 1024 * 1024  # bytes; an identity takes about 200
KEPT_S = 7 * 86400  # one is written for every project somebody has stood in
# Variables that decide what is read, beside the paths; what stands in the trust's own folder is stamped.
SHAPING = ("HOME", "RUN_TRUST", "XDG_STATE_HOME")


def shaping(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the index is made by."""
    return {name: environ[name] for name in SHAPING if name in environ}


def path_of(looked_at: Files, environ: Mapping[str, str]) -> str:
    """Return where the index of these files is kept, its last part being its key; without a folder when it is not."""
    asked = ("index", __version__, looked_at.named, environ.get("XDG_STATE_HOME", ""))
    name = key.of(asked, looked_at.all(), shaping(environ))
    root = roots.lease_root(environ, roots.private_root(environ))
    return name if root == "none" else f"{root}/index/{name}"


def current(path: str, environ: Mapping[str, str]) -> Index | None:
    """Return the index in a file if all it was made from is as it was."""
    content = files.read_private(path, LARGEST) if "/" in path else None
    if content is None:
        return None
    try:
        index = form.parse(content)
    except ValueError:
        return None
    is_ours = index.key == os.path.basename(path) and stamps.hold(index.stamps, environ)
    return index if is_ours else None


def write(path: str, index: Index) -> None:
    """Put an index in its place at once, and remove those nobody has needed to make for a week.

    Raises disk-full, state-directory-unsafe.
    """
    folder = os.path.dirname(path)
    files.private_folder(folder)
    files.replace(path, form.dump(index))
    with os.scandir(folder) as entries:
        old = [each.path for each in entries if each.stat(follow_symlinks=False).st_mtime < time() - KEPT_S]
    for each in old:
        files.unlink(each)
