"""Listings for programs: plain columns and JSON, by the standard library alone, so that a start for them is short."""

from __future__ import annotations

import json
import sys

from runner import report

SIGPIPE = 13  # without the module of signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table in columns with two spaces between them; the cells are clean."""
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    padded = (("  ".join(map(str.ljust, row, widths))).rstrip() for row in (names, *rows))
    _write("".join(f"{line}\n" for line in padded))


def cells(row: Sequence[str]) -> list[str]:
    """Return the cells of a row as they are shown: clean, and "-" for nothing."""
    return [report.clean(cell) or "-" for cell in row]


def as_json(value: object) -> None:
    """Write JSON, its keys in their order and its texts clean."""
    _write(json.dumps(_clean(value), indent=2) + "\n")


def _write(text: str) -> None:
    """Write to stdout; when its reader has gone, as `head` does, end as any other command: by SIGPIPE."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        from runner.child.apart import Ended  # noqa: PLC0415 - few listings are cut short

        raise Ended(-SIGPIPE) from None


def _clean(value: object) -> object:
    if isinstance(value, str):
        return report.clean(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
