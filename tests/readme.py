"""The tables of README.md, made from the code. `python -m tests.readme` writes them; a test compares them."""

from __future__ import annotations

from pathlib import Path

from runner.model import outcome
from runner.model.failures import FAILURES
from runner.settings.options import OPTIONS

README = Path(__file__).parent.parent / "README.md"

STATUSES = (
    (outcome.USAGE, "usage"),
    (outcome.TEMPORARY, "temporary: trying again may help"),
    (outcome.AUTHENTICATION, "authentication or authorization: a human must log in or grant; also `--on-expiry term`"),
    (outcome.CONFIGURATION, "configuration"),
    (outcome.TIMED_OUT, f"`--timeout`; {outcome.SIGNALLED + 9} when it took KILL"),
    (outcome.INTERNAL, "an error of `run` itself, before the start"),
    (outcome.NOT_EXECUTABLE, "the command was found and cannot be executed"),
    (outcome.NOT_FOUND, "the command was not found"),
)


def tables() -> dict[str, list[str]]:
    """Return the lines of each table by its name."""
    return {"options": options(), "statuses": statuses(), "failures": failures()}


def options() -> list[str]:
    """Return a row an option."""
    rows = []
    for option in OPTIONS:
        names = ", ".join(f"`{name}`" for name in (option.short, option.name) if name)
        metavar = option.metavar.replace("|", "\\|")
        variable = f"`{option.variable}`" if option.variable else ""
        rows.append(f"| {names} | {metavar} | {variable} | {option.text} |")
    return ["| option | value | variable | meaning |", "|---|---|---|---|", *rows]


def statuses() -> list[str]:
    """Return a row an exit status of ours."""
    return ["| status | meaning |", "|---|---|", *(f"| {status} | {meaning} |" for status, meaning in STATUSES)]


def failures() -> list[str]:
    """Return a row a failure."""
    rows = [f"| `{slug}` | {outcome.STATUS_OF[row.failure_class]} | {row.meaning} |" for slug, row in FAILURES.items()]
    return ["| slug | status | meaning |", "|---|---|---|", *rows]


def written(text: str) -> str:
    """Return the page with its tables as they should be."""
    lines: list[str] = []
    made = tables()
    inside = False
    for line in text.splitlines():
        if line == "<!-- end -->":
            inside = False
        if not inside:
            lines.append(line)
        if line.startswith("<!-- ") and ": made from" in line:
            inside = True
            lines += made[line[5:].partition(":")[0]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
