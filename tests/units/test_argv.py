"""The hot reading of the command line: what it accepts, the full command reads the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cli import export, prefix
from runner.model.failure import Failure
from runner.settings.argv import hot, hot_export
from runner.settings.options import OPTIONS

NAMES = [name for option in OPTIONS for name in (option.short, option.name) if name]
WORDS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map(lambda name: f"{name}=value"),
    st.sampled_from(NAMES).map(lambda name: f"{name}x"),
    st.sampled_from(
        ["--", "-", "", "=", "-vi", "-iv", "-idev", "--no-", "--help", "-h", "--version", "command", "a b"]
    ),
    st.sampled_from(["1h", "dev", "text", "json", "111111111111", "eu-west-1", "-1", "--x", "é", "\udcff"]),
    st.text(st.characters(exclude_characters="\0"), max_size=4),
)


@given(st.lists(WORDS, max_size=7))
@settings(max_examples=400, deadline=None)
def test_what_the_hot_form_takes_reads_the_same(words: list[str]) -> None:
    """Options and command alike; what it does not take is for the full command to say."""
    taken = hot(words)

    if taken is not None:
        assert prefix.read(words) == taken


@given(st.lists(st.one_of(WORDS, st.sampled_from(["--format", "process", "env", "--format=process"])), max_size=6))
@settings(max_examples=300, deadline=None)
def test_what_the_hot_form_of_export_takes_reads_the_same(words: list[str]) -> None:
    """The name, the options, and that the format is that of a credential_process."""
    taken = hot_export(words)

    if taken is not None:
        assert export.read(words) == taken


@pytest.mark.parametrize("words", [["dev"], ["dev", "--format", "process"], ["--region", "eu-west-1", "dev", "-q"]])
def test_export_is_read_by_hand(words: list[str]) -> None:
    """What SDKs and IDEs call."""
    taken = hot_export(words)

    assert taken is not None
    assert taken[0]["identity"] == "dev"
    assert taken == export.read(words)


@pytest.mark.parametrize(
    "words", [[], ["a", "b"], ["a", "--format", "env"], ["a", "--linger"], ["--help"], ["--", "a"]]
)
def test_export_that_is_left_to_the_full_command(words: list[str]) -> None:
    """Every doubt."""
    assert hot_export(words) is None


@pytest.mark.parametrize(
    ("words", "given_options", "command"),
    [
        (["-i", "dev", "true"], {"identity": "dev"}, ["true"]),
        (["--identity=dev", "--", "-x"], {"identity": "dev"}, ["-x"]),
        (["--identity=a=b", "true"], {"identity": "a=b"}, ["true"]),
        (["true", "-i", "dev"], {}, ["true", "-i", "dev"]),
        (
            ["-v", "-q", "--no-input", "--debug", "x"],
            {"verbose": "1", "quiet": "1", "no_input": "1", "debug": "1"},
            ["x"],
        ),
        (["--", "--", "x"], {}, ["--", "x"]),
        (["-"], {}, ["-"]),
        ([""], {}, [""]),
    ],
)
def test_what_is_read_by_hand(words: list[str], given_options: dict[str, str], command: list[str]) -> None:
    """The plain forms; the full command agrees."""
    assert hot(words) == (given_options, command)
    assert prefix.read(words) == (given_options, command)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--"],
        ["-i"],
        ["-i", "dev"],
        ["-i", "dev", "--"],
        ["-i", "", "x"],
        ["-i", "--", "x"],
        ["-idev", "x"],
        ["-vq", "x"],
        ["-i", "a", "-i", "b", "x"],
        ["-v", "-v", "x"],
        ["--verbose=1", "x"],
        ["--ident", "dev", "x"],
        ["--help"],
        ["--unknown", "x"],
    ],
)
def test_what_is_left_to_the_full_command(words: list[str]) -> None:
    """Every doubt."""
    assert hot(words) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-idev", "x"], ({"identity": "dev"}, ["x"])),
        (["-vq", "x"], ({"verbose": "1", "quiet": "1"}, ["x"])),
        (["-vi", "dev", "x"], ({"verbose": "1", "identity": "dev"}, ["x"])),
        (["-v", "-v", "x"], ({"verbose": "1"}, ["x"])),
        (["--region", "a", "--region", "b", "x"], ({"region": "b"}, ["x"])),
        (["--region", "--", "x"], ({"region": "--"}, ["x"])),
    ],
)
def test_what_the_full_command_makes_of_it(words: list[str], expected: tuple[dict[str, str], list[str]]) -> None:
    """Bundled letters, repetitions."""
    assert prefix.read(words) == expected


@given(st.lists(WORDS, max_size=7))
@settings(max_examples=200, deadline=None)
def test_any_words_are_read_or_a_usage_failure(words: list[str]) -> None:
    """Or help was asked for; never another exception."""
    options: dict[str, str] = {}
    command, slug = ["help"], "usage"
    try:
        options, command = prefix.read(words)
    except Failure as failure:
        slug = failure.slug
    except SystemExit as ended:
        command = ["help"] if ended.code == 0 else []

    assert slug == "usage"
    assert command
    assert options.keys() <= {option.key for option in OPTIONS}
