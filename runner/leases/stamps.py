"""What a lease was made from, and whether it is still so: files, also absent ones, variables, programs.

A stamp is one text, `KIND VALUE SUBJECT`; it is made before what it stands for is read, and holds as long as making it
again gives the same text.
"""

from __future__ import annotations

import os

from runner.leases.key import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def file(path: str) -> str:
    """Stamp a file by device, inode, size and times; "-" when it is not there. A relative path is that of here."""
    return f"file {_state(path)} {path}"


def _state(path: str) -> str:
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # a NUL character
        return "-"
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def presence(path: str) -> str:
    """Stamp whether a file is there."""
    return f"presence {'+' if os.path.exists(path) else '-'} {path}"


def variable(name: str, environ: Mapping[str, str]) -> str:
    """Stamp a variable that is no secret, by its value."""
    return f"variable ={environ.get(name, '').replace(' ', '%20')} {name}"


def secret(name: str, environ: Mapping[str, str]) -> str:
    """Stamp a variable that is a secret, by a hash of its value."""
    value = environ.get(name, "")
    return f"secret {digest(os.fsencode(value)) if value else '-'} {name}"


def program(word: str, environ: Mapping[str, str]) -> str:
    """Stamp which file a program's name leads to, and that it is as it was."""
    path = word if "/" in word else _on_path(word, environ)
    return f"program {_state(path)}:{path.replace(' ', '%20')} {word}"


def _on_path(word: str, environ: Mapping[str, str]) -> str:
    for folder in environ.get("PATH", os.defpath).split(":"):
        path = os.path.join(folder or ".", word)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return ""


def hold(stamps: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    """Tell whether everything is as it was stamped."""
    return again(stamps, environ) == stamps


def again(stamps: tuple[str, ...], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the same stamps as they would be made now."""
    return tuple(_again(stamp, environ) for stamp in stamps)


def _again(stamp: str, environ: Mapping[str, str]) -> str:
    kind, _, rest = stamp.partition(" ")
    subject = rest.partition(" ")[2]
    if kind == "file":
        return file(subject)
    if kind == "presence":
        return presence(subject)
    if kind == "variable":
        return variable(subject, environ)
    if kind == "secret":
        return secret(subject, environ)
    return program(subject, environ)
