"""The command line and the RUN_ variables: what cannot be read is refused, and it says what could be."""

from __future__ import annotations

import pytest

from runner.settings.options import OPTIONS
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")

VALUES = [
    ("--account", "RUN_ACCOUNT", "12345", "12 digits"),
    ("--account", "RUN_ACCOUNT", "\uff11" * 12, "12 digits"),
    ("--expect-arn", "RUN_EXPECT_ARN", "Deploy", "arn:aws:sts::*:assumed-role/Deploy/*"),
    ("--duration", "RUN_DURATION", "soon", "15m to 36h"),
    ("--duration", "RUN_DURATION", "1h30", "1h30m"),
    ("--duration", "RUN_DURATION", "14m", "15m to 36h"),
    ("--duration", "RUN_DURATION", "37h", "15m to 36h"),
    ("--min-ttl", "RUN_MIN_TTL", "-1", "1h30m"),
    ("--max-lifetime", "RUN_MAX_LIFETIME", "8 hours", "1h30m"),
    ("--timeout", "RUN_TIMEOUT", "0", "1h30m"),
    ("--kill-after", "RUN_KILL_AFTER", "1s1h", "1h30m"),
    ("--pdeathsig", "RUN_PDEATHSIG", "LOUD", "TERM"),
    ("--inject", "RUN_INJECT", "magic", "process, file"),
    ("--login", "RUN_LOGIN", "maybe", "auto, never"),
    ("--on-expiry", "RUN_ON_EXPIRY", "panic", "warn, term, ignore"),
    ("--validate", "RUN_VALIDATE", "sometimes", "always, auto, never"),
    ("--region", "RUN_REGION", "eu west", "eu-west-1"),
    ("--assume-role", "RUN_ASSUME_ROLE", "arn:aws:iam::222222222222:user/ada", "role/NAME"),
    ("--role-session-name", "RUN_ROLE_SESSION_NAME", "a b", "2 to 64 letters"),
    ("--source-identity", "RUN_SOURCE_IDENTITY", "x", "2 to 64 letters"),
    ("--session-policy", "RUN_SESSION_POLICY", "nowhere.json", "No such file"),
    ("--session-policy", "RUN_SESSION_POLICY", '{"Version": 1}', "no Statement"),
    ("--session-tag", "", "team", "KEY=VALUE"),
    ("--session-tag", "", "aws:x=1", "not beginning with aws:"),
    ("--session-policy-arn", "", "ReadOnly", "policy/NAME"),
    ("--region", "RUN_REGION", "eu-west-1\n[default]", "eu-west-1"),
]
FLAGS = ("RUN_NO_INPUT", "RUN_VERBOSE", "RUN_QUIET", "RUN_LINGER", "RUN_DEBUG")


@pytest.mark.parametrize(("option", "variable", "value", "allowed"), VALUES)
def test_a_value_an_option_does_not_take(fails: Fails, option: str, variable: str, value: str, allowed: str) -> None:
    """Option and variable are named, each when it is at fault, with what they allow."""
    fails("-i", "dev", option, value, slug="usage", status=64, contains=[f"{option} ", allowed])
    if variable:
        fails("-i", "dev", slug="usage", status=64, contains=[f"{variable} ", allowed], env={variable: value})


@pytest.mark.parametrize("variable", FLAGS)
def test_a_value_a_flags_variable_does_not_take(fails: Fails, variable: str) -> None:
    """The RUN_ variable of a flag is 1 or 0."""
    if variable == "RUN_DEBUG":  # the option is before it in what `fails` runs
        output = fails.run("-i", "dev", "--", "touch", fails.marker, env={variable: "maybe"})
        output.expect_failure("usage", 64, contains=['RUN_DEBUG "maybe"', "1 or 0"], preceded=True)
        return
    fails("-i", "dev", slug="usage", status=64, contains=[f'{variable} "maybe"', "1 or 0"], env={variable: "maybe"})


def test_every_option_that_takes_less_than_any_text_has_its_test() -> None:
    """An option added to the table is in the lists above, or takes what it is given."""
    free = {"--identity", "--config", "--report", "--error-format", "--via"}
    with_values = {option.name for option in OPTIONS if option.metavar}

    assert with_values - free == {option for option, *_ in VALUES}
    assert {option.variable for option in OPTIONS if not option.metavar and option.variable} == set(FLAGS)


@pytest.mark.parametrize(
    "option",
    ["--via", "--assume-role", "--role-session-name", "--source-identity", "--session-tag", "--session-policy"],
)
def test_an_empty_value_narrows_nothing_and_is_refused(fails: Fails, option: str) -> None:
    """A variable of the caller's script that is not set does not make the command act with more than was meant."""
    fails("-i", "dev", option, "", slug="usage", status=64, contains=[f'{option} ""', "not empty"])


def test_a_cache_that_is_not_known(fails: Fails) -> None:
    """RUN_CACHE has no option."""
    fails("-i", "dev", slug="usage", status=64, contains=['RUN_CACHE "ram"', "none"], env={"RUN_CACHE": "ram"})


def test_a_form_of_failures_that_is_not_known(run: RunIn) -> None:
    """A wrong --error-format or RUN_ERROR_FORMAT is itself said in text."""
    by_option = run("-i", "dev", "--error-format", "xml", "--", "true")
    by_variable = run("-i", "dev", "--", "true", env={"RUN_ERROR_FORMAT": "xml"})

    by_option.expect_failure("usage", 64, contains=['--error-format "xml"', "text, json"])
    by_variable.expect_failure("usage", 64, contains=['RUN_ERROR_FORMAT "xml"', "text, json"])


def test_an_option_that_does_not_exist(fails: Fails) -> None:
    """It is named; a near one is offered."""
    fails("--identty", "dev", slug="usage", status=64, contains=["--identty", "--identity"], remedy="run --help")
    fails("-Z", "-i", "dev", slug="usage", status=64, contains=["-Z"])


def test_an_option_without_its_value_or_with_one_too_many(fails: Fails) -> None:
    """The option is named."""
    fails("--region", slug="usage", status=64, contains=["--region"], command=())
    fails("-i", "dev", "--no-input=yes", slug="usage", status=64, contains=["--no-input"])


def test_no_command(fails: Fails) -> None:
    """Nothing to run is a mistake; a shell is offered."""
    for words in (["-i", "dev"], ["-i", "dev", "--"], []):
        fails(*words, slug="usage", status=64, remedy="run -i X -- $SHELL", command=())


def test_one_run_is_one_identity(fails: Fails) -> None:
    """Two identities are never one of the two."""
    fails("-i", "dev", "--identity", "other", slug="usage", status=64, contains=["--identity"])


def test_no_identity(fails: Fails) -> None:
    """Nobody is the default, also when there is a profile of that name; the remedy is the command with an identity."""
    fails.run.world.aws_credentials("[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")

    for env in ({}, {"RUN_IDENTITY": ""}, {"AWS_PROFILE": "dev"}):
        fails(slug="no-identity", status=78, remedy="run --identity NAME -- touch", env=env)


def test_a_duration_without_a_role(fails: Fails) -> None:
    """--duration is for the last role; keys have none."""
    fails("-i", "dev", "--duration", "1h", slug="conflicting-options", status=64, contains=["--duration"])
    fails("-i", "dev", slug="conflicting-options", status=64, contains=["RUN_DURATION"], env={"RUN_DURATION": "1h"})


def test_the_commands_own_words_are_not_our_options(run: RunIn) -> None:
    """`--debug` and `--error-format json` behind the command's name change nothing of our failures."""
    plain = run("-i", "nobody", "tool", "--error-format", "json", "--debug")

    plain.expect_failure("unknown-identity", 78, identity="nobody")


def test_the_form_of_failures_by_variable(run: RunIn) -> None:
    """RUN_ERROR_FORMAT=json is --error-format json, for `runner` too; the option wins."""
    env = {"RUN_ERROR_FORMAT": "json"}

    run("-i", "nobody", "true", env=env).expect_failure("unknown-identity", 78, identity="nobody", form="json")
    run("--nope", env=env).expect_failure("usage", 64, form="json")
    run("trust", "nowhere", program="runner", env=env).expect_failure("usage", 64, form="json")
    run("--error-format", "text", "-i", "nobody", "true", env=env).expect_failure("unknown-identity", 78)


def test_runner_says_what_it_does_not_know(run: RunIn, world: World) -> None:
    """An unknown command or option of `runner` is a usage failure of the same form."""
    run("frobnicate", program="runner").expect_failure("usage", 64, contains=["frobnicate", "runner --help"])
    run("trust", "--nope", program="runner").expect_failure("usage", 64, contains=["--nope"])
    run("trust", program="runner").expect_failure("usage", 64, contains=["FILE"])
    run("trust", world.cwd, program="runner").expect_failure("usage", 64, contains=["runner.toml", "ls -l"])
    run("run", "-i", "dev", "--account", "1", "true", program="runner").expect_failure("usage", 64)
