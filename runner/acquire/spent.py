"""Which MFA codes have been sent to AWS of late, by any process of ours: hashes and times, never a code."""

from __future__ import annotations

import time
from pathlib import Path

from runner.leases.key import digest
from runner.places import files

REMEMBERED_S = 90  # AWS takes the codes of the windows before and after its own too, each once


def note(root: str, serial: str, code: str) -> None:
    """Remember that a device's code has been sent; raises disk-full, state-directory-unsafe."""
    path = _path(root, serial)
    files.private_folder(str(path.parent))
    lines = [*_recent(path), f"{int(time.time())} {_hash(serial, code)}"]
    files.replace(str(path), "\n".join(lines).encode())


def is_spent(root: str, serial: str, code: str) -> bool:
    """Tell whether a device's code has been sent already."""
    return any(line.endswith(f" {_hash(serial, code)}") for line in _recent(_path(root, serial)))


def _path(root: str, serial: str) -> Path:
    return Path(root, "mfa", digest(serial.encode("utf-8", "surrogateescape")))


def _hash(serial: str, code: str) -> str:
    return digest(f"{serial}\0{code}".encode("utf-8", "surrogateescape"))


def _recent(path: Path) -> list[str]:
    try:
        lines = path.read_text("ascii").split("\n")
    except (OSError, ValueError):
        return []
    since = time.time() - REMEMBERED_S
    return [line for line in lines if line.partition(" ")[0].isdigit() and int(line.partition(" ")[0]) >= since]
