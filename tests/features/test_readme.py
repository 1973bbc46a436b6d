"""The README says what the code does: options, statuses, failures, and its example of a runner.toml."""

from __future__ import annotations

from pathlib import Path

from runner.model import outcome
from runner.settings import config, entries
from runner.settings.options import OPTIONS
from tests import readme
from tests.harness.run import RunIn


def test_the_tables_are_those_of_the_code() -> None:
    """`python -m tests.readme` would change nothing."""
    text = readme.README.read_text()

    assert readme.written(text) == text


def test_every_status_of_ours_is_explained() -> None:
    """The statuses that failures end with, and that of --timeout, all stand in the table."""
    explained = {status for status, _ in readme.STATUSES}

    assert explained == {*outcome.STATUS_OF.values(), outcome.TIMED_OUT}


def test_help_names_every_option_and_no_other(run: RunIn) -> None:
    """What --help lists is what the README lists, beside --help and --version."""
    listed = run("--help").expect_status(0).text
    words = {word.rstrip(",") for word in listed.split() if word.startswith("-") and word.strip("-,")}

    names = {name for option in OPTIONS for name in (option.short, option.name) if name}
    assert words == names | {"-h", "--help", "--version"}
    for option in OPTIONS:
        assert not option.variable or f"[{option.variable}]" in listed
        assert not option.allowed or option.metavar == "|".join(option.allowed)


def test_the_example_is_a_runner_toml() -> None:
    """The example parses, and shows every kind there is."""
    example = readme.README.read_text().partition("```toml\n")[2].partition("```")[0]

    parsed = config.parse(Path("runner.toml"), example.encode())

    names = {"corp-base", "staging-poweruser", "break-glass", "audit", "ci", "federated", "here", "prod"}
    assert set(parsed.identities) == names
    assert all(f'kind = "{kind}"' in example for kind in entries.ENTRIES)


def test_each_set_up_is_one_line() -> None:
    """There is exactly one line under "Try it" and one under "Run the tests"."""
    for title in ("Try it", "Run the tests"):
        section = readme.README.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        lines = section.partition("```sh\n")[2].partition("```")[0].splitlines()
        assert section.count("```") == 2
        assert len(lines) == 1
