"""Refreshing a token: once, atomically, with what others wrote kept, and their newer token adopted."""

from __future__ import annotations

import json
import time

import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.eventually import eventually
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.sso_profiles import token_file, with_sso
from tests.harness.world import World


@pytest.fixture
def due(world: World, aws: FakeAws) -> World:
    """Give a world with SSO identities and a token of the session corp that is about to end."""
    with_sso(world)
    world.sso_login(aws.sso_token(10 * 60))
    return world


def change(world: World, **keys: object) -> None:
    """Change keys of the token file as another program would; None takes one away."""
    content = {**json.loads(token_file(world).read_bytes()), **keys}
    token_file(world).write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def test_unknown_keys_stay(run: RunIn, due: World) -> None:
    """What another program keeps in the file is there after a refresh; the file is 0600 again, and alone."""
    change(due, theirs=["a", 1])
    token_file(due).chmod(0o644)

    run("-i", "sso", "--", "true").expect_status(0)

    assert json.loads(token_file(due).read_bytes())["theirs"] == ["a", 1]
    assert token_file(due).stat().st_mode & 0o777 == 0o600
    assert [file for file in token_file(due).parent.iterdir() if file.suffix != ".json"] == []


def test_a_refresh_token_that_is_not_replaced_stays(run: RunIn, due: World, aws: FakeAws) -> None:
    """An answer without a new one leaves the old one good (RFC 6749, 6)."""
    aws.oidc.rotates = False
    before = json.loads(token_file(due).read_bytes())

    run("-i", "sso", "--", "true").expect_status(0)

    after = json.loads(token_file(due).read_bytes())
    assert after["accessToken"] != before["accessToken"]
    assert after["refreshToken"] == before["refreshToken"]


@pytest.mark.parametrize("answer", ["refused", "given"])
def test_a_token_that_somebody_wrote_meanwhile_is_adopted(run: RunIn, due: World, aws: FakeAws, answer: str) -> None:
    """Another program was faster, or somebody has logged in: their token is used, and stays in the file."""
    aws.delay("CreateToken", 3)
    if answer == "refused":
        aws.fail("CreateToken", "InvalidGrantException", 400, times=FOREVER)
    running = run.start("-i", "sso", "--", "true")
    eventually(lambda: aws.calls("CreateToken"), within_s=30)
    theirs = aws.sso_token()

    due.sso_login(theirs)
    running.finish().expect_status(0).expect_stderr("")

    [call] = aws.calls("GetRoleCredentials")
    assert call.parameters["accessToken"] == theirs.access_token
    assert json.loads(token_file(due).read_bytes())["accessToken"] == theirs.access_token


def test_a_logout_in_between_is_not_undone(run: RunIn, due: World, aws: FakeAws) -> None:
    """The file is gone when the answer comes: it stays away."""
    aws.delay("CreateToken", 3)
    running = run.start("-i", "sso", "--", "true")
    eventually(lambda: aws.calls("CreateToken"), within_s=30)

    token_file(due).unlink()

    running.finish().expect_failure("login-required", 77)
    assert not token_file(due).exists()


@pytest.mark.parametrize("key", ["clientId", "clientSecret", "registrationExpiresAt"])
def test_without_a_registration_nothing_is_refreshed(run: RunIn, due: World, aws: FakeAws, key: str) -> None:
    """The token is used while it holds."""
    change(due, **{key: None})

    run("-i", "sso", "--", "true").expect_status(0)

    assert aws.calls("CreateToken") == []


def test_a_registration_that_has_ended_is_not_tried(run: RunIn, due: World, aws: FakeAws) -> None:
    """The service would refuse it."""
    change(due, registrationExpiresAt="2020-01-01T00:00:00UTC")

    run("-i", "sso", "--", "true").expect_status(0)

    assert aws.calls("CreateToken") == []


def test_a_service_that_does_not_answer_is_no_ended_session(fails: Fails, due: World, aws: FakeAws) -> None:
    """The token has ended and could not be refreshed: trying again may help, so nobody is told to log in."""
    due.sso_login(aws.sso_token(-3600))

    fails(
        *("-i", "sso"),
        slug="endpoint-unreachable",
        status=75,
        contains=["http://127.0.0.1:9", "sso-oidc CreateToken"],
        env={"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:9"},
    )


@pytest.mark.timeout(200)
def test_twenty_runs_refresh_once(run: RunIn, due: World, aws: FakeAws) -> None:
    """With single-use refresh tokens and a lease each: one CreateToken, and all of them start."""
    runs = [run.start("-i", "sso", "--", "true", env={"RUN_REGION": f"eu-west-{n}"}) for n in range(20)]

    for each in runs:
        each.finish(within_s=150).expect_status(0)

    assert len(aws.calls("CreateToken")) == 1
    assert len({call.parameters["accessToken"] for call in aws.calls("GetRoleCredentials")}) == 1
    assert json.loads(token_file(due).read_bytes())["expiresAt"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
