"""Measures and prints the table: python -m tests.benchmarks [PART...] [--rounds N] [--venv DIR] [--readme]"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import many, memory, peers, start, table
from tests.benchmarks.table import Options, Row
from tests.readme import README

PARTS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "start": start.rows,
    "many": many.rows,
    "peers": peers.rows,
    "memory": memory.rows,
}
BEGIN = "<!-- figures: measured by python -m tests.benchmarks --readme -->"
END = "<!-- end -->"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="start times as ratios, and memory")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; without any, all")
    parser.add_argument("--rounds", type=int, metavar="N", help="times that each pair is timed, 2 at least")
    parser.add_argument("--venv", type=Path, metavar="DIR", help="keep others' tools there, and take them from there")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md too")
    given = parser.parse_args()
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if given.rounds is not None and given.rounds < 2:
        parser.error("quartiles need --rounds 2 at least")
    if given.readme and given.parts:
        parser.error("--readme takes all parts")
    lines = list(_printed(given.parts or list(PARTS), Options(given.rounds, given.venv)))
    if given.readme:
        README.write_text(written(README.read_text(), lines))


def _printed(parts: list[str], options: Options) -> Iterator[str]:
    """Give each line of the page as soon as it is known, and print it."""
    for line in _lines(parts, options):
        print(line, flush=True)
        yield line


def _lines(parts: list[str], options: Options) -> Iterator[str]:
    before = table.load()
    yield table.heading()
    yield ""
    yield from table.head()
    for part in parts:
        for row in PARTS[part](options):
            yield row.line()
    yield ""
    yield f"Load average: {before} before, {table.load()} after."


def written(text: str, lines: list[str]) -> str:
    """Return the page with these lines between its markers; ValueError when it has none."""
    before, _, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no lines {BEGIN} and {END}")
    return "\n".join((before + BEGIN, *lines, end + after))


if __name__ == "__main__":
    main()
