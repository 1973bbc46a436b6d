"""`runner explain` and `run --dry-run`: what would happen is said, and nothing happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.model.failures import FAILURES
from runner.model.outcome import STATUS_OF
from tests.harness.fails import Fails
from tests.harness.output import Output
from tests.harness.run import Changes, RunIn
from tests.harness.sso_profiles import with_sso
from tests.harness.world import World

ROLE = "arn:aws:iam::222222222222:role/Base"
SECRET = "hunter2"
CALLER = {
    "AWS_SESSION_TOKEN": "canary-of-the-caller",
    "AWS_PAGER": "less",
    "AWS_STORAGE_BUCKET_NAME": "b",
    "GRANTED_SSO": "true",
}


@pytest.fixture
def chain(world: World) -> Path:
    """Give a role over a program that leaves a mark when it is started, with a guard and a region."""
    world.program("source", "touch started; exit 1")
    return world.runner_toml(
        f"""
        [settings]
        region = "eu-north-1"
        [identities.source]
        kind = "aws/credentials"
        credential_process = "source --password {SECRET}"
        [identities.role]
        kind = "aws/assume-role"
        via = "source"
        role_arn = "{ROLE}"
        account = "222222222222"
        """
    )


def explain(run: RunIn, *words: str, env: Changes | None = None) -> Output:
    return run("explain", *words, program="runner", env=env)


def test_a_chain_hop_by_hop(run: RunIn, world: World, chain: Path) -> None:
    """Kind, place and call of each hop; region and guard with who says so; nothing is started or asked."""
    output = explain(run, "role").expect_status(0).expect_stderr("")

    output.expect_in_stdout(
        "identity:  role",
        f"  credential_process of source\n    aws/credentials: {chain}:4 [identities.source]\n",
        "    the program source with 2 arguments\n",
        f"  role Base in 222222222222\n    aws/assume-role: {chain}:7 [identities.role]\n",
        f"    sts AssumeRole of {ROLE}\n",
        f"region:    eu-north-1 ([settings] in {chain})",
        f"  account 222222222222 ({chain}:7 [identities.role])",
        "no lease",
        "injection: process (the default)",
    )
    assert SECRET not in output.text
    assert world.aws.calls() == []
    assert not (world.cwd / "started").exists()


@pytest.mark.usefixtures("dev")
@pytest.mark.parametrize("mode", ["process", "file"])
def test_the_variables_are_those_of_a_run(run: RunIn, world: World, mode: str) -> None:
    """Set, kept and removed: what the command then has, name by name."""
    env = {**CALLER, "RUN_INJECT": mode}
    world.runner_toml('[identities.x]\nkind = "aws/profile"\nprofile = "dev"\naccount = "111111111111"\n')
    told = explain(run, "x", "--format", "json", env=env).expect_status(0).json()

    child = run("-i", "x", "--", "env", env=env).expect_status(0).text
    variables = dict(line.split("=", 1) for line in child.splitlines())

    given = {each["name"]: each["value"] for each in told["set"]}
    private = variables["RUN_DIR"]
    assert {name: variables[name] for name in given} == {
        name: value.replace(given["RUN_DIR"], private) for name, value in given.items()
    }
    kept = {each["name"] for each in told["kept"]}
    assert {name for name in variables if name.startswith("AWS_")} == kept | {n for n in given if n.startswith("AWS_")}
    assert {"AWS_PAGER", "AWS_STORAGE_BUCKET_NAME", "AWS_ENDPOINT_URL"} <= kept
    assert {"AWS_SESSION_TOKEN", "GRANTED_SSO"} <= {each["name"] for each in told["removed"]}
    assert all(each["why"] for kind in ("set", "kept", "removed") for each in told[kind])
    assert told["injection"] == {"value": mode, "origin": "RUN_INJECT"}
    assert "canary-of-the-caller" not in str(told)


def test_the_lease_on_disk(run: RunIn, world: World) -> None:
    """None, fresh until it ends, stale after a change, not kept with RUN_CACHE=none."""
    with_sso(world)
    before = explain(run, "set").expect_status(0)
    run("-i", "set", "--", "true").expect_status(0)
    calls = len(world.aws.calls())

    after = explain(run, "set").expect_status(0)
    due = explain(run, "set", env={"RUN_VALIDATE": "always"}).expect_status(0)
    path = world.home / ".aws" / "config"
    path.write_text(path.read_text() + "# changed\n")
    changed = explain(run, "set").expect_status(0)
    not_kept = explain(run, "set", env={"RUN_CACHE": "none"}).expect_status(0)

    before.expect_in_stdout("no lease", "sso-session corp > permission set ReadOnly in 222222222222")
    after.expect_in_stdout("a fresh lease, until 2")
    due.expect_in_stdout("validated first")
    changed.expect_in_stdout("not used")
    not_kept.expect_in_stdout("not kept on disk")
    assert len(world.aws.calls()) == calls


@pytest.mark.parametrize(
    ("options", "env", "said"),
    [
        (["--region", "us-west-2"], {}, "us-west-2 (--region)"),
        ([], {"RUN_REGION": "us-west-1", "AWS_REGION": "x"}, "us-west-1 (RUN_REGION)"),
        ([], {"AWS_DEFAULT_REGION": "sa-east-1"}, "sa-east-1 (AWS_DEFAULT_REGION)"),
    ],
)
def test_a_dry_run(
    run: RunIn, world: World, chain: Path, options: list[str], env: dict[str, str | None], said: str
) -> None:
    """It says the same and the argv, as a shell would take it; nothing is started and the status is 0."""
    words = ("-i", "role", *options, "--account", "222222222222", "--dry-run", "--", "touch", "a b", "started")

    output = run(*words, env=env).expect_status(0).expect_stderr("")

    output.expect_in_stdout(
        f"region:    {said}", "account 222222222222 (--account)", "would run: touch 'a b' started\n"
    )
    assert world.aws.calls() == []
    assert not (world.cwd / "started").exists()
    assert world.private_leftovers() == []


def test_what_cannot_be_resolved(run: RunIn, fails: Fails, chain: Path) -> None:
    """A dry run and an explanation fail as the run does."""
    fails("-i", "nobody", "--dry-run", slug="unknown-identity", status=78, identity="nobody")
    explain(run, "nobody").expect_failure("unknown-identity", 78, identity="nobody")
    explain(run).expect_failure("usage", 64, contains=["no NAME"])


def test_slugs(run: RunIn) -> None:
    """Meaning, sentence, status, whether to try again, remedy: those of the table; one alone is no list."""
    every = explain(run, "--slug", "all", "--format", "json").expect_status(0).json()
    one = explain(run, "--slug", "usage", "--format", "json").expect_status(0).json()

    assert every == [
        {
            "slug": slug,
            "meaning": row.meaning,
            "sentence": row.sentence,
            "exit_status": STATUS_OF[row.failure_class],
            "retryable": row.failure_class == "temporary",
            "try": row.remedy,
        }
        for slug, row in FAILURES.items()
    ]
    assert one == every[0]


def test_slugs_for_people(run: RunIn) -> None:
    """One in lines, all in a table, an unknown one with near matches."""
    one = explain(run, "--slug", "throttled").expect_status(0)
    every = explain(run, "--slug", "all").expect_status(0)

    one.expect_in_stdout("slug:        throttled\n", "retryable:   yes\n", "exit_status: 75\n")
    assert [line.split()[0] for line in every.text.splitlines()] == ["SLUG", *FAILURES]
    remedy = "runner explain --slug throttled"
    explain(run, "--slug", "throttle").expect_failure("usage", 64, contains=["near: throttled", remedy])


def test_hostile_names(run: RunIn, world: World) -> None:
    """What files say reaches no terminal as a control sequence."""
    hostile = "a\\u001b]0;owned\\u0007\\u009b31m\\u007f\\u202e"
    world.runner_toml(
        f'[identities."{hostile}"]\nkind = "aws/credentials"\ncredential_process = "\\u001b[2J x"\n[settings]\n'
    )
    name = hostile.encode().decode("unicode_escape")

    outputs = [explain(run, name), explain(run, name, "--format", "json"), run("-i", name, "--dry-run", "\x1b[2J")]

    for output in outputs:
        output.expect_status(0)
        for character in output.text + output.error_text:
            assert character == "\n" or character.isprintable(), repr(character)
