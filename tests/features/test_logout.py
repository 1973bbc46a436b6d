"""`runner logout`: the token ends, with its file and every lease made from it, and nothing else goes."""

from __future__ import annotations

import json

import pytest

from tests.harness import lease_files
from tests.harness.aws import FOREVER, FakeAws, SsoToken
from tests.harness.browser import cache
from tests.harness.fails import Fails
from tests.harness.output import Output
from tests.harness.run import RunIn
from tests.harness.sso_profiles import token_file, with_sso
from tests.harness.world import START_URL, World


@pytest.fixture
def corp(world: World) -> SsoToken:
    """Give a world with SSO identities of every kind, and somebody logged in to all of them."""
    return with_sso(world)


def logout(run: RunIn, *words: str, **env: str | None) -> Output:
    return run("logout", *words, program="runner", env=env)


@pytest.mark.parametrize("words", [("sso",), ("role",), ("--sso-session", "corp")], ids=" ".join)
def test_a_logout_ends_the_token_and_its_leases(
    run: RunIn, fails: Fails, world: World, aws: FakeAws, corp: SsoToken, words: tuple[str, ...]
) -> None:
    """The service is told, the file and the leases go, those of other logins stay; whoever runs has to log in."""
    for name in ("sso", "role", "own"):
        run("-i", name, "--", "true").expect_status(0)
    others = set(cache(world).iterdir()) - {token_file(world)}

    logout(run, *words).expect_status(0).expect_stdout("logged out of corp; 2 leases removed\n").expect_stderr("")

    assert [call.parameters["accessToken"] for call in aws.calls("Logout")] == [corp.access_token]
    assert set(cache(world).iterdir()) == others
    assert lease_files.read(world).identity == "own"
    fails("-i", "sso", slug="login-required", status=77)


@pytest.mark.usefixtures("corp")
def test_a_lease_does_not_come_back_with_the_next_login(run: RunIn, world: World, aws: FakeAws) -> None:
    """Somebody else logs in: what the one before was given is not used again."""
    run("-i", "sso", "--", "true").expect_status(0)
    logout(run, "sso").expect_status(0)

    world.sso_login(aws.sso_token())
    run("-i", "sso", "--", "true").expect_status(0)

    assert len(aws.calls("GetRoleCredentials")) == 2


@pytest.mark.parametrize("fault", ["unreachable", "ended elsewhere", "ended"])
def test_a_logout_is_one_here_whatever_the_service_says(
    run: RunIn, world: World, aws: FakeAws, corp: SsoToken, fault: str
) -> None:
    """The file goes in any case; only a service that cannot be told is worth a line."""
    if fault == "unreachable":
        aws.fail("Logout", "InternalServerException", 500, times=FOREVER)
    elif fault == "ended":
        world.sso_login(aws.sso_token(-60))
    else:
        aws.oidc.end(corp.access_token)

    ended = logout(run, "sso").expect_status(0).expect_stdout("logged out of corp\n")

    assert not token_file(world).exists()
    assert ("could not be told" in ended.error_text) == (fault == "unreachable")


@pytest.mark.usefixtures("corp")
def test_nobody_to_log_out(run: RunIn, world: World) -> None:
    """Said, and no failure; a file that cannot be read goes all the same."""
    token_file(world).write_text("{")
    logout(run, "sso").expect_status(0).expect_stdout("logged out of corp\n")

    logout(run, "sso").expect_status(0).expect_stdout("nobody is logged in to corp\n")


def test_all_are_the_tokens_and_nothing_else(run: RunIn, world: World, aws: FakeAws, corp: SsoToken) -> None:
    """Registrations and the files of other programs stay, also those that speak of an access token."""
    run("-i", "sso", "--", "true").expect_status(0)
    registration = cache(world) / f"{'a' * 40}.json"
    registration.write_text(json.dumps({"clientId": "x", "clientSecret": "y", "expiresAt": "2030-01-01T00:00:00Z"}))
    foreign = cache(world) / "kiro-auth-token.json"
    foreign.write_text(json.dumps({"accessToken": "x", "expiresAt": "2030-01-01T00:00:00Z", "startUrl": "y"}))

    said = logout(run, "--all").expect_status(0).expect_stderr("")

    assert said.text.count(f"logged out of {START_URL}") == 3
    assert set(cache(world).iterdir()) == {registration, foreign}
    assert {call.parameters["accessToken"] for call in aws.calls("Logout")} == {corp.access_token}
    assert lease_files.paths(world) == []
    logout(run, "--all").expect_stdout("nobody is logged in\n")


@pytest.mark.parametrize(("words", "slug"), [((), "usage"), (("sso", "--all"), "conflicting-options")])
@pytest.mark.usefixtures("corp")
def test_who_is_meant_has_to_be_said(run: RunIn, world: World, words: tuple[str, ...], slug: str) -> None:
    """Without a name nobody is logged out."""
    before = world.snapshot()

    logout(run, *words).expect_failure(slug, 64)

    assert world.snapshot() == before
