"""IAM Identity Center: profiles and permission sets, with the token files that the AWS CLI leaves."""

from __future__ import annotations

import json
import os

import pytest

from tests.harness import lease_files
from tests.harness.aws import FOREVER, FakeAws, SsoToken
from tests.harness.eventually import eventually
from tests.harness.programs import AWS_CLI, BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.sso_profiles import ACCOUNT, READ_ONLY, token_file, with_sso
from tests.harness.world import START_URL, World


@pytest.fixture
def corp(world: World) -> SsoToken:
    """Give a world with SSO identities of every kind, and somebody logged in to all of them."""
    return with_sso(world)


NAMES = [
    ("sso", READ_ONLY),
    ("legacy", READ_ONLY),
    ("set", READ_ONLY),
    ("own", READ_ONLY),
    ("role", f"arn:aws:sts::{ACCOUNT}:assumed-role/Base/"),
    ("over", f"arn:aws:sts::{ACCOUNT}:assumed-role/Base/"),
]


@pytest.mark.parametrize(("name", "arn"), NAMES, ids=[name for name, _ in NAMES])
def test_a_command_acts_as_the_permission_set_or_the_role_behind_it(
    run: RunIn, world: World, aws: FakeAws, corp: SsoToken, name: str, arn: str
) -> None:
    """One call of the portal with the token as it is, nothing refreshed, and nothing written to ~/.aws."""
    before = world.snapshot()

    child = run("-i", name, "--", BOTO_PROBE).expect_status(0).expect_stderr("").json()

    assert child["arn"].startswith(arn)
    assert child["method"] == "custom-process"
    [call] = aws.calls("GetRoleCredentials")
    assert call.parameters["accessToken"] == corp.access_token
    assert aws.calls("CreateToken") == []
    assert world.snapshot() == before


@pytest.mark.usefixtures("corp")
def test_the_aws_cli_acts_as_the_permission_set(run: RunIn) -> None:
    """Also for a profile whose name it would resolve by itself."""
    answer = run("-i", "sso", "--", AWS_CLI, "sts", "get-caller-identity").expect_status(0).json()

    assert answer["Arn"].startswith(READ_ONLY)


@pytest.mark.usefixtures("corp")
def test_a_permission_set_has_a_lease(run: RunIn, world: World, aws: FakeAws) -> None:
    """The second run asks neither the portal nor STS."""
    run("-i", "sso", "--", "true").expect_status(0)
    asked = len(aws.calls())

    run("-i", "sso", "--", "true").expect_status(0)

    assert len(aws.calls()) == asked
    assert lease_files.read(world).hops == ("sso-session corp", f"permission set ReadOnly in {ACCOUNT}")


@pytest.mark.parametrize("lifetime_s", [10 * 60, -10], ids=["about to end", "ended"])
@pytest.mark.usefixtures("corp")
def test_a_token_is_refreshed(run: RunIn, world: World, aws: FakeAws, lifetime_s: int) -> None:
    """With less than 15 minutes left the refresh token is spent, and what it gave is written for all AWS tools."""
    token = aws.sso_token(lifetime_s)
    file = world.sso_login(token)

    run("-i", "sso", "--", "true").expect_status(0).expect_stderr("")

    written = json.loads(file.read_bytes())
    assert len(aws.calls("CreateToken")) == 1
    assert written["accessToken"] not in ("", token.access_token)
    assert written["refreshToken"] not in ("", token.refresh_token)
    assert {key: written[key] for key in ("startUrl", "clientId", "region")} == {
        "startUrl": START_URL,
        "clientId": token.client_id,
        "region": "eu-west-1",
    }


@pytest.mark.parametrize("fault", ["refused", "throttled", "dropped"])
@pytest.mark.usefixtures("corp")
def test_a_token_is_used_while_it_holds(run: RunIn, world: World, aws: FakeAws, fault: str) -> None:
    """When the refresh fails, what is left of the old token will do, and the file is as it was."""
    world.sso_login(aws.sso_token(10 * 60))
    before = world.snapshot()
    if fault == "refused":
        aws.fail("CreateToken", "InvalidGrantException", 400, times=FOREVER)
    elif fault == "throttled":
        aws.fail("CreateToken", "SlowDownException", 400, times=FOREVER)
    else:
        aws.reset("CreateToken", times=FOREVER)

    run("-i", "sso", "--", "true").expect_status(0).expect_stderr("")

    assert len(aws.calls("GetRoleCredentials")) == 1
    assert world.snapshot() == before


@pytest.mark.usefixtures("corp")
def test_a_token_without_refresh_token_is_used_as_it_is(run: RunIn, world: World, aws: FakeAws) -> None:
    """Nothing is asked of the OIDC service, to the last minute."""
    world.sso_login(aws.sso_token(60, refreshable=False))

    run("-i", "sso", "--", "true").expect_status(0)

    assert [call.operation for call in aws.calls()] == ["GetRoleCredentials", "GetCallerIdentity"]


@pytest.mark.usefixtures("corp")
def test_a_token_file_that_is_being_written_is_read_again(run: RunIn, world: World, aws: FakeAws) -> None:
    """The AWS CLI writes in place: half a file is whole a moment later."""
    path = token_file(world)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    os.utime(path, (0, 0))

    running = run.start("-i", "sso", "--", "true")
    eventually(lambda: path.stat().st_atime > 0, what="that the broken file has been read")
    path.write_bytes(whole)

    running.finish().expect_status(0)
