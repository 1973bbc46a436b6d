"""A browser for $BROWSER: a script that opens the page it is given, and writes down which, and how that ended."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.harness.world import World

FOLLOWS = "answer = urllib.request.urlopen(url)"


class Browser:
    """The script, and what it has seen; `body` is Python that is given `url`, and leaves `answer` behind."""

    def __init__(self, world: World, body: str = FOLLOWS) -> None:
        self.record = world.root / "visited"
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        self.path = world.program(
            "browser",
            f"""#!{sys.executable} -I
import json, sys, urllib.error, urllib.parse, urllib.request
url = sys.argv[1]
try:
{lines}
except urllib.error.HTTPError as error:
    answer = error
with open({str(self.record)!r}, "a") as record:
    record.write(json.dumps([url, answer.status, answer.read().decode()]) + "\\n")
""",
        )

    @property
    def env(self) -> dict[str, str]:
        """What a user has in the environment."""
        return {"BROWSER": str(self.path)}

    def visits(self) -> list[str]:
        """Return a line for each page: its address, the status and the text of the answer."""
        return self.record.read_text().splitlines() if self.record.exists() else []


def cache(world: World) -> Path:
    """Return where tokens and registrations are kept."""
    return world.home / ".aws" / "sso" / "cache"
