"""The benchmarks' own arithmetic and page; what they measure is for whoever runs them."""

from __future__ import annotations

import pytest

from tests.benchmarks import table
from tests.benchmarks.__main__ import BEGIN, END, written
from tests.benchmarks.table import Row
from tests.benchmarks.timing import Command, NotWorkingError, Pair, Timed
from tests.readme import README

NOTHING = Timed("nothing", Command(["/bin/sh", "-c", ":"], {}))


def test_the_readme_keeps_all_but_the_lines_between_the_markers() -> None:
    """A new table takes the place of the last one, and writing it again changes nothing."""
    text = README.read_text()

    page = written(written(text, ["old"]), ["new", "lines"])

    assert f"\n{BEGIN}\nnew\nlines\n{END}\n" in page
    assert "old" not in page.partition(BEGIN)[2].partition(END)[0]
    assert page.partition(BEGIN)[0] == text.partition(BEGIN)[0]
    assert page.partition(BEGIN)[2].partition(END)[2] == text.partition(BEGIN)[2].partition(END)[2]


def test_a_page_without_markers_is_refused() -> None:
    """No figures are put where nobody has made a place for them."""
    with pytest.raises(ValueError, match="figures"):
        written("# runner\n", ["new"])


def test_a_pair_becomes_a_row_of_all_columns() -> None:
    """A pair that works has its ratio, its quartiles and its rounds in the table."""
    row = Pair(NOTHING, NOTHING, target=1e9).row(3)

    assert (row.measured, row.to, row.target, row.n) == ("nothing", "nothing", "< 1e+09: met", "3")
    assert row.line().count("|") == len(table.COLUMNS) + 1


def test_a_command_that_does_not_work_says_so_in_its_last_words() -> None:
    """What cannot be measured is named with the command's own reason."""
    broken = Timed("broken", Command(["/bin/sh", "-c", "echo first >&2; echo last >&2; exit 3"], {}))

    with pytest.raises(NotWorkingError, match="status 3: last"):
        Pair(broken, NOTHING).row(2)


def test_a_reason_cannot_break_the_table() -> None:
    """Bars and line ends of others' messages do not make columns and rows."""
    row = Row.skipped("tool", "a | b\nc")

    assert row.detail == "a / b c"


@pytest.mark.parametrize(
    ("figure", "sign", "said"), [(5.9, "<=", "met"), (6.0, "<=", "met"), (6.0, "<", "missed"), (6.1, "<=", "missed")]
)
def test_a_verdict_is_by_the_sign(figure: float, sign: str, said: str) -> None:
    """A figure at its limit is met by `<=` alone."""
    assert table.verdict(figure, sign, 6.0) == f"{sign} 6: {said}"
