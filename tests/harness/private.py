"""What a run keeps while it lives, looked at from outside: its private directory, its helper process, its notices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil

from tests.harness.eventually import eventually
from tests.harness.run import Running
from tests.harness.world import World

BEFORE_THE_CHILD = 2  # lines of `owners`: the namespace and the run itself
WAITER = "until [ -e stop ]; do sleep 0.05; done"  # a shell child, in the world's directory, that the test lets go


def directory(world: World, running: Running) -> Path:
    """Return the private directory of a run; waits until its command has been started."""
    runs = world.runtime / "runner" / "runs"

    def found() -> list[Path]:
        made = [path for path in runs.glob(f"{running.pid}-*") if "." not in path.name]
        return [path for path in made if len((path / "owners").read_text().split()) > BEFORE_THE_CHILD]

    return eventually(found, what=f"a directory in {runs}", within_s=20)[0]


def key_in(folder: Path) -> str:
    """Return the access key id that a process-injected child is served now."""
    content: dict[str, Any] = json.loads((folder / "credentials.json").read_bytes())
    return str(content["AccessKeyId"])


def next_key(folder: Path, last: str, *, within_s: float) -> str:
    """Wait until a process-injected child is served another key; return it."""
    eventually(lambda: key_in(folder) != last, within_s=within_s, what=f"another key than {last}")
    return key_in(folder)


def said(running: Running, text: str, *, within_s: float = 10) -> None:
    """Wait until a text stands on stderr."""
    eventually(lambda: text in running.stderr_so_far(), within_s=within_s, what=f"{text!r} on stderr")


def helpers(pid: int) -> list[psutil.Process]:
    """Return the helper processes of renewal of a run that live."""
    found = []
    for process in psutil.Process(pid).children():
        try:
            if any("serve(" in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:  # it has ended while we looked
            continue
    return found


def notices(running: Running) -> list[str]:
    """Return the lines written to stderr so far."""
    return running.stderr_so_far().splitlines()


def unended(text: str) -> list[str]:
    """Return the lines of stderr, less those that credentials have ended and the last one of a post-mortem."""
    return [line for line in text.splitlines() if "have ended" not in line and "the command failed" not in line]


def let_go(world: World) -> None:
    """Let a child that runs WAITER go on."""
    (world.cwd / "stop").touch()
