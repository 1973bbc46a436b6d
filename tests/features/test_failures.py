"""What AWS answers, or that it does not: each failure with its slug, status and remedy, and nothing started."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.harness.aws import FOREVER, AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
OTHER = "999999999999"
TOML = f"""
    [identities.guarded]
    kind = "aws/profile"
    profile = "dev"
    account = "{OTHER}"

    [identities.over-guarded]
    kind = "aws/assume-role"
    via = "guarded"
    role_arn = "{BASE}"

    [identities.role]
    kind = "aws/assume-role"
    via = "dev"
    role_arn = "{BASE}"
    external_id = "ticket-7"

    [identities.guarded-role]
    kind = "aws/assume-role"
    via = "dev"
    role_arn = "{BASE}"
    account = "{OTHER}"
    """


@pytest.fixture
def key(world: World, dev: AccessKey) -> AccessKey:
    """Give the world a key, and a runner.toml with roles and guards over it."""
    world.runner_toml(TOML)
    return dev


@pytest.fixture
def closed_port() -> Iterator[str]:
    """Give a URL where nobody listens, and nobody else will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_credentials_aws_does_not_know(fails: Fails, aws: FakeAws, key: AccessKey) -> None:
    """A revoked key; the profile and its file are named."""
    aws.revoke(key)

    contains = ["keys of profile dev (failed here)", "sts GetCallerIdentity: InvalidClientTokenId", "(HTTP 403)"]
    fails("-i", "dev", slug="credentials-invalid", status=77, identity="dev", contains=contains, remedy=".aws/config")


def test_a_secret_that_is_not_the_keys(fails: Fails, world: World, aws: FakeAws) -> None:
    """The signature does not match; neither it nor the secret is printed."""
    mine, other = aws.user("mine"), aws.user("other")
    world.aws_credentials(
        f"[x]\naws_access_key_id = {mine.access_key_id}\naws_secret_access_key = {other.secret_access_key}\n"
    )

    fails("-i", "x", slug="credentials-invalid", status=77, contains=["SignatureDoesNotMatch"], remedy="credentials")


def test_expired_credentials(fails: Fails, world: World, aws: FakeAws) -> None:
    """Temporary keys in a profile have ended."""
    session = aws.role_session(BASE, lifetime_s=-60)
    world.aws_credentials(f"[old]\n{session.ini()}")

    contains = ["the credentials of keys of profile old expired", "ExpiredToken"]
    fails("-i", "old", slug="credentials-expired", status=77, contains=contains, remedy='profile "old"')


def test_a_role_that_may_not_be_assumed(fails: Fails, aws: FakeAws, key: AccessKey) -> None:
    """AWS does not say why; the remedy names role, source, and the external ID when there is one."""
    aws.role(BASE, "arn:aws:iam::*:user/somebody-else")

    contains = [f"keys of profile dev may not assume {BASE}", "role Base in 222222222222 (failed here)", "AccessDenied"]
    remedy = f"aws iam get-role --role-name $(basename {BASE})        # does it trust keys of profile dev with the ext"
    fails("-i", "role", slug="role-not-assumable", status=77, identity="role", contains=contains, remedy=remedy)

    assert {call.access_key_id for call in aws.calls()} == {key.access_key_id}


def test_a_longer_session_than_the_role_allows(fails: Fails, aws: FakeAws, key: AccessKey) -> None:
    """The limit is the role's own; the remedy asks for it."""
    aws.role(BASE).external_id = "ticket-7"

    contains = [f"{BASE} does not allow sessions of 12h", "DurationSeconds exceeds the MaxSessionDuration"]
    remedy = "aws iam get-role --role-name Base --query Role.MaxSessionDuration"
    fails("-i", "role", "--duration", "12h", slug="duration-too-long", status=78, contains=contains, remedy=remedy)


@pytest.mark.parametrize(
    ("words", "env", "guard"),
    [
        (["-i", "guarded"], {}, "account in "),
        (["-i", "over-guarded"], {}, "account in "),
        (["-i", "guarded-role"], {}, "account in "),
        (["-i", "dev", "--account", OTHER], {}, "--account"),
        (["-i", "role", "--account", OTHER], {}, "--account"),
        (["-i", "dev"], {"RUN_ACCOUNT": OTHER}, "RUN_ACCOUNT"),
    ],
    ids=["identity", "via", "role", "option", "option for a role", "variable"],
)
def test_the_wrong_account(
    fails: Fails, aws: FakeAws, key: AccessKey, words: list[str], env: dict[str, str], guard: str
) -> None:
    """The guard that refused is named, wherever it stands; of a `via`, before the role over it is asked for."""
    aws.role(BASE)

    actual = "222222222222" if "role" in " ".join(words) else "111111111111"
    said = [f"it is in account {actual}", f"allows only {OTHER}", guard]
    fails(*words, slug="wrong-account", status=77, contains=said, remedy=f"account {OTHER}, or change {guard}", env=env)

    if words == ["-i", "over-guarded"]:
        assert aws.calls("AssumeRole") == []


def test_the_right_account_for_a_cached_role_and_the_wrong_one_after(
    run: RunIn, fails: Fails, aws: FakeAws, key: AccessKey
) -> None:
    """A guard counts although the credentials are there already."""
    aws.role(BASE)
    run("-i", "role", "--account", "222222222222", "--", "true").expect_status(0)

    fails("-i", "role", "--account", OTHER, slug="wrong-account", status=77)
    fails("-i", "role", slug="wrong-account", status=77, env={"RUN_ACCOUNT": OTHER})


def test_throttled(fails: Fails, aws: FakeAws, key: AccessKey) -> None:
    """The calls are retried before it is said; it is worth another try."""
    aws.fail("GetCallerIdentity", "Throttling", times=FOREVER, message="Rate exceeded")

    contains = ["AWS throttled GetCallerIdentity", "Rate exceeded"]
    fails("-i", "dev", slug="throttled", status=75, contains=contains, remedy="try again in a minute")

    assert len(aws.calls()) > 2


def test_a_service_that_is_down(fails: Fails, aws: FakeAws, key: AccessKey) -> None:
    """503 for ever is an endpoint that cannot be reached."""
    aws.fail("GetCallerIdentity", "ServiceUnavailable", 503, times=FOREVER)

    fails("-i", "dev", slug="endpoint-unreachable", status=75, contains=["HTTP 503"], remedy="try again")


def test_nobody_listens(fails: Fails, key: AccessKey, closed_port: str) -> None:
    """The endpoint is named, wherever it was configured."""
    contains = [f"{closed_port} cannot be reached", "EndpointConnectionError"]

    fails("-i", "dev", slug="endpoint-unreachable", status=75, contains=contains, env={"AWS_ENDPOINT_URL": closed_port})


def test_connections_that_are_dropped(fails: Fails, aws: FakeAws, key: AccessKey) -> None:
    """A reset is no answer."""
    aws.reset("GetCallerIdentity", times=FOREVER)

    fails("-i", "dev", slug="endpoint-unreachable", status=75, contains=[aws.url], remedy="AWS_ENDPOINT_URL")


def test_one_error_is_no_failure(run: RunIn, aws: FakeAws, key: AccessKey) -> None:
    """What passes at once is not told to anybody."""
    aws.fail("GetCallerIdentity", "ServiceUnavailable", 503, times=1)

    run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")
