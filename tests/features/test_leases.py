"""Leases: what a later run takes without asking AWS, what it asks, and when it gets the next one."""

from __future__ import annotations

import pytest

from tests.harness import lease_files
from tests.harness.aws import FOREVER, FakeAws, Role
from tests.harness.fails import Fails
from tests.harness.lease_files import PRINT_ID
from tests.harness.run import RunIn
from tests.harness.world import World

FRESH_S = 20 * 60  # of an hour: with more left, a lease is used as it is
VALID_S = 15 * 60


@pytest.fixture
def role(world: World) -> Role:
    """Give the world a role, reached from the keys of a profile."""
    return lease_files.with_role(world)


@pytest.fixture
def leased(role: Role, run: RunIn, aws: FakeAws) -> Role:
    """And a lease of it, written by a run before."""
    run("-i", "role", "--", "true").expect_status(0).expect_stderr("")
    assert operations(aws) == ["AssumeRole"]
    return role


def operations(aws: FakeAws) -> list[str]:
    return [call.operation for call in aws.calls()]


@pytest.mark.usefixtures("leased")
def test_a_second_run_asks_aws_nothing(run: RunIn, aws: FakeAws) -> None:
    """The same credentials, and not a call: neither for them nor to see whose they are."""
    given = aws.keys.issued()[-1].access_key_id

    run("-i", "role", "--", *PRINT_ID).expect_stdout(f"{given}\n").expect_stderr("")

    assert operations(aws) == ["AssumeRole"]


@pytest.mark.usefixtures("leased")
def test_a_validation_counts_for_fifteen_minutes(run: RunIn, world: World, aws: FakeAws) -> None:
    """A younger one is trusted; with an older one AWS is asked once, and the answer counts for the next run."""
    lease_files.age(world, validated_ago_s=VALID_S - 30)
    run("-i", "role", "--", "true").expect_status(0)
    assert operations(aws) == ["AssumeRole"]

    lease_files.age(world, validated_ago_s=VALID_S + 1)
    run("-i", "role", "--", "true").expect_status(0).expect_stderr("")
    run("-i", "role", "--", "true").expect_status(0)

    assert operations(aws) == ["AssumeRole", "GetCallerIdentity"]


@pytest.mark.usefixtures("leased")
def test_validation_can_be_asked_for_always_or_never(run: RunIn, world: World, aws: FakeAws) -> None:
    """--validate always asks each time, never does not ask about a lease that is older than any validation."""
    run("-i", "role", "--validate", "always", "--", "true").expect_status(0)
    run("-i", "role", "--", "true", env={"RUN_VALIDATE": "always"}).expect_status(0)
    assert operations(aws) == ["AssumeRole", "GetCallerIdentity", "GetCallerIdentity"]

    lease_files.age(world, validated_ago_s=3000)
    run("-i", "role", "--validate", "never", "--", "true").expect_status(0)

    assert len(aws.calls()) == 3


@pytest.mark.parametrize("validate", ["auto", "always"])
@pytest.mark.usefixtures("leased")
def test_what_aws_does_not_take_any_more_is_asked_for_again(
    run: RunIn, world: World, aws: FakeAws, validate: str
) -> None:
    """A lease whose key was revoked ends with the validation that says so."""
    aws.revoke(aws.keys.issued()[-1])
    lease_files.age(world, validated_ago_s=VALID_S + 1)

    run("-i", "role", "--validate", validate, "--", "true").expect_status(0)

    assert operations(aws) == ["AssumeRole", "GetCallerIdentity", "AssumeRole"][: len(aws.calls())]
    assert len(aws.calls("AssumeRole")) == 2


@pytest.mark.parametrize("validate", ["auto", "always"])
@pytest.mark.usefixtures("leased")
def test_nothing_starts_on_what_aws_has_refused(fails: Fails, world: World, aws: FakeAws, validate: str) -> None:
    """A revoked lease is no way out when the next one is refused too, however long it would have lasted."""
    aws.revoke(aws.keys.issued()[-1])
    lease_files.age(world, validated_ago_s=VALID_S + 1)
    aws.fail("AssumeRole", "AccessDenied", 403, times=FOREVER)

    fails("-i", "role", "--validate", validate, slug="role-not-assumable", status=77)


@pytest.mark.usefixtures("leased")
def test_nothing_starts_before_a_validation_that_is_due(run: RunIn, world: World, aws: FakeAws) -> None:
    """A lease with an hour left that AWS cannot be asked about is not started on."""
    lease_files.age(world, validated_ago_s=VALID_S + 1)
    aws.fail("GetCallerIdentity", "Throttling", 400, times=FOREVER)

    run("-i", "role", "--", "true").expect_failure("throttled", 75, identity="role")


@pytest.mark.usefixtures("leased")
def test_a_lease_with_less_than_its_threshold_is_renewed_before_the_start(
    run: RunIn, world: World, aws: FakeAws
) -> None:
    """Of an hour 20 minutes must be left: with more it is used, with a little less renewed before the start."""
    lease_files.age(world, left_s=FRESH_S + 60)
    run("-i", "role", "--", "true").expect_status(0)
    assert operations(aws) == ["AssumeRole"]

    lease_files.age(world, left_s=FRESH_S - 1)
    child = run("-i", "role", "--", *PRINT_ID).expect_status(0).expect_stderr("")

    assert operations(aws) == ["AssumeRole", "AssumeRole"]
    child.expect_stdout(f"{aws.keys.issued()[-1].access_key_id}\n")


def test_of_a_short_life_half_must_be_left(run: RunIn, world: World, aws: FakeAws, role: Role) -> None:
    """A lease of 30 minutes is used with 16 left, although that is less than 20."""
    role.lifetime_s = 30 * 60
    run("-i", "role", "--", "true").expect_status(0)
    lease = lease_files.read(world)
    assert lease.renew_at == pytest.approx(lease.expires_at - 15 * 60, abs=2)

    run("-i", "role", "--", "true").expect_status(0)

    assert operations(aws) == ["AssumeRole"]


@pytest.mark.parametrize(("code", "slug"), [("Throttling", "throttled"), ("AccessDenied", "role-not-assumable")])
@pytest.mark.usefixtures("leased")
def test_a_failed_renewal_leaves_five_minutes_to_start_in(
    run: RunIn, world: World, aws: FakeAws, code: str, slug: str
) -> None:
    """With five minutes left the command starts and one line says until when; with less it is refused."""
    aws.fail("AssumeRole", code, 400 if code == "Throttling" else 403, times=FOREVER)
    old = aws.keys.issued()[-1].access_key_id

    lease_files.age(world, left_s=5 * 60 + 40)
    child = run("-i", "role", "--", *PRINT_ID).expect_status(0).expect_stdout(f"{old}\n")
    lease_files.age(world, left_s=5 * 60 - 1)
    refused = run("-i", "role", "--", "true")

    # The renewal that the first run began may still be at it: the second waits for it, and says so.
    refused.expect_failure(slug, 75 if slug == "throttled" else 77, identity="role", preceded=True)
    [line] = child.error_text.splitlines()
    assert line.startswith('run: "role" is good until ')
    assert f"[{slug}]" in line


@pytest.mark.usefixtures("leased")
def test_min_ttl_says_how_much_must_be_left(run: RunIn, fails: Fails, world: World, aws: FakeAws) -> None:
    """What has less is renewed, though it is fresh; when that fails it says how much is too little to start in."""
    lease_files.age(world, left_s=30 * 60)
    run("-i", "role", "--min-ttl", "45m", "--", "true").expect_status(0)
    assert operations(aws) == ["AssumeRole", "AssumeRole"]

    aws.fail("AssumeRole", "AccessDenied", 403, times=FOREVER)
    lease_files.age(world, left_s=4 * 60)
    run("-i", "role", "--min-ttl", "3m", "--", "true").expect_status(0).expect_in_stderr("is good until")
    lease_files.age(world, left_s=10 * 60)
    fails("-i", "role", "--min-ttl", "15m", slug="role-not-assumable", status=77)


def test_more_than_a_session_lasts_is_refused(fails: Fails, role: Role, run: RunIn) -> None:
    """--min-ttl over what AWS gives is a matter of configuration, with a lease on disk and without."""
    role.lifetime_s = 30 * 60

    for _ in ("cold", "with a lease"):
        fails(
            "-i",
            "role",
            "--min-ttl",
            "45m",
            slug="duration-too-long",
            status=78,
            remedy="run --min-ttl 29m -i role -- ...",
        )
