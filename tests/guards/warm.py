"""The allow-list of modules that a warm `run` may have loaded, and those that it never may."""

from __future__ import annotations

from pathlib import Path

LIST = Path(__file__).with_name("warm_modules.txt")

# Each costs a start more than all of ours together, or is cold by nature.
NEVER = frozenset(
    [
        *("ctypes", "dataclasses", "enum", "json", "logging", "pathlib", "re", "signal", "subprocess", "tempfile"),
        *("threading", "typing"),
        *("boto3", "botocore", "dotenv", "filelock", "moto", "msgspec", "psutil", "rich", "typer"),
    ]
)


def allowed() -> frozenset[str]:
    """Read the allow-list: a module a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in LIST.read_text().splitlines())
    return frozenset(line for line in lines if line)


def warm_list() -> frozenset[str]:
    """Return our own warm modules: those of the allow-list that are below runner/."""
    return frozenset(name for name in allowed() if name.partition(".")[0] == "runner")
