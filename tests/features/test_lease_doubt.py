"""A lease in doubt is no lease: what it was made from has changed, or it was made for another question."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.harness import lease_files
from tests.harness.aws import AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.lease_files import BASE, OTHER, acts_as
from tests.harness.run import RunIn
from tests.harness.world import World

ROLE_TOML = '[identities.deploy]\nkind = "aws/assume-role"\nvia = "keys"\nrole_arn = "{}"\n'
SSO_CONFIG = """
    [sso-session corp]
    sso_start_url = https://corp.awsapps.com/start
    sso_region = eu-west-1
    [profile sso]
    sso_session = corp
    sso_account_id = 222222222222
    sso_role_name = ReadOnly
    """


@pytest.fixture
def leased(world: World, run: RunIn, aws: FakeAws) -> AccessKey:
    """Give the world a role with a lease; return the credentials in it."""
    lease_files.with_role(world)
    aws.role(OTHER)
    run("-i", "role", "--", "true").expect_status(0)
    return aws.keys.issued()[-1]


def test_a_changed_role_is_another_role(run: RunIn, world: World, aws: FakeAws, leased: AccessKey) -> None:
    """role_arn is edited, in place and to the same length: the next command is the other role."""
    config = world.home / ".aws" / "config"
    before = config.stat()
    config.write_text(config.read_text().replace(BASE, OTHER.replace("Other", "Next")))
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    aws.role(OTHER.replace("Other", "Next"))

    assert acts_as(run, aws, "role").principal.account == "333333333333"


def test_changed_source_keys_are_another_caller(run: RunIn, world: World, aws: FakeAws, leased: AccessKey) -> None:
    """The role is assumed again when the keys it was assumed with are others."""
    world.aws_credentials(f"[keys]\n{aws.user('somebody').ini()}")

    assert acts_as(run, aws, "role") is not leased
    assert len({call.access_key_id for call in aws.calls("AssumeRole")}) == 2


@pytest.mark.parametrize(
    ("option", "changes"),
    [
        (("--duration", "30m"), {}),
        (("--region", "eu-north-1"), {}),
        ((), {"AWS_REGION": "eu-north-1"}),
        ((), {"AWS_ENDPOINT_URL": "http://localhost:{port}"}),
        ((), {"AWS_ENDPOINT_URL_STS": "http://localhost:{port}"}),
        ((), {"HTTPS_PROXY": "http://127.0.0.1:9"}),
        ((), {"USER": "somebody"}),
    ],
    ids="+".join,
)
def test_another_question_has_another_lease(
    run: RunIn, aws: FakeAws, leased: AccessKey, option: tuple[str, ...], changes: dict[str, str]
) -> None:
    """What shapes credentials and the way to them is asked anew; the first lease stands beside it, and serves again."""
    values = {name: value.format(port=aws.url.rpartition(":")[2]) for name, value in changes.items()}

    other = acts_as(run, aws, "role", *option, **values)

    assert other is not leased
    assert len(aws.calls("AssumeRole")) == 2
    assert acts_as(run, aws, "role") is leased
    assert acts_as(run, aws, "role", *option, **values) is other
    assert len(aws.calls()) == 2


def test_a_longer_or_shorter_session_is_asked_for(run: RunIn, aws: FakeAws, leased: AccessKey) -> None:
    """--duration is never served from a lease of another duration."""
    for duration in ("30m", "15m"):
        acts_as(run, aws, "role", "--duration", duration)

    assert [call.parameters.get("DurationSeconds") for call in aws.calls("AssumeRole")] == [None, "1800", "900"]


def test_another_home_is_another_user(run: RunIn, world: World, aws: FakeAws, leased: AccessKey) -> None:
    """The profile of the same name in another home is what counts there."""
    home = world.root / "home2"
    shutil.copytree(world.home / ".aws", home / ".aws")
    (home / ".aws" / "config").write_text(f"[profile role]\nrole_arn = {OTHER}\nsource_profile = keys\n")

    assert acts_as(run, aws, "role", HOME=str(home)).principal.account == "333333333333"
    assert acts_as(run, aws, "role", AWS_CONFIG_FILE=str(home / ".aws" / "config")).principal.account == "333333333333"
    assert acts_as(run, aws, "role") is leased


def test_a_nearer_project_decides_when_it_is_trusted(run: RunIn, world: World, aws: FakeAws, leased: AccessKey) -> None:
    """Further down the tree the same name is another role; before it is trusted, it is nobody at all."""
    inner = world.cwd / "inner"
    world.runner_toml(ROLE_TOML.format(BASE), "project")
    world.runner_toml(ROLE_TOML.format(OTHER), inner / "runner.toml")
    run("trust", world.cwd / "runner.toml", program="runner").expect_status(0)

    run("-i", "deploy", "--", "true").expect_status(0)
    run("-i", "deploy", "--", "true", cwd=inner).expect_failure("config-not-trusted", 78)
    run("trust", inner / "runner.toml", program="runner").expect_status(0)
    child = run("-i", "deploy", "--", "printenv", "RUN_ACCOUNT_ID", cwd=inner).expect_status(0)

    child.expect_stdout("333333333333\n")
    run("-i", "deploy", "--", "printenv", "RUN_ACCOUNT_ID").expect_stdout("222222222222\n")


def test_a_project_that_appears_is_looked_at(run: RunIn, world: World, aws: FakeAws) -> None:
    """An untrusted one leaves the user's identity; a trusted one of the same name is an error, not an old lease."""
    lease_files.with_role(world)
    world.runner_toml(ROLE_TOML.format(BASE))
    run("-i", "deploy", "--", "true").expect_status(0)
    project = world.runner_toml(ROLE_TOML.format(OTHER), "project")

    run("-i", "deploy", "--", "printenv", "RUN_ACCOUNT_ID").expect_stdout("222222222222\n")
    run("trust", project, program="runner").expect_status(0)
    run("-i", "deploy", "--", "true").expect_failure("invalid-config", 78, contains=["name of another identity"])


def test_a_trusted_file_that_is_changed_is_not_trusted(fails: Fails, run: RunIn, world: World, aws: FakeAws) -> None:
    """Neither is a lease that was made from it; nor does one outlive the trust that RUN_TRUST gave."""
    lease_files.with_role(world)
    project = world.runner_toml(ROLE_TOML.format(BASE), "project")
    run("-i", "deploy", "--", "true", env={"RUN_TRUST": "1"}).expect_status(0)
    fails("-i", "deploy", slug="config-not-trusted", status=78)

    run("trust", project, program="runner").expect_status(0)
    run("-i", "deploy", "--", "true").expect_status(0)
    project.write_text(project.read_text() + "# and more\n")

    fails("-i", "deploy", slug="config-not-trusted", status=78)


def test_a_lease_ends_with_its_login(run: RunIn, fails: Fails, world: World, aws: FakeAws) -> None:
    """After a logout it is not used; who logs in again finds it."""
    world.aws_config(SSO_CONFIG)
    aws.permission_set("222222222222", "ReadOnly")
    token = aws.sso_token()
    file = world.sso_login(token)
    given = acts_as(run, aws, "sso")

    file.unlink()
    fails("-i", "sso", slug="login-required", status=77, remedy="aws sso login --sso-session corp")
    world.sso_login(token)

    assert acts_as(run, aws, "sso") is given
    assert len(aws.calls("GetRoleCredentials")) == 1
