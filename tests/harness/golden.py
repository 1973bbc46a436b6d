"""Texts as they are to be, in one file a reader can read aloud: blocks with a name, an empty line between them.

What differs from run to run is written as a placeholder: {root}, {aws}, {port}, {time}, {clock}, {me}, {uid}.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.harness.world import World

WRITE = "WRITE_GOLDEN"  # set to 1, a test writes its block instead of comparing it
VARIABLE = (
    (re.compile(r"(assumed-role/\w+/)[^\s/]+@\S+"), r"\1{me}"),
    (re.compile(r"/runner-\d+\b"), "/runner-{uid}"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{8}T\d{6}Z"), "{time}"),
    (re.compile(r"127\.0\.0\.1:\d{2,5}"), "127.0.0.1:{port}"),
    (re.compile(r"current date/time \d+ must be before the expiration date/time \d+"), "current date/time {clock}"),
)


def normalised(text: str, world: World) -> str:
    """Return a text with placeholders for what is of this world, port or moment."""
    text = text.replace(str(world.root), "{root}").replace(world.aws.url, "{aws}")
    for pattern, placeholder in VARIABLE:
        text = pattern.sub(placeholder, text)
    return text


def blocks(path: Path) -> dict[str, str]:
    """Return the blocks of a file by name; a name stands behind a # in the line before."""
    found = {}
    for block in path.read_text().split("\n\n") if path.exists() else ():
        name, _, text = block.strip("\n").partition("\n")
        found[name.removeprefix("# ")] = f"{text}\n"
    return found


def check(path: Path, name: str, text: str) -> None:
    """Expect a text to be the block of a name, or write it."""
    golden = blocks(path)
    if os.environ.get(WRITE):
        golden[name] = text
        path.write_text("\n".join(f"# {each}\n{golden[each]}" for each in sorted(golden)))
    assert golden.get(name) == text, f"{WRITE}=1 pytest would write:\n# {name}\n{text}"
