"""`runner list`: what is known of identities without asking anybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.lease_files import BASE, with_role
from tests.harness.output import Output
from tests.harness.run import RunIn
from tests.harness.sso_profiles import ACCOUNT, token_file, with_sso
from tests.harness.world import World

KEYS = ["name", "kind", "account", "role", "state", "expires", "source"]


def listed(run: RunIn, *words: str) -> Output:
    """Run the command."""
    return run("list", *words, program="runner")


def rows(run: RunIn, *words: str) -> dict[str, dict[str, Any]]:
    """Return what the JSON says, by name; the shorter way and that of the full command say the same."""
    found = listed(run, "--format", "json", *words).expect_status(0).json()
    assert listed(run, "--format", "json", "--except", "nobody-*", *words).json() == found
    return {row["name"]: row for row in found}


def test_all_identities_are_listed(run: RunIn, world: World) -> None:
    """Those of runner.toml and AWS profiles, in the order of the files, with kind, account, role and file."""
    with_sso(world)

    found = rows(run)

    toml, config = str(world.config / "runner" / "runner.toml"), str(world.home / ".aws" / "config")
    assert [[row[key] for key in ("name", "kind", "account", "role", "source")] for row in found.values()] == [
        ["set", "aws/permission-set", ACCOUNT, "ReadOnly", toml],
        ["own", "aws/permission-set", ACCOUNT, "ReadOnly", toml],
        ["over", "aws/assume-role", ACCOUNT, "Base", toml],
        ["sso", "aws/profile", ACCOUNT, "ReadOnly", config],
        ["legacy", "aws/profile", ACCOUNT, "ReadOnly", config],
        ["role", "aws/profile", ACCOUNT, "Base", config],
    ]
    assert all(list(row) == KEYS for row in found.values())


def test_it_asks_nobody(run: RunIn, world: World, aws: FakeAws) -> None:
    """No call to AWS, and no program is started."""
    started = world.cwd / "started"
    program = world.program("source", f"touch {started}")
    world.runner_toml(f'[identities.a]\nkind = "aws/credentials"\ncredential_process = "{program}"\n')

    assert rows(run)["a"]["state"] == "none"

    assert aws.calls() == []
    assert not started.exists()


@pytest.mark.parametrize(("left_s", "state"), [(3600, "fresh"), (600, "due"), (-5, "none")])
def test_a_lease_is_fresh_or_due(run: RunIn, world: World, left_s: int, state: str) -> None:
    """Fresh is what the next run starts with as it is; with the end of a lease it is none."""
    with_role(world)
    run("-i", "role", "--", "true").expect_status(0)
    lease_files.age(world, left_s=left_s)

    row = rows(run)["role"]

    assert row["state"] == state
    assert (row["expires"] is None) == (state == "none")


def test_a_lease_of_other_options_or_files_does_not_count(run: RunIn, world: World) -> None:
    """What the next plain run would not take is not shown as its lease."""
    with_role(world)
    run("-i", "role", "--region", "eu-north-1", "--", "true").expect_status(0)
    assert rows(run)["role"]["state"] == "none"

    run("-i", "role", "--", "true").expect_status(0)
    assert rows(run)["role"]["state"] == "fresh"

    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
    assert rows(run)["role"]["state"] == "none"


def test_a_missing_or_ended_login_is_shown(run: RunIn, world: World, aws: FakeAws) -> None:
    """As far as the token files tell: gone, ended, or ended and to be refreshed."""
    with_sso(world)
    assert rows(run)["over"]["state"] == "none"

    for content, state in (('{"expiresAt": "2020-01-01T00:00:00Z"}', "sso-session-expired"), ("[1]", "login-required")):
        token_file(world).write_text(content)
        assert rows(run)["over"]["state"] == state
    token_file(world).write_text('{"expiresAt": "2020-01-01T00:00:00UTC", "refreshToken": "some"}')
    assert rows(run)["over"]["state"] == "none"

    token_file(world).unlink()
    found = {name: row["state"] for name, row in rows(run).items()}
    assert found == {name: "login-required" if name in ("set", "over", "sso", "role") else "none" for name in found}


def test_what_is_broken_is_listed_with_its_slug(run: RunIn, world: World) -> None:
    """An identity that cannot be resolved has the slug of why, and the others are as they are."""
    world.aws_config(
        "[profile half]\nrole_arn = arn:aws:iam::222222222222:role/X\n[profile fine]\nregion = eu-west-1\n"
    )
    world.runner_toml('[identities.odd]\nkind = "aws/nothing"\n')

    found = rows(run)

    assert {name: row["state"] for name, row in found.items()} == {
        "half": "invalid-config",
        "fine": "none",
        "odd": "invalid-config",
    }
    assert found["odd"]["source"] == str(world.config / "runner" / "runner.toml")


def test_a_file_that_cannot_be_read_is_said(run: RunIn, world: World) -> None:
    """The rest is listed, the status is that of the file; of one that is not trusted it stays 0."""
    world.aws_config("[profile fine]\nregion = eu-west-1\n")
    world.runner_toml("[[[")

    for words in ((), ("*",)):
        done = listed(run, *words).expect_status(78)
        assert "fine" in done.text
        assert "[invalid-config]" in done.error_text
    world.runner_toml("")
    project = world.runner_toml('[identities.x]\nkind = "aws/environment"\n', "project")
    assert f"runner trust {project}" in listed(run).expect_status(0).error_text


def test_patterns_select(run: RunIn, world: World) -> None:
    """Names, globs, groups, tags and exceptions, as of runner check; no match is an error."""
    world.aws_config("[profile prod-a]\n[profile prod-b]\n[profile dev]\n")
    world.runner_toml(
        '[identities.own]\nkind = "aws/profile"\nprofile = "dev"\ntags = { team = "ops" }\n'
        '[groups]\nmine = ["own", "dev"]\n'
    )

    assert list(rows(run, "prod-*")) == ["prod-a", "prod-b"]
    assert list(rows(run, "@mine", "prod-*", "--except", "*-a")) == ["own", "prod-b", "dev"]
    assert list(rows(run, "@tag:team=ops")) == ["own"]
    listed(run, "stage-*").expect_failure("no-match", 78)
    listed(run, "stage").expect_failure("unknown-identity", 78)
    listed(run, "--format", "xml").expect_failure("usage", 64)


def test_the_table_shows_the_same(run: RunIn, world: World) -> None:
    """In plain columns where a program reads, a dash for nothing, and control characters escaped."""
    world.runner_toml('[identities."a\\u001b[31m"]\nkind = "aws/profile"\nprofile = "b"\n')
    world.aws_config("[profile b]\nregion = eu-west-1\n")

    lines = listed(run).expect_status(0).text.splitlines()

    assert lines[0].split() == [key.upper() for key in KEYS]
    assert lines[1].split()[:6] == ["a\\x1b[31m", "aws/profile", "-", "-", "none", "-"]
    assert listed(run, "*").text.splitlines() == lines
    assert listed(run, "--format=table").text.splitlines() == lines


def test_a_reader_that_goes_away_is_no_error(run: RunIn, world: World) -> None:
    """`runner list | head -1` says nothing on stderr."""
    world.aws_config("".join(f"[profile p{number:04}]\n" for number in range(3000)))

    done = run("-c", "runner list | head -1; runner list '*' | head -1", program="/bin/sh").expect_stderr("")

    assert done.text.split() == [key.upper() for key in KEYS] * 2
