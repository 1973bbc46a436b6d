"""`runner check`: what `run` does before it starts a command, for one identity or many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.output import Output
from tests.harness.run import RunIn
from tests.harness.terminal import Terminal
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")

ROLE = "arn:aws:iam::222222222222:role/{}"
ENTRY = '[identities.{}]\nkind = "aws/assume-role"\nvia = "dev"\nrole_arn = "{}"\ntags = {{ team = "{}" }}\n'


@pytest.fixture
def many(world: World, aws: FakeAws) -> World:
    """Give roles prod-1 to prod-3 of two teams, one that nobody may assume, and a profile that has no source."""
    entries = [ENTRY.format(f"prod-{n}", ROLE.format(f"P{n}"), "ops" if n < 3 else "web") for n in (1, 2, 3)]
    entries.append(ENTRY.format("closed", ROLE.format("Closed"), "web"))
    world.runner_toml('[groups]\naudit = ["dev", "prod-*"]\n' + "".join(entries))
    world.aws_config("[profile dev]\nregion = eu-west-1\n[profile broken]\nrole_arn = arn:aws:iam::1:role/X\n")
    for number in (1, 2, 3):
        aws.role(ROLE.format(f"P{number}"))
    aws.role(ROLE.format("Closed"), "nobody")
    return world


def states(output: Output) -> dict[str, str]:
    """Return name -> state of a plain table."""
    rows = [line.split() for line in output.text.splitlines()[1:]]
    return {row[0]: row[1] for row in rows}


def check(run: RunIn, *words: str) -> Output:
    return run("check", *words, program="runner")


def test_one_that_is_well(run: RunIn, many: World) -> None:
    """A header and one line in plain columns; status 0; and the next run starts with the lease."""
    output = check(run, "prod-1").expect_status(0).expect_stderr("")

    header, row = (line.split() for line in output.text.splitlines())
    calls = len(many.aws.calls())
    run("-i", "prod-1", "--", "true").expect_status(0)
    assert header == ["NAME", "STATE", "ACCOUNT", "EXPIRES", "ARN"]
    assert row[:3] == ["prod-1", "ok", "222222222222"]
    assert row[4].startswith("arn:aws:sts::222222222222:assumed-role/P1/")
    assert len(many.aws.calls()) == calls


@pytest.mark.parametrize(
    ("name", "status"), [("closed", 77), ("broken", 78), ("nobody", 78), ("arn:aws:iam::1:role/x", 77)]
)
def test_one_that_is_not(run: RunIn, many: World, name: str, status: int) -> None:
    """The table says the slug; the four lines are those of run, and so is the status."""
    output = check(run, name).expect_status(status)

    as_run = run("-i", name, "--", "true").expect_status(status)
    assert output.error_text.splitlines()[0] == as_run.error_text.splitlines()[0]
    assert states(output)[name] in output.error_text.splitlines()[0]


def test_all_there_are(run: RunIn, many: World) -> None:
    """Without a name: identities of runner.toml, then AWS profiles; the status is that of highest rank."""
    output = check(run).expect_status(78).expect_in_stderr("[role-not-assumable]", "[invalid-config]")

    expected = {"prod-1": "ok", "prod-2": "ok", "prod-3": "ok", "closed": "role-not-assumable"}
    assert list(states(output).items()) == [*expected.items(), ("dev", "ok"), ("broken", "invalid-config")]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["prod-*"], ["prod-1", "prod-2", "prod-3"]),
        (["@audit"], ["prod-1", "prod-2", "prod-3", "dev"]),
        (["@tag:team=ops"], ["prod-1", "prod-2"]),
        (["@audit", "--except", "prod-[12]"], ["prod-3", "dev"]),
        (["dev", "prod-2"], ["prod-2", "dev"]),
        (["d*"], ["dev"]),
    ],
)
def test_patterns(run: RunIn, many: World, words: list[str], names: list[str]) -> None:
    """Globs, groups, tags and exceptions select among runner.toml and AWS profiles alike, in the order of the files."""
    assert list(states(check(run, *words).expect_status(0))) == names


def test_no_match(run: RunIn, many: World) -> None:
    """A pattern that selects nothing is an error that says what there is."""
    output = check(run, "prod-*", "x*").expect_failure("no-match", 78, contains=["x*", "prod-1", "@audit"])

    assert output.stdout == b""
    assert many.aws.calls() == []


def test_a_pattern_beside_a_file_that_is_not_trusted(run: RunIn, many: World) -> None:
    """A project's group is no group before its file is trusted, and that is what is said."""
    many.runner_toml('[groups]\ntheirs = ["dev"]\n', "project")

    check(run, "@theirs").expect_failure("config-not-trusted", 78, contains=["runner trust"])
    run("trust", "runner.toml", program="runner").expect_status(0)
    check(run, "@theirs").expect_status(0)


def test_as_json(run: RunIn, many: World) -> None:
    """Name, state, account, ARN, end, and for a failure the object of --error-format json."""
    output = check(run, "prod-1", "closed", "--format", "json").expect_status(77).expect_stderr("")

    well, closed = output.json()
    error = json.loads(run("--error-format", "json", "-i", "closed", "--", "true").error_text)["error"]
    assert list(well) == ["name", "state", "account", "arn", "expires", "error"]
    assert well["arn"].startswith("arn:aws:sts::222222222222:assumed-role/P1/")
    assert (well["name"], well["state"], well["account"], well["error"]) == ("prod-1", "ok", "222222222222", None)
    assert well["expires"].endswith("Z")
    assert closed == {
        "name": "closed",
        "state": "role-not-assumable",
        "account": None,
        "arn": None,
        "expires": None,
        "error": error,
    }


def test_a_format_there_is_not(run: RunIn) -> None:
    """Usage."""
    check(run, "--format", "yaml").expect_failure("usage", 64, contains=["yaml", "table, json"])


def test_the_file_that_is_named(run: RunIn, world: World) -> None:
    """--config is that of run."""
    path = world.runner_toml('[identities.x]\nkind = "aws/profile"\nprofile = "dev"\n', world.cwd / "other.toml")

    assert list(states(check(run, "-c", str(path)).expect_status(0))) == ["x", "dev"]


@pytest.mark.parametrize(("variable", "is_coloured"), [("NO_COLOR", False), ("COLORTERM", True)])
def test_on_a_terminal(many: World, variable: str, is_coloured: bool) -> None:
    """The same words, the header in bold; without any colour under NO_COLOR."""
    terminal = Terminal(many.environ)
    terminal.type(f"TERM=xterm {variable}=1 runner check prod-1 >/dev/tty; echo done")

    shown = terminal.sees("done")

    assert "prod-1" in shown
    assert "ok" in shown
    assert ("\x1b[1" in shown) is is_coloured


def test_many_are_done_by_one_session(run: RunIn, world: World, aws: FakeAws) -> None:
    """Twenty roles of twenty profiles: each is assumed once, and none hides another."""
    profiles = "".join(
        f"[profile p{n}]\nrole_arn = {ROLE.format(f'R{n}')}\nsource_profile = dev\nregion = eu-west-1\n"
        for n in range(20)
    )
    world.aws_config(f"[profile dev]\n{profiles}")
    for number in range(20):
        aws.role(ROLE.format(f"R{number}"))

    output = check(run, "p*").expect_status(0)

    assert list(states(output)) == [f"p{n}" for n in range(20)]
    arns = {line.split()[-1].split("/")[1] for line in output.text.splitlines()[1:]}
    assert arns == {f"R{n}" for n in range(20)}
    assert len(aws.calls("AssumeRole")) == 20


def test_hostile_names(run: RunIn, world: World) -> None:
    """Escape sequences, C1, DEL, carriage returns and bidirectional controls in names reach no terminal."""
    hostile = "a\\u001b]0;owned\\u0007\\u009b31m\\u007f\\r\\u202e[b]"
    world.runner_toml(f'[identities."{hostile}"]\nkind = "aws/profile"\nprofile = "nobody\\u001b[2J"\n')
    world.aws_config("[profile dev]\n[profile x\x1b[31m\u202e]\nregion = \x1b[2J\n")

    outputs = [check(run), check(run, "--format", "json"), check(run, "x*"), check(run, "\x1b[2J\u202e*")]

    for output in outputs:
        for character in output.text + output.error_text:
            assert character == "\n" or character.isprintable(), repr(character)
    assert "a\\x1b]0;owned\\x07\\x9b31m\\x7f\\x0d\\u202e[b]" in outputs[0].text


def test_a_home_without_anything(run: RunIn, world: World) -> None:
    """Nothing to check is no success."""
    Path(world.home / ".aws" / "config").unlink()
    Path(world.home / ".aws" / "credentials").unlink()

    check(run).expect_failure("no-match", 78, contains=["identities: none"])
