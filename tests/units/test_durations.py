"""Durations as people write them, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.settings.durations import UNITS_S, seconds
from runner.settings.durations import text as written

GRAMMAR = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?|(\d{1,9})", re.ASCII)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("36h", 129600), ("3600", 3600), ("0", 0), ("0s", 0)],
)
def test_what_people_write(text: str, expected: int) -> None:
    """Units in their order, or plain seconds."""
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "s",
        "1h30",
        "30m1h",
        "1m1m",
        "1.5h",
        "-1s",
        "+1",
        "1 h",
        "1H",
        "1d",
        "1h ",
        "soon",
        "\u0661s",
        "1e3",
        "1" * 10,
        "1\n",
    ],
)
def test_what_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert seconds(text) is None


@given(st.text(alphabet="0123456789dhms", max_size=14) | st.text(max_size=6))
def test_the_grammar(text: str) -> None:
    """Every text is read as the grammar has it, or not at all."""
    match = GRAMMAR.fullmatch(text) if text else None

    if match is None:
        assert seconds(text) is None
    else:
        *parts, plain = match.groups()
        expected = sum(int(part or 0) * unit_s for part, unit_s in zip(parts, UNITS_S.values(), strict=True))
        assert seconds(text) == expected + int(plain or 0)


@given(st.integers(1, 999_999_999))
def test_what_is_written_is_read(duration_s: int) -> None:
    """As bounds are told to people."""
    assert seconds(written(duration_s)) == duration_s
