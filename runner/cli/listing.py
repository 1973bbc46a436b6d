"""Listings on stdout: tables for people, JSON for programs. What comes from outside passes the sanitiser in both."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runner import report
from runner.cli import plain
from runner.cli.plain import as_json
from runner.model.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ConfigOption", "ExceptOption", "FormatOption", "NamesArgument", "as_json", "check_format", "lines", "table"]

NamesArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME|PATTERN]...", help="Names, 'prod-*', @group, @tag:KEY=VALUE; none means all."),
]
ExceptOption: TypeAlias = Annotated[list[str] | None, typer.Option("--except", metavar="GLOB", help="Leave these out.")]
ConfigOption: TypeAlias = Annotated[
    str, typer.Option("--config", "-c", metavar="FILE", help="As of run.", show_default=False)
]
FormatOption: TypeAlias = Annotated[
    str, typer.Option("--format", metavar="table|json", help="A table for people, or JSON.", show_default=False)
]


def check_format(form: str) -> str:
    """Return the format, which has to be one; raises usage."""
    if form not in ("table", "json"):
        raise Failure(
            "usage",
            problem=f'--format "{form}" must be one of table, json',
            cause="the command line",
            remedy="runner --help",
        )
    return form


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table: by rich on a terminal, in plain columns with two spaces between them elsewhere."""
    cleaned = [plain.cells(row) for row in rows]
    if sys.stdout.isatty():
        style = "" if os.environ.get("NO_COLOR") else "bold"
        shown = Table(*columns, box=None, pad_edge=False, header_style=style)
        for row in cleaned:
            shown.add_row(*(Text(cell, overflow="fold") for cell in row))
        Console(highlight=False).print(shown)
        return
    plain.columns(columns, cleaned)


def lines(texts: Sequence[str]) -> None:
    """Write lines of text."""
    for text in texts:
        sys.stdout.write(report.clean(text) + "\n")
