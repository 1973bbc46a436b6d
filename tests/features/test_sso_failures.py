"""IAM Identity Center when nobody is logged in, nothing is assigned, nothing answers, or a profile is broken."""

from __future__ import annotations

import socket
import time

import pytest

from tests.harness.aws import FOREVER, FakeAws, SsoToken
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.sso_profiles import ACCOUNT, ENTRY, LEGACY, PROFILE, SESSION, TO_LOG_IN, token_file, with_sso
from tests.harness.world import START_URL, World


@pytest.fixture
def corp(world: World) -> SsoToken:
    """Give a world with SSO identities of every kind, and somebody logged in to all of them."""
    return with_sso(world)


@pytest.mark.parametrize("name", ["sso", "set", "role", "legacy"])
@pytest.mark.usefixtures("corp")
def test_without_a_token_somebody_must_log_in(fails: Fails, world: World, aws: FakeAws, name: str) -> None:
    """Said at the hop of the login, with what to type; AWS is not asked."""
    for file in (world.home / ".aws" / "sso" / "cache").iterdir():
        file.unlink()
    other = "aws sso login --profile legacy" if name == "legacy" else TO_LOG_IN
    remedy = f"try:   runner login {name}        # or: {other}"

    output = fails("-i", name, slug="login-required", status=77, identity=name, remedy=remedy)

    first, *_ = output.error_text.splitlines()[1].split(" > ")
    assert first.endswith("(failed here)")
    assert aws.calls() == []


@pytest.mark.parametrize("name", ["sso", "legacy"])
@pytest.mark.usefixtures("corp")
def test_an_ended_token_says_since_when(fails: Fails, world: World, aws: FakeAws, name: str) -> None:
    """Without a refresh token, or in a legacy profile, nothing but a login helps; AWS is not asked."""
    token = aws.sso_token(-3600, refreshable=name == "legacy")
    world.sso_login(token, "corp" if name == "sso" else START_URL)
    ended = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(token.expires_at))
    other = TO_LOG_IN if name == "sso" else "aws sso login --profile legacy"
    remedy = f"try:   runner login {name}        # or: {other}"

    fails("-i", name, slug="sso-session-expired", status=77, contains=[f"expired at {ended}"], remedy=remedy)

    assert aws.calls() == []


@pytest.mark.usefixtures("corp")
def test_an_ended_token_whose_refresh_reaches_nobody(fails: Fails, world: World, aws: FakeAws) -> None:
    """A login would not help either: the network is what is missing."""
    world.sso_login(aws.sso_token(-3600))
    env = {"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:9"}

    contains = ["http://127.0.0.1:9 cannot be reached", "sso-oidc CreateToken: EndpointConnectionError"]
    fails("-i", "sso", slug="endpoint-unreachable", status=75, contains=contains, env=env)


@pytest.mark.usefixtures("corp")
def test_an_ended_token_that_cannot_be_refreshed(fails: Fails, world: World, aws: FakeAws) -> None:
    """The refresh token is refused too: a login, and the file stays for whoever can make something of it."""
    world.sso_login(aws.sso_token(-3600))
    aws.fail("CreateToken", "InvalidGrantException", 400, times=FOREVER)

    fails("-i", "sso", slug="sso-session-expired", status=77, remedy=TO_LOG_IN)


@pytest.mark.parametrize(("name", "remedy"), [("sso", TO_LOG_IN), ("legacy", "aws sso login --profile legacy")])
def test_the_portal_refuses_a_token(fails: Fails, aws: FakeAws, corp: SsoToken, name: str, remedy: str) -> None:
    """A token that looks well and was ended elsewhere: a login."""
    aws.oidc.end(corp.access_token)

    fails("-i", name, slug="sso-session-expired", status=77, contains=["HTTP 401"], remedy=remedy)


@pytest.mark.usefixtures("corp")
def test_a_permission_set_that_is_not_assigned(fails: Fails, aws: FakeAws) -> None:
    """The portal says no: which one, in which account, and that somebody else may have it."""
    aws.portal.withdraw(ACCOUNT, "ReadOnly")

    contains, remedy = (
        ["ReadOnly", ACCOUNT],
        "runner login sso        # as somebody who has it, or ask for the assignment",
    )
    output = fails("-i", "sso", slug="permission-set-not-assigned", status=77, contains=contains, remedy=remedy)

    assert f"permission set ReadOnly in {ACCOUNT} (failed here)" in output.error_text


BROKEN = {
    "absent session": (PROFILE, ['sso_session "corp" does not exist']),
    "another start URL": (SESSION + PROFILE + "sso_start_url = https://else.awsapps.com/start\n", ["sso_start_url"]),
    "another region": (SESSION + PROFILE + "sso_region = us-east-1\n", ["sso_region"]),
    "no account": (SESSION + PROFILE.replace(f"sso_account_id = {ACCOUNT}\n", ""), ["no sso_account_id"]),
    "no role": (SESSION + PROFILE.replace("sso_role_name = ReadOnly\n", ""), ["no sso_role_name"]),
    "a session without URL": (SESSION.replace(f"sso_start_url = {START_URL}\n", "") + PROFILE, ["no sso_start_url"]),
    "a legacy profile without region": (LEGACY.replace("legacy", "sso").replace("sso_region = eu-west-1\n", ""), [""]),
}


@pytest.mark.parametrize(("text", "contains"), BROKEN.values(), ids=BROKEN.keys())
def test_a_profile_that_is_incomplete_or_contradicts_itself(
    fails: Fails, world: World, text: str, contains: list[str]
) -> None:
    """Named with its file and what is missing, before anybody is asked."""
    config = world.aws_config(text)

    fails("-i", "sso", slug="invalid-config", status=78, contains=[*contains, str(config), 'profile "sso"'])


def test_a_permission_set_of_runner_toml_names_a_session_that_is_there(fails: Fails, world: World) -> None:
    """Else the known ones are listed; without an account it is no identity."""
    world.aws_config(SESSION)
    path = world.runner_toml(ENTRY.format("set", "crop", ACCOUNT, "ReadOnly"))
    fails("-i", "set", slug="invalid-config", status=78, contains=['"crop" does not exist', "corp", str(path)])

    world.runner_toml(ENTRY.format("set", "corp", ACCOUNT, "ReadOnly").replace(f'account = "{ACCOUNT}"\n', ""))
    fails("-i", "set", slug="invalid-config", status=78, contains=["account", str(path)])


BROKEN_TOKENS = [b"", b"{", b"[]", b'{"accessToken": "x"}', b'{"accessToken": "x", "expiresAt": "soon"}', b"\xff\xfe"]


@pytest.mark.parametrize("content", BROKEN_TOKENS, ids=repr)
@pytest.mark.usefixtures("corp")
def test_a_broken_token_file_is_as_good_as_none(fails: Fails, world: World, aws: FakeAws, content: bytes) -> None:
    """Cut off, of another form, no text at all: a login, and no traceback."""
    token_file(world).write_bytes(content)

    fails("-i", "sso", slug="login-required", status=77, remedy=TO_LOG_IN)

    assert aws.calls() == []


@pytest.mark.usefixtures("corp")
def test_an_endpoint_that_does_not_answer_is_named_in_time(run: RunIn) -> None:
    """Neither a refusal nor an answer to the first packet: 20 s, then endpoint-unreachable with its address."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for filler in (first, second):  # the queue is full: the kernel drops what comes next
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        since = time.monotonic()

        ended = run("-i", "sso", "--", "true", env={"AWS_ENDPOINT_URL_SSO": url})

    ended.expect_failure("endpoint-unreachable", 75, contains=[url, "sso GetRoleCredentials"], identity="sso")
    assert time.monotonic() - since < 20


@pytest.mark.parametrize("fault", ["a closed port", "errors"])
@pytest.mark.usefixtures("corp")
def test_a_portal_that_gives_nothing_is_named(run: RunIn, aws: FakeAws, fault: str) -> None:
    """Tried four times, then endpoint-unreachable, of the portal and not of STS."""
    aws.fail("GetRoleCredentials", "InternalServerException", 500, times=FOREVER)
    env = {"AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:9"} if fault == "a closed port" else {}
    named = "127.0.0.1:9" if env else "the SSO portal cannot be reached"

    run("-i", "sso", "--", "true", env=env).expect_failure(
        "endpoint-unreachable", 75, contains=[named, "cause: sso GetRoleCredentials"]
    )

    assert len(aws.calls("GetRoleCredentials")) == (0 if env else 4)


def test_what_to_type_can_be_pasted(fails: Fails, world: World, aws: FakeAws) -> None:
    """Names are quoted, a named file is named again, and the AWS CLI is not for a session that it does not know."""
    with_sso(world)
    for file in (world.home / ".aws" / "sso" / "cache").iterdir():
        file.unlink()
    world.aws_config(SESSION + PROFILE.replace("[profile sso]", '[profile "my sso"]'))
    remedy = f"runner login 'my sso'        # or: {TO_LOG_IN}"
    fails("-i", "my sso", slug="login-required", status=77, remedy=remedy)
    own = f'[sso_sessions.ours]\nsso_start_url = "{START_URL}"\nsso_region = "eu-west-1"\n'
    path = world.runner_toml(own + ENTRY.format("own", "ours", ACCOUNT, "ReadOnly"), world.cwd / "other.toml")

    output = fails("-c", "other.toml", "-i", "own", slug="login-required", status=77)

    assert output.error_text.endswith(f"  try:   runner login --config {path} own\n")
    assert aws.calls() == []
