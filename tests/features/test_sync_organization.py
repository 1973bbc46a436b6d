"""`runner sync --organization`: identities for a role in all accounts of an AWS Organization."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.output import Output
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")

ROLE = ["--organization", "--via", "dev", "--role", "audit/Auditor"]


def sync(run: RunIn, *words: str) -> Output:
    return run("sync", *ROLE, *words, program="runner")


def user_file(world: World) -> Path:
    return world.config / "runner" / "runner.toml"


def test_a_role_in_each_active_account(run: RunIn, world: World, aws: FakeAws) -> None:
    """Also behind empty pages; each works in a run, with its account as a guard; and the second sync does nothing."""
    for number in range(45):
        aws.member(f"3{number:011}", f"Team {number}", "SUSPENDED" if number == 7 else "ACTIVE")
    aws.role("arn:aws:iam::300000000044:role/audit/Auditor")

    sync(run).expect_status(0).expect_stderr("")

    found = tomllib.loads(user_file(world).read_text())["identities"]
    assert len(found) == 44
    assert found["team-44-auditor"] == {
        "kind": "aws/assume-role",
        "via": "dev",
        "role_arn": "arn:aws:iam::300000000044:role/audit/Auditor",
        "account": "300000000044",
        "synced_from": "organization via dev role audit/Auditor",
    }
    child = run("-i", "team-44-auditor", "--", BOTO_PROBE).expect_status(0).json()
    assert child["arn"].startswith("arn:aws:sts::300000000044:assumed-role/Auditor/")
    before = user_file(world).read_bytes()
    sync(run).expect_status(0).expect_in_stdout("nothing to change, 44 entries")
    assert user_file(world).read_bytes() == before


def test_an_account_that_is_closed(run: RunIn, world: World, aws: FakeAws) -> None:
    """Its identity is gone, and removed when asked to."""
    aws.member("300000000001", "one")
    aws.member("300000000002", "two")
    sync(run).expect_status(0)
    del aws.organizations.members[1]
    aws.member("300000000002", "two", "CLOSED")

    sync(run).expect_status(0).expect_in_stdout("gone     two-auditor")
    sync(run, "--prune").expect_status(0).expect_in_stdout("removed  two-auditor")

    assert list(tomllib.loads(user_file(world).read_text())["identities"]) == ["one-auditor"]


def test_who_may_not_list(run: RunIn, world: World, aws: FakeAws) -> None:
    """It is said which call, and who may make it."""
    aws.organizations.allowed = {"999999999999"}

    output = sync(run).expect_failure(
        "access-denied", 77, contains=["organizations:ListAccounts", "management account"]
    )

    assert 'cannot act as "dev"' in output.error_text
    assert not user_file(world).exists()


def test_an_account_without_an_organization(run: RunIn, aws: FakeAws) -> None:
    """Usage: there is nothing to list."""
    aws.fail("Organizations.ListAccounts", "AWSOrganizationsNotInUseException", 400, message="Your account is not.")

    sync(run).expect_failure("usage", 64, contains=["111111111111", "in no organization"])


def test_throttling(run: RunIn, aws: FakeAws) -> None:
    """It is waited for."""
    aws.member("300000000001", "one")
    aws.fail("Organizations.ListAccounts", "TooManyRequestsException", 400, times=3)

    sync(run).expect_status(0).expect_in_stdout("1 added")


def test_an_identity_there_is_not(run: RunIn, aws: FakeAws) -> None:
    """As of run."""
    other = ["sync", "--organization", "--via", "nobody", "--role", "Auditor"]

    run(*other, program="runner").expect_failure("unknown-identity", 78, identity="nobody")

    assert aws.calls() == []


def test_a_service_that_is_down(run: RunIn, world: World, aws: FakeAws) -> None:
    """Nothing is written."""
    aws.fail("Organizations.ListAccounts", "ServiceException", 500, times=FOREVER)

    sync(run).expect_failure("endpoint-unreachable", 75, contains=["AWS Organizations"])

    assert not user_file(world).exists()
