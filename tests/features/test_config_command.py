"""`runner config check` says all that is wrong, `runner config path` where it was looked."""

from __future__ import annotations

import pytest

from tests.harness.output import Output
from tests.harness.run import RunIn
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")

BROKEN = """\
[identities.well]
kind = "aws/profile"
profile = "dev"
[identities.kind]
kind = "aws/magic"
[identities.account]
kind = "aws/profile"
profile = "dev"
account = "12"
[identities.over]
kind = "aws/assume-role"
via = "kind"
role_arn = "arn:aws:iam::222222222222:role/X"
[identities.nowhere]
kind = "aws/assume-role"
via = "nobody"
role_arn = "arn:aws:iam::222222222222:role/X"
"""


def config(run: RunIn, *words: str) -> Output:
    return run("config", *words, program="runner")


def test_nothing_wrong(run: RunIn, world: World) -> None:
    """Status 0 and one line."""
    config(run, "check").expect_status(0).expect_stderr("").expect_stdout("1 identity: nothing is wrong\n")


def test_every_broken_identity_is_named(run: RunIn, world: World) -> None:
    """Not the first alone, of runner.toml and AWS files; what only leads to a broken one is not said again."""
    path = world.runner_toml(BROKEN)
    world.aws_config("[profile dev]\n[profile half]\naws_access_key_id = AKIAX\n[profile a]\nrole_arn = x\n")

    output = config(run, "check").expect_status(78)

    first = [line for line in output.error_text.splitlines() if line.startswith("run: ")]
    begins = [
        f'run: cannot act as "kind": {path}:5 identities.kind.kind: "aws/magic" is not',
        f'run: cannot act as "account": {path}:9 identities.account.account: "12" is not',
        f'run: cannot act as "nowhere": {path}:14 [identities.nowhere]: via "nobody" is no identity',
        'run: cannot act as "half": profile "half" in ',
        'run: cannot act as "a": profile "a" in ',
    ]
    assert len(first) == len(begins), output.error_text
    for line, begin in zip(first, begins, strict=True):
        assert line.startswith(begin), line
    output.expect_stdout("8 identities: 5 problems\n")
    assert world.aws.calls() == []


def test_as_json(run: RunIn, world: World) -> None:
    """Files, identities, and the object of --error-format json for each error."""
    world.runner_toml(BROKEN)

    told = config(run, "check", "--format", "json").expect_status(78).expect_stderr("").json()

    assert told["identities"] == ["well", "over", "nowhere", "dev", "account", "kind"]
    assert [error["identity"] for error in told["errors"]] == ["kind", "account", "nowhere"]
    assert {error["slug"] for error in told["errors"]} == {"invalid-config"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('credential_process = "helper --password hunter2', "is not TOML"),
        ("[setings]\n", "runner.toml:1 setings"),
        ("[groups]\na = 1\n", "runner.toml:2 groups.a"),
    ],
)
def test_a_broken_file(run: RunIn, world: World, text: str, said: str) -> None:
    """What is wrong with the whole of it is said, the AWS files are read on, and no line of it is quoted."""
    world.runner_toml(text)
    world.aws_config("[profile dev]\n[profile half]\naws_access_key_id = AKIAX\n")

    output = config(run, "check").expect_status(78).expect_in_stderr(said, '"half"')

    assert "hunter2" not in output.error_text


def test_broken_aws_files(run: RunIn, world: World) -> None:
    """An AWS file that cannot be read hides nothing of runner.toml."""
    world.aws_config("[profile dev\nsecret_hunter2 = x\n")
    world.runner_toml('[identities.x]\nkind = "aws/magic"\n')

    output = config(run, "check").expect_status(78).expect_in_stderr("cannot be read as an AWS file", "aws/magic")

    assert "hunter2" not in output.error_text


def test_a_file_that_is_named(run: RunIn, world: World) -> None:
    """It alone, instead of the user's; one that is not there is an error."""
    world.runner_toml("broken")
    path = world.runner_toml('[identities.x]\nkind = "aws/profile"\nprofile = "dev"\n', world.cwd / "other.toml")

    config(run, "check", str(path)).expect_status(0).expect_stdout("2 identities: nothing is wrong\n")
    config(run, "check", "none.toml").expect_status(78).expect_in_stderr("none.toml", "does not exist")


def test_where_it_is_looked(run: RunIn, world: World) -> None:
    """The files in order of precedence, whether they are there, and whether a project's is trusted."""
    (world.cwd / ".git").mkdir()
    project = world.runner_toml("", "project")
    user = world.runner_toml("", "user")
    user.chmod(0o622)
    (world.home / ".aws" / "config").unlink()

    before = config(run, "path", "--format", "json").expect_status(0).json()
    run("trust", "runner.toml", program="runner").expect_status(0)
    after = config(run, "path").expect_status(0)

    aws = world.home / ".aws"
    assert [tuple(row.values()) for row in before] == [
        ("project", str(project), "not trusted"),
        ("user", str(user), "refused"),
        ("aws config", str(aws / "config"), "absent"),
        ("aws credentials", str(aws / "credentials"), "there"),
    ]
    assert after.text.splitlines()[1].split() == ["project", str(project), "trusted"]


def test_an_action_there_is_not(run: RunIn) -> None:
    """Usage."""
    config(run, "edit").expect_failure("usage", 64, contains=['"edit" must be one of check, path'])


def test_hostile_names(run: RunIn, world: World) -> None:
    """Control characters of names and values reach no terminal."""
    world.runner_toml('[identities."\\u001b[2J\\u202e"]\nkind = "\\u009b31m"\n["\\u001b]0;x\\u0007"]\n')
    world.aws_config("[profile dev]\n[profile x\x1b[31m\u202e]\nrole_arn = \x1b[2J\n")

    for output in (config(run, "check"), config(run, "check", "--format", "json"), config(run, "path", "\x1b[2J")):
        for character in output.text + output.error_text:
            assert character == "\n" or character.isprintable(), repr(character)
