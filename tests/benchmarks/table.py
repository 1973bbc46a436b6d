"""The one table of all figures, and what stands above it: when, on what machine, which versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

COLUMNS = ("measured", "to", "figure", "target", "spread", "detail", "n")
WIDTHS = (40, 30, 9, 16, 16, 30, 3)


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of every part: rounds (None: the part's own number), and where others' tools are kept."""

    rounds: int | None = None
    venv: Path | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A figure: of what, in relation to what, as it is to be, and how sure that is."""

    measured: str
    to: str = ""
    figure: str = ""
    target: str = ""
    spread: str = ""
    detail: str = ""
    n: str = ""

    @classmethod
    def skipped(cls, measured: str, reason: str) -> Row:
        """Return the row of what could not be measured here."""
        return cls(measured, figure="none", detail=" ".join(reason.replace("|", "/").split()))

    def line(self) -> str:
        """Return the line of the table."""
        return line((self.measured, self.to, self.figure, self.target, self.spread, self.detail, self.n))


def line(cells: Sequence[str]) -> str:
    """Return cells as a line of Markdown, wide enough to be read as it is."""
    return f"| {' | '.join(f'{cell:<{width}}' for cell, width in zip(cells, WIDTHS, strict=True))} |"


def head() -> list[str]:
    """Return the lines above the rows."""
    return [line(COLUMNS), line(["-" * width for width in WIDTHS])]


def verdict(figure: float, sign: str, limit: float, unit: str = "") -> str:
    """Say what a figure is to be, and whether it is."""
    met = figure < limit or (sign == "<=" and figure == limit)
    return f"{sign} {limit:g}{unit}: {'met' if met else 'missed'}"


def heading() -> str:
    """Say when, on what and with what the figures are measured; the load is that of now."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("runner", "botocore", "awscli"))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    kernel = f"{platform.system()} {platform.release()} {platform.machine()}"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z; {_processor()}, {os.cpu_count()} cores, {kernel}; {python}, {packages}"
    )


def load() -> str:
    """Return the number of processes that wanted a core in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    models = [
        value.strip() for name, _, value in (each.partition(":") for each in lines) if name.strip() == "model name"
    ]
    return models[0] if models else platform.processor()
