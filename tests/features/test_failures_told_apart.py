"""What AWS answers alike: a region that is not enabled, a key that was deactivated, a session that was revoked."""

from __future__ import annotations

import pytest

from tests.harness import lease_files
from tests.harness.aws import AccessKey, FakeAws
from tests.harness.eventually import eventually
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

BASE, OTHER = lease_files.BASE, lease_files.OTHER
ENABLE = "aws account enable-region --region-name "


def test_a_region_that_is_not_enabled(fails: Fails, aws: FakeAws, dev: AccessKey) -> None:
    """AWS calls the key invalid there; in another region it takes the same one."""
    aws.close_region("af-south-1")

    contains = ["region af-south-1 is not enabled", "InvalidClientTokenId", "us-east-1 takes the same credentials"]
    options = ("-i", "dev", "--region", "af-south-1")
    fails(*options, slug="region-disabled", status=78, contains=contains, remedy=f"{ENABLE}af-south-1")


def test_a_bad_key_in_such_a_region_is_a_bad_key(fails: Fails, aws: FakeAws, dev: AccessKey) -> None:
    """Nor does another region take it; and in one that every account has, nobody asks."""
    aws.revoke(dev)

    fails("-i", "dev", "--region", "af-south-1", slug="credentials-invalid", status=77)
    assert len(aws.calls()) == 4
    fails("-i", "dev", slug="credentials-invalid", status=77)
    assert len(aws.calls()) == 6


def test_a_region_without_sts(fails: Fails, world: World, aws: FakeAws) -> None:
    """STS says so itself."""
    lease_files.with_role(world)
    aws.sts.is_active = False

    contains = [
        "STS is switched off in region eu-west-2",
        "RegionDisabledException, STS is not activated in this region",
    ]
    options = ("-i", "role", "--region", "eu-west-2")
    fails(*options, slug="region-disabled", status=78, contains=contains, remedy="RUN_REGION=us-east-1")


def with_session(world: World, key: AccessKey) -> None:
    """Give the world a role over a session that a program hands out."""
    world.program("helper", f"cat <<'END'\n{key.process_json()}\nEND")
    world.aws_config(f"[profile helper]\ncredential_process = helper --prod\n[profile x]\nrole_arn = {OTHER}\n")
    with (world.home / ".aws" / "config").open("a") as file:
        file.write("source_profile = helper\n")


def test_a_session_that_was_revoked(fails: Fails, world: World, aws: FakeAws) -> None:
    """Denied by the policy that revoking attaches: a new session helps, and its source is where it failed."""
    aws.role(BASE)
    aws.role(OTHER)
    with_session(world, aws.role_session(BASE))
    aws.revoke_sessions(BASE)

    contains = [
        "the session of credential_process of helper was revoked",
        "credential_process of helper (failed here) > role Other",
        "explicit deny",
    ]
    fails("-i", "x", slug="session-revoked", status=77, identity="x", contains=contains, remedy="helper --prod  ")


def test_a_session_that_was_just_begun_is_not_revoked(fails: Fails, world: World, aws: FakeAws) -> None:
    """The same words about a new session are a policy's: no new session would help."""
    aws.role(BASE)
    key = aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    roles = (
        f"[profile a]\nrole_arn = {BASE}\nsource_profile = keys\n[profile b]\nrole_arn = {OTHER}\nsource_profile = a\n"
    )
    world.aws_config(roles)
    message = f"User: {BASE.replace('iam', 'sts').replace('role/', 'assumed-role/')}/s is not authorized to perform: "
    aws.role(OTHER).denial = f"{message}sts:AssumeRole with an explicit deny in an identity-based policy"

    contains = ["role Other in 333333333333 (failed here)", "explicit deny"]
    fails("-i", "b", slug="role-not-assumable", status=77, contains=contains)


def test_a_key_that_was_deactivated(fails: Fails, run: RunIn, world: World, aws: FakeAws) -> None:
    """It was accepted before, and the file it stands in is as it was: deactivated or deleted, and not mistyped."""
    lease_files.with_role(world)
    run("-i", "role", "--", "true").expect_status(0)
    lease_files.age(world, left_s=60)
    aws.revoke(next(key for key in aws.keys.issued() if not key.session_token))

    output = run("-i", "role", "--", "true")

    contains = [
        "AWS does not take keys of profile keys any more: the access key was deactivated or deleted",
        "keys of profile keys (failed here) > role Base",
        "aws configure --profile keys",
    ]
    output.expect_failure("long-term-keys-disabled", 77, contains=contains)


def test_a_key_that_was_changed_in_its_file_may_be_mistyped(run: RunIn, world: World, aws: FakeAws) -> None:
    """Nobody has seen this one accepted."""
    lease_files.with_role(world)
    run("-i", "role", "--", "true").expect_status(0)
    unknown = aws.user("dev")
    aws.keys.forget(unknown)
    world.aws_credentials(f"[keys]\n{unknown.ini()}")

    output = run("-i", "role", "--", "true")

    output.expect_failure("credentials-invalid", 77, contains=["keys of profile keys (failed here)"])


def test_a_key_that_is_deactivated_while_the_command_runs(run: RunIn, world: World, aws: FakeAws) -> None:
    """The renewal says so, and what to type."""
    lease_files.with_role(world).lifetime_s = 12
    running = run.start("-i", "role", "--", "sleep", "60")
    eventually(lambda: len(aws.calls("AssumeRole")) == 1)

    aws.revoke(next(key for key in aws.keys.issued() if not key.session_token))

    eventually(lambda: "[long-term-keys-disabled]" in running.stderr_so_far(), within_s=30)
    assert "try: aws configure --profile keys" in running.stderr_so_far()


@pytest.mark.parametrize("chained", [False, True], ids=["the role's own", "chaining"])
def test_two_limits_of_a_duration(fails: Fails, run: RunIn, world: World, aws: FakeAws, *, chained: bool) -> None:
    """Of a role assumed by a role, an hour, and the remedy works; of each role its own, and the remedy tells it."""
    aws.role(BASE).max_duration_s = 43200
    aws.role(OTHER).max_duration_s = 7200
    key = aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    of_b = f"role_arn = {OTHER}\nsource_profile = {'a' if chained else 'keys'}\n"
    world.aws_config(f"[profile a]\nrole_arn = {BASE}\nsource_profile = keys\n[profile b]\n{of_b}")

    if not chained:
        contains = [f"{OTHER} does not allow sessions of 3h", "MaxSessionDuration"]
        remedy = "aws iam get-role --role-name Other --query Role.MaxSessionDuration        # seconds"
        fails("-i", "b", "--duration", "3h", slug="duration-too-long", status=78, contains=contains, remedy=remedy)
        run("-i", "b", "--duration", "2h", "--", "true").expect_status(0)
        return
    contains = ["with another session's credentials (role chaining) lasts at most 1h, not 2h"]
    remedy = "run --duration 1h -i b -- ..."
    fails("-i", "b", "--duration", "2h", slug="duration-too-long", status=78, contains=contains, remedy=remedy)
    run("-i", "b", "--duration", "1h", "--", "true").expect_status(0)
