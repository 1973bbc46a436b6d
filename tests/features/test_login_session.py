"""Profiles with login_session: sessions of `aws login`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.harness.aws import FakeAws
from tests.harness.fails import Fails
from tests.harness.fake.clock import iso
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

SESSION = "arn:aws:sts::111111111111:assumed-role/Admin/me"
LOGIN = f"[profile login]\nlogin_session = {SESSION}\nregion = eu-west-1\n"


def logged_in(folder: Path, aws: FakeAws, lifetime_s: float) -> Path:
    """Leave behind what `aws login` does; AWS knows the credentials in it."""
    key = aws.role_session("arn:aws:iam::111111111111:role/Admin", "me", lifetime_s)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    )
    token = {
        "accessToken": {
            "accessKeyId": key.access_key_id,
            "secretAccessKey": key.secret_access_key,
            "sessionToken": key.session_token,
            "accountId": "111111111111",
            "expiresAt": iso(key.expires_at or 0),
        },
        "tokenType": "aws_sigv4",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "CANARYTOKEN-refresh",
        "idToken": "-",
        "dpopKey": pem.decode(),
    }
    path = folder / f"{hashlib.sha256(SESSION.encode()).hexdigest()}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(token))
    return path


def test_a_session_of_aws_login_is_used_until_somebody_logs_out(run: RunIn, world: World, aws: FakeAws) -> None:
    """The child acts as it, a second run asks nobody, and `aws logout` ends the lease."""
    pytest.importorskip("awscrt")
    world.aws_config(LOGIN)
    token = logged_in(world.home / ".aws" / "login" / "cache", aws, 3600)

    child = run("-i", "login", "--", BOTO_PROBE).expect_status(0).expect_stderr("").json()
    asked = len(aws.calls())
    run("-i", "login", "--", "true").expect_status(0)

    assert child["arn"] == SESSION
    assert len(aws.calls()) == asked
    elsewhere = {"AWS_LOGIN_CACHE_DIRECTORY": "~/elsewhere"}
    run("-i", "login", "--", "true", env=elsewhere).expect_failure("login-session-expired", 77, identity="login")
    token.rename(logged_in(world.home / "elsewhere", aws, 3600))
    run("-i", "login", "--", "true", env=elsewhere).expect_status(0)
    run("-i", "login", "--", "true").expect_failure("login-session-expired", 77, identity="login")


def test_a_session_of_aws_login_that_is_not_there(fails: Fails, world: World) -> None:
    """With the extra [login] installed: who it is for, and what to type."""
    pytest.importorskip("awscrt")
    world.aws_config(LOGIN)

    fails("-i", "login", slug="login-session-expired", status=77, identity="login", remedy="aws login --profile login")


def test_a_session_of_aws_login_needs_the_extra(fails: Fails, world: World) -> None:
    """Without awscrt it is said what to install."""
    world.aws_config(LOGIN)
    hidden = world.root / "hidden" / "awscrt"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError\n")

    fails(
        *("-i", "login"),
        slug="dependency-missing",
        status=78,
        identity="login",
        contains=["awscrt"],
        remedy="pip install 'runner[login]'",
        env={"PYTHONPATH": str(hidden.parent)},
    )


@pytest.mark.parametrize(
    ("refusal", "slug"),
    [
        ("TOKEN_EXPIRED", "login-session-expired"),
        ("USER_CREDENTIALS_CHANGED", "login-session-expired"),
        ("INSUFFICIENT_PERMISSIONS", "access-denied"),
    ],
)
def test_a_session_of_aws_login_that_is_not_refreshed(
    fails: Fails, world: World, aws: FakeAws, refusal: str, slug: str
) -> None:
    """The service's own word for it is the cause; a missing permission is not mended by a login."""
    pytest.importorskip("awscrt")
    world.aws_config(LOGIN)
    logged_in(world.home / ".aws" / "login" / "cache", aws, -60)
    aws.signin.refusal = refusal

    fails("-i", "login", slug=slug, status=77, identity="login", contains=["signin CreateOAuth2Token: Login", refusal])


def test_a_dead_sign_in_service_is_given_up(run: RunIn, world: World, aws: FakeAws) -> None:
    """It is unreachable, and nobody has to log in for that."""
    pytest.importorskip("awscrt")
    world.aws_config(LOGIN)
    logged_in(world.home / ".aws" / "login" / "cache", aws, -60)

    ended = run("-i", "login", "--", "true", env={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})

    ended.expect_failure("endpoint-unreachable", 75, contains=["http://127.0.0.1:9", "signin CreateOAuth2Token"])
