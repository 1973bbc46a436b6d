"""`runner login`: a token in the files of the AWS CLI, by a browser here or a code for one anywhere."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import signal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.browser import Browser, cache
from tests.harness.eventually import eventually
from tests.harness.output import Output
from tests.harness.programs import AWS_CLI, BOTO_PROBE
from tests.harness.run import RunIn, Running
from tests.harness.sso_profiles import READ_ONLY, token_file, with_sso
from tests.harness.world import START_URL, World

REGISTRATION = {
    "region": "eu-west-1",
    "scopes": None,
    "session_name": "corp",
    "startUrl": START_URL,
    "tool": "botocore",
}


@pytest.fixture
def corp(world: World) -> World:
    """Give a world with SSO identities of every kind, and nobody logged in."""
    with_sso(world)
    for file in cache(world).iterdir():
        file.unlink()
    return world


def login(run: RunIn, *words: str, **env: str | None) -> Output:
    return run("login", *words, program="runner", env=env)


def key_file(world: World, **changes: object) -> Path:
    """Return where the AWS CLI keeps the registration: named by the SHA-1 of what shapes it."""
    name = hashlib.sha1(json.dumps({**REGISTRATION, **changes}, sort_keys=True).encode()).hexdigest()
    return cache(world) / f"{name}.json"


def code_of(running: Running) -> str:
    """Wait for the code that somebody is shown."""
    found = eventually(lambda: re.search(r"code is (\S+)\s", running.stdout_so_far()), within_s=30, what="a code")
    return str(found.group(1)) if found else ""


@pytest.mark.parametrize("words", [("sso",), ("role",), ("over",), ("--sso-session", "corp")], ids=" ".join)
def test_a_browser_logs_in(run: RunIn, corp: World, aws: FakeAws, words: tuple[str, ...]) -> None:
    """The session is that at the head of the chain; the token is in the CLI's form, 0600, and a run goes on with it."""
    browser = Browser(corp)

    said = login(run, *words, **browser.env).expect_status(0).expect_stderr("")

    assert "logged in to corp until " in said.text
    [visit] = browser.visits()
    assert "This window can be closed" in visit
    written = json.loads(token_file(corp).read_bytes())
    keys = ["startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt"]
    assert list(written) == [*keys, "refreshToken"]
    assert (written["startUrl"], written["region"]) == (START_URL, "eu-west-1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written["expiresAt"])
    assert {file.stat().st_mode & 0o777 for file in cache(corp).iterdir()} == {0o600}
    assert {file.name for file in cache(corp).iterdir()} == {token_file(corp).name, key_file(corp).name}
    assert run("-i", "sso", "--", BOTO_PROBE).expect_status(0).json()["arn"].startswith(READ_ONLY)
    assert aws.oidc.live(written["accessToken"])


def test_the_page_is_asked_for_as_the_aws_cli_does(run: RunIn, corp: World, aws: FakeAws) -> None:
    """Its address follows AWS_ENDPOINT_URL, and holds a challenge, never the verifier."""
    browser = Browser(corp)

    login(run, "sso", **browser.env).expect_status(0)

    page = urlsplit(json.loads(browser.visits()[0])[0])
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert f"{page.scheme}://{page.netloc}{page.path}" == f"{aws.url}/authorize"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["scopes"] == "sso:account:access"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/oauth/callback", asked["redirect_uri"])
    [registered] = aws.calls("RegisterClient")
    assert dict(registered.parameters) == {
        "clientName": "botocore-client-corp",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
        "scopes": ["sso:account:access"],
    }
    [token] = aws.calls("CreateToken")
    assert len(token.parameters["codeVerifier"]) == 64


def test_a_registration_is_used_again_by_the_same_way_of_logging_in(run: RunIn, corp: World, aws: FakeAws) -> None:
    """As the AWS CLI does: in its file, with keys of others kept, and made anew when the other way is taken."""
    browser = Browser(corp)
    login(run, "sso", **browser.env).expect_status(0)
    kept = json.loads(key_file(corp).read_bytes())
    assert set(kept) == {"clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"}
    key_file(corp).write_text(json.dumps({**kept, "theirs": 1}))

    login(run, "sso", **browser.env).expect_status(0)
    assert len(aws.calls("RegisterClient")) == 1
    device = run.start("login", "sso", "--device-code", program="runner")
    aws.oidc.approve(code_of(device))
    device.finish().expect_status(0)

    assert len(aws.calls("RegisterClient")) == 2
    now = json.loads(key_file(corp).read_bytes())
    assert set(now) == {"clientId", "clientSecret", "expiresAt", "theirs"}


@pytest.mark.parametrize("device_code", [True, False])
def test_a_registration_that_the_service_has_dropped_is_made_anew(
    run: RunIn, corp: World, aws: FakeAws, device_code: bool
) -> None:
    """Once, without a word: the AWS CLI would be stuck."""
    browser = Browser(corp)
    login(run, "sso", **browser.env).expect_status(0)
    aws.oidc.forget_clients()
    if device_code:
        running = run.start("login", "sso", "--device-code", program="runner")
        aws.oidc.approve(code_of(running))
        running.finish().expect_status(0)
    else:
        login(run, "sso", **browser.env).expect_status(0).expect_stderr("")

    assert len(aws.calls("RegisterClient")) == 2


def test_a_device_code_waits_for_somebody(run: RunIn, corp: World, aws: FakeAws) -> None:
    """The page and the code are shown; it is asked as slowly as the service wants, until it is confirmed."""
    running = run.start("login", "sso", "--device-code", program="runner")
    code = code_of(running)
    eventually(lambda: len(aws.calls("CreateToken")) >= 2, within_s=30)
    aws.oidc.approve(code)

    said = running.finish().expect_status(0).expect_stderr("")

    assert f"{aws.url}/device\n" in said.text
    assert f"{aws.url}/device?user_code={code}\n" in said.text
    assert aws.oidc.live(json.loads(token_file(corp).read_bytes())["accessToken"])
    calls = aws.calls("CreateToken")
    assert min(after.at - before.at for before, after in itertools.pairwise(calls)) >= 1


def test_a_service_that_wants_it_slower_is_obeyed(run: RunIn, corp: World, aws: FakeAws) -> None:
    """slow_down adds 5 s for good."""
    aws.fail("CreateToken", "SlowDownException", 400)
    running = run.start("login", "sso", "--device-code", program="runner")
    aws.oidc.approve(code_of(running))

    running.finish().expect_status(0)

    first, second = aws.calls("CreateToken")
    assert second.at - first.at >= 6


@pytest.mark.parametrize(
    ("change", "slug", "said"),
    [("deny", "access-denied", "denied"), ("expire", "login-required", "ended before"), ("late", "login-required", "")],
)
def test_a_device_code_that_comes_to_nothing(
    run: RunIn, corp: World, aws: FakeAws, change: str, slug: str, said: str
) -> None:
    """Somebody says no, or nobody comes: by the service's word, and by our own clock."""
    if change == "late":
        aws.oidc.device_code_lifetime_s = 2
        aws.fail("CreateToken", "AuthorizationPendingException", 400, times=FOREVER)
    running = run.start("login", "sso", "--device-code", program="runner")
    code = code_of(running)
    if change == "deny":
        aws.oidc.deny(code)
    elif change == "expire":
        aws.oidc._grants[aws.oidc._user_codes[code]].expires_at = 0

    running.finish().expect_failure(slug, 77, contains=[said], preceded=True)

    assert not token_file(corp).exists()


@pytest.mark.parametrize("browser", [None, "/nonexistent/browser", "false"])
def test_without_a_browser_it_is_a_device_code(run: RunIn, corp: World, aws: FakeAws, browser: str | None) -> None:
    """None is configured and there is no display, or the one that is named does not start."""
    env = {"BROWSER": browser, "DISPLAY": None, "WAYLAND_DISPLAY": None}
    running = run.start("login", "sso", program="runner", env=env)
    aws.oidc.approve(code_of(running))

    running.finish().expect_status(0).expect_stderr("")

    assert token_file(corp).exists()


def test_no_browser_only_prints_the_address(run: RunIn, corp: World) -> None:
    """Somebody opens it on this machine."""
    browser = Browser(corp)
    running = run.start("login", "sso", "--no-browser", program="runner", env=browser.env)
    page = eventually(lambda: re.search(r"  (http\S+authorize\S+)", running.stdout_so_far()), within_s=30)
    assert page
    assert browser.visits() == []

    run(page.group(1), program=browser.path).expect_status(0)

    running.finish().expect_status(0).expect_stderr("")
    assert token_file(corp).exists()


WRONG_STATE = """
back = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["redirect_uri"][0]
try:
    urllib.request.urlopen(f"{back}?code=stolen&state=guessed")
except urllib.error.HTTPError as refused:
    assert refused.status == 400
try:
    urllib.request.urlopen(back.replace("/oauth/callback", "/favicon.ico"))
except urllib.error.HTTPError as refused:
    assert refused.status == 404
import socket
silent = socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(back).port))
answer = urllib.request.urlopen(url)
"""


def test_a_redirect_with_a_wrong_state_is_refused(run: RunIn, corp: World, aws: FakeAws) -> None:
    """So are other paths and connections that say nothing; the login goes on waiting for the right one."""
    browser = Browser(corp, WRONG_STATE)

    login(run, "sso", **browser.env).expect_status(0).expect_stderr("")

    assert len(aws.calls("CreateToken")) == 1


REFUSED = """
asked = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
said = urllib.parse.urlencode({"error": "access_denied", "error_description": "no\\x1b[2J", "state": asked["state"][0]})
answer = urllib.request.urlopen(asked["redirect_uri"][0] + "?" + said)
"""


def test_a_login_that_the_page_refuses(run: RunIn, corp: World) -> None:
    """Said in the page's own words, which cannot steer the terminal."""
    browser = Browser(corp, REFUSED)

    output = login(run, "sso", **browser.env)

    output.expect_failure("access-denied", 77, contains=["access_denied no\\x1b[2J"], preceded=True)
    assert not token_file(corp).exists()


def test_a_legacy_profile_logs_in_with_a_device_code(run: RunIn, corp: World, aws: FakeAws) -> None:
    """Its file is named by the start URL; a browser is shown the page with the code in it."""
    browser = Browser(corp, "urllib.request.urlopen(url)")
    running = run.start("login", "legacy", program="runner", env=browser.env)
    code = code_of(running)
    aws.oidc.approve(code)

    running.finish().expect_status(0).expect_stderr("")

    written = json.loads((cache(corp) / f"{hashlib.sha1(START_URL.encode()).hexdigest()}.json").read_bytes())
    assert written["startUrl"] == START_URL
    assert key_file(corp, session_name=None).exists()
    run("-i", "legacy", "--", "true").expect_status(0)


def test_configured_scopes_are_asked_for(run: RunIn, corp: World, aws: FakeAws) -> None:
    """In their order, which shapes the name of the registration's file."""
    config = corp.home / ".aws" / "config"
    scopes = ["codecatalyst:read_write", "sso:account:access"]
    text = config.read_text().replace(
        "[sso-session corp]\n", f"[sso-session corp]\nsso_registration_scopes = {', '.join(scopes)}\n"
    )
    corp.aws_config(text)
    browser = Browser(corp)

    login(run, "sso", **browser.env).expect_status(0)

    assert dict[str, Any](aws.calls("RegisterClient")[0].parameters)["scopes"] == scopes
    assert key_file(corp, scopes=scopes).exists()


def test_the_aws_cli_uses_our_login(run: RunIn, corp: World) -> None:
    """`aws` with the SSO profile itself, and no `run` before it."""
    browser = Browser(corp)
    login(run, "sso", **browser.env).expect_status(0)

    identity: Any = run("--profile", "sso", "sts", "get-caller-identity", program=AWS_CLI).expect_status(0).json()
    run("--profile", "sso", "s3", "ls", program=AWS_CLI).expect_status(0)

    assert identity["Arn"].startswith(READ_ONLY)


def test_a_new_login_keeps_what_others_wrote_and_ends_the_old_leases(run: RunIn, corp: World, aws: FakeAws) -> None:
    """It is always a new one, as `aws sso login` does: it may be somebody else who comes. Unknown keys stay."""
    old = aws.sso_token()
    file = corp.sso_login(old)
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "theirs": {"a": 1}}))
    run("-i", "sso", "--", "true").expect_status(0)
    browser = Browser(corp)

    login(run, "sso", **browser.env).expect_status(0)
    run("-i", "sso", "--", "true").expect_status(0)

    written = json.loads(file.read_bytes())
    assert written["theirs"] == {"a": 1}
    assert [call.parameters["accessToken"] for call in aws.calls("GetRoleCredentials")] == [
        old.access_token,
        written["accessToken"],
    ]


def test_an_identity_without_a_login_says_so(run: RunIn, corp: World, aws: FakeAws) -> None:
    """Keys and programs need none: status 0, and nothing is done."""
    config = corp.home / ".aws" / "config"
    corp.aws_config(config.read_text() + "[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n")

    login(run, "keys").expect_status(0).expect_stdout('"keys" needs no login\n').expect_stderr("")

    assert aws.calls() == []


def test_a_session_of_aws_login_is_the_aws_clis(run: RunIn, corp: World) -> None:
    """It is named what to type."""
    corp.aws_config("[profile admin]\nlogin_session = arn:aws:sts::111111111111:assumed-role/Admin/me\n")

    failed = login(run, "admin").expect_failure("usage", 64)

    assert failed.error_text.endswith("  try:   aws login --profile admin\n")


@pytest.mark.parametrize(
    ("words", "slug", "status"),
    [
        ((), "usage", 64),
        (("sso", "--sso-session", "corp"), "conflicting-options", 64),
        (("sso", "--no-browser", "--device-code"), "conflicting-options", 64),
        (("nobody",), "unknown-identity", 78),
        (("--sso-session", "crop"), "invalid-config", 78),
    ],
)
@pytest.mark.usefixtures("corp")
def test_what_cannot_be_meant_is_refused(
    run: RunIn, aws: FakeAws, words: tuple[str, ...], slug: str, status: int
) -> None:
    """Before anybody is asked."""
    login(run, *words).expect_failure(slug, status)

    assert aws.calls() == []


@pytest.mark.parametrize("operation", ["RegisterClient", "StartDeviceAuthorization", "CreateToken"])
def test_a_service_that_does_not_answer_is_named(run: RunIn, corp: World, aws: FakeAws, operation: str) -> None:
    """Each call of the flow; nothing is left but what was whole before."""
    aws.fail(operation, "InternalServerException", 500, times=FOREVER)
    running = run.start("login", "sso", "--device-code", program="runner")

    running.finish(within_s=60).expect_failure("endpoint-unreachable", 75, contains=[operation], preceded=True)

    assert not token_file(corp).exists()


@pytest.mark.parametrize("way", ["--no-browser", "--device-code"])
def test_an_interrupted_login_leaves_nothing(run: RunIn, corp: World, way: str) -> None:
    """^C while somebody is awaited: dead by the signal, no token, no half of a file, and the next one goes on."""
    running = run.start("login", "sso", way, program="runner")
    eventually(lambda: "to log in, " in running.stdout_so_far(), within_s=30)

    os.killpg(running.pid, signal.SIGINT)

    running.finish().expect_signal(signal.SIGINT).expect_stderr("")
    assert [file.name for file in cache(corp).iterdir()] == [key_file(corp).name]
    browser = Browser(corp)
    login(run, "sso", **browser.env).expect_status(0)
