"""What pyproject.toml says about third-party packages."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

# "runner/acquire/aws.py" = ["TID253"]        # botocore
DOORWAY = re.compile(r'^"(runner/[^"]+)"\s*=\s*\[[^]]*"TID253"[^]]*\]\s*(?:#\s*(.*))?$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class House:
    """What pyproject.toml says about the third-party packages: which there are, and where each comes in."""

    banned: frozenset[str]
    doorways: dict[str, frozenset[str]]

    @classmethod
    def of(cls, pyproject: str) -> House:
        """Read ruff's banned imports and the per-file ignores; the package a doorway is for stands in its comment."""
        ruff = tomllib.loads(pyproject)["tool"]["ruff"]["lint"]
        named = {path: frozenset(re.findall(r"\w+", comment)) for path, comment in DOORWAY.findall(pyproject)}
        return cls(frozenset(ruff["flake8-tidy-imports"]["banned-module-level-imports"]), named)

    def admits(self, path: str, package: str) -> bool:
        """Tell whether the file at `path` is inside a doorway of `package`."""
        return any(package in names and _inside(path, place) for place, names in self.doorways.items())

    def crowded(self) -> list[str]:
        """Name the packages that have more than one doorway."""
        listed = [package for names in self.doorways.values() for package in names]
        return [f"{package} has more than one doorway" for package in sorted(self.banned) if listed.count(package) > 1]


def _inside(path: str, place: str) -> bool:
    return path == place or (place.endswith("/*") and path.startswith(place[:-1]))
