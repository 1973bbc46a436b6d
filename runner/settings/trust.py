"""Whether a runner.toml may be used: its owner and mode, and the record that `runner trust FILE` made of its bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def read_private(path: Path) -> bytes:
    """Return the bytes of a file that nobody else can change; raises config-not-trusted, or OSError."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        content = file.read()
    if status.st_uid not in (os.geteuid(), 0):
        raise _refused(path, f"belongs to uid {status.st_uid}, not to you", f"chown $(id -u) {path}")
    if status.st_mode & 0o022:
        raise _refused(path, f"can be written by others (mode {status.st_mode & 0o777:04o})", f"chmod go-w {path}")
    return content


def check(path: Path, content: bytes, environ: Mapping[str, str]) -> None:
    """Raise config-not-trusted unless these bytes, at this path, have been trusted by us.

    RUN_TRUST stands in for the record where nobody can type `runner trust`: 1, or sha256:HEX of the bytes.
    """
    by_variable = environ.get("RUN_TRUST", "")
    digest = hashlib.sha256(content).hexdigest()
    if by_variable and by_variable not in ("0", "1") and not by_variable.startswith("sha256:"):
        raise Failure("usage", problem=f'RUN_TRUST "{by_variable}" must be 1 or sha256:HEX', remedy=f"sha256sum {path}")
    if by_variable == "1" or by_variable.lower() == f"sha256:{digest}":
        return
    if by_variable.startswith("sha256:"):
        raise _refused(
            path, "is not the file RUN_TRUST names", f"RUN_TRUST=sha256:{digest} # when it is the right file"
        )
    if not _record(path, content, environ).exists():
        raise _refused(path, "has not been trusted, or was changed since", f"less {path} && runner trust {path}")


def trust(path: Path, environ: Mapping[str, str]) -> str:
    """Record that this file, as it is now, is trusted; returns the SHA-256 of its bytes, for RUN_TRUST."""
    path = path.resolve(strict=True)
    content = read_private(path)
    record = _record(path, content, environ)
    record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    record.touch(mode=0o600)
    return hashlib.sha256(content).hexdigest()


def record(path: str, environ: Mapping[str, str]) -> str:
    """Return where the record of a file as it is now would be, for a stamp; "/" when the file cannot be read."""
    try:
        return str(_record(Path(path), Path(path).read_bytes(), environ))
    except OSError:
        return "/"


def _record(path: Path, content: bytes, environ: Mapping[str, str]) -> Path:
    """Return where the record of this path, owner and content is kept: its name says it all, the file is empty."""
    digest = hashlib.sha256()
    for part in (os.fsencode(path), str(os.geteuid()).encode(), content):
        digest.update(len(part).to_bytes(8, "big") + part)
    state = environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "runner" / "trusted" / digest.hexdigest()


def _refused(path: Path, problem: str, remedy: str) -> Failure:
    return Failure("config-not-trusted", path=str(path), problem=problem, remedy=remedy)
