"""What is written to stderr: four lines, or one of JSON, that steer no terminal."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner import report
from runner.model.chain import Chain
from runner.model.failure import Failure

KEYS = ["slug", "message", "identity", "chain", "failed_at", "cause", "try", "exit_status", "retryable"]
TEXTS = st.text() | st.binary().map(lambda content: content.decode("utf-8", "surrogateescape"))


def failure(text: str) -> Failure:
    """Make a failure that says a text wherever it can."""
    raised = Failure("credentials-invalid", cause=text, source=text, remedy=text)
    return raised.at(text, Chain((text, text)), 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, \U0001f511", "plain, é, \U0001f511"),
        ("a\nb", "a b"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\r\t\b\x00", r"\x0d\x09\x08\x00"),
        ("\x7f", r"\x7f"),
        ("\x80\x9b\x85", r"\x80\x9b\x85"),
        ("\u202a\u202e\u2066\u2069\u200e\u061c", r"\u202a\u202e\u2066\u2069\u200e\u061c"),
        ("\u2028\u2029\ufeff\u200b", r"\u2028\u2029\ufeff\u200b"),
        ("\udcff\udc80", r"\xff\x80"),
        ("\ud800", r"\ud800"),
        ("\ue000\U000e0041", r"\ue000\ue0041"),
        ("x" * 2000, "x" * 2000),
        ("x" * 2001, "x" * 2000 + "..."),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_what_is_not_printable_is_escaped(text: str, shown: str) -> None:
    """C0, C1, DEL, separators, bidirectional and other format characters, bytes that are not UTF-8; and a cap."""
    assert report.clean(text) == shown


@given(TEXTS)
def test_nothing_steers_the_terminal(text: str) -> None:
    """Whatever comes in, what goes out is printable and one line."""
    shown = report.clean(text)

    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert len(shown) <= 10 * report.LONGEST + 3


@given(TEXTS)
def test_a_failure_is_four_lines(text: str) -> None:
    """Always: what happened with the slug, the chain, the cause, what to type next."""
    lines = report.as_text(failure(text)).split("\n")

    starts = ("run: cannot act as " if text else "run: AWS does not", "  chain: ", "  cause: ", "  try:   ")
    assert len(lines) == 5
    assert all(line.startswith(start) for line, start in zip(lines, (*starts, ""), strict=True))
    assert lines[0].endswith("  [credentials-invalid]")
    assert lines[1].endswith(" (failed here)") or len(text) > 500


@given(TEXTS)
def test_a_failure_is_one_line_of_json(text: str) -> None:
    """The same content; every key is always there."""
    raised = failure(text)

    written = report.as_json(raised)

    error = json.loads(written)["error"]
    assert written.count("\n") == 1
    assert written.isascii()
    assert list(error) == KEYS
    assert error["message"] == report.clean(report.message(raised))
    assert error["chain"] == [report.clean(text)] * 2


def test_what_is_not_known() -> None:
    """A chain that was not resolved and a cause that nobody gave have their words."""
    text = report.as_text(Failure("no-identity", command="x"))

    assert text.splitlines()[1:3] == ["  chain: (not resolved)", "  cause: -"]


def test_a_trace_holds_no_values(capfd: pytest.CaptureFixture[str]) -> None:
    """Files, lines, names of functions and classes: never the text of an error."""
    raised = Failure("internal", problem="CANARYSECRET", cause="CANARYSECRET")
    raised.__cause__ = ValueError("CANARYSECRET")

    report.trace(raised)

    told = capfd.readouterr().err
    assert "raised Failure\n" in told
    assert "raised ValueError\n" in told
    assert "CANARYSECRET" not in told
