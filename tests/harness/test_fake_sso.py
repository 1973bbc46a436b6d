"""The fake's SSO portal and OIDC answer as the real ones do: seen with boto3."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.harness.aws import FakeAws, SsoToken
from tests.harness.clients import Clients, refusal
from tests.harness.fake.oidc import DEVICE_CODE_GRANT

ACCOUNT = "444444444444"


@pytest.fixture
def client(aws: FakeAws) -> Iterator[Clients]:
    with Clients(aws.url) as clients:
        yield clients


def registered(oidc: Any, **parameters: list[str]) -> dict[str, str]:
    """Register a client; return what later calls carry."""
    answer = oidc.register_client(clientName="test", clientType="public", **parameters)
    return {"clientId": answer["clientId"], "clientSecret": answer["clientSecret"]}


def test_an_access_token_gives_role_credentials(aws: FakeAws, client: Clients) -> None:
    """They are good, they are those of the permission set, and their end is in milliseconds."""
    aws.permission_set(ACCOUNT, "ReadOnly", lifetime_s=60)

    answer = client("sso").get_role_credentials(
        accountId=ACCOUNT, roleName="ReadOnly", accessToken=aws.sso_token().access_token
    )["roleCredentials"]

    key = aws.keys.find(answer["accessKeyId"])
    assert key is not None
    assert "AWSReservedSSO_ReadOnly" in client("sts", key).get_caller_identity()["Arn"]
    assert 58_000 <= answer["expiration"] - aws.clock.now() * 1000 <= 60_000


@pytest.mark.parametrize(
    ("token", "name", "expected"),
    [
        (
            lambda aws: aws.sso_token(-1).access_token,
            "ReadOnly",
            ("UnauthorizedException", 401, "Session token not found or invalid"),
        ),
        (lambda _: "foreign", "ReadOnly", ("UnauthorizedException", 401, "Session token not found or invalid")),
        (lambda aws: aws.sso_token().access_token, "Admin", ("ForbiddenException", 403, "No access")),
    ],
)
def test_the_portal_refuses(
    aws: FakeAws, client: Clients, token: Callable[[FakeAws], str], name: str, expected: tuple[str, int, str]
) -> None:
    """An ended token, a foreign one, and a permission set that is not assigned."""
    aws.permission_set(ACCOUNT, "ReadOnly")

    found = refusal(client("sso").get_role_credentials, accountId=ACCOUNT, roleName=name, accessToken=token(aws))

    assert found == expected


def test_accounts_and_roles_come_in_pages(aws: FakeAws, client: Clients) -> None:
    """botocore's paginators see every account and every permission set once."""
    for number in range(3):
        for name in ("Admin", "ReadOnly", "Audit"):
            aws.permission_set(f"{number}" * 12, name)
    sso, token = client("sso"), aws.sso_token().access_token

    def names(operation: str, key: str, **parameters: str) -> list[str]:
        pages = sso.get_paginator(operation).paginate(accessToken=token, PaginationConfig={"PageSize": 2}, **parameters)
        return [item["accountId" if key == "accountList" else "roleName"] for page in pages for item in page[key]]

    assert names("list_accounts", "accountList") == ["0" * 12, "1" * 12, "2" * 12]
    assert names("list_account_roles", "roleList", accountId="0" * 12) == ["Admin", "ReadOnly", "Audit"]


def test_logout_ends_the_access_token(aws: FakeAws, client: Clients) -> None:
    """The portal does not know it any more."""
    sso, token = client("sso"), aws.sso_token().access_token

    sso.logout(accessToken=token)

    assert refusal(sso.list_accounts, accessToken=token)[0] == "UnauthorizedException"


def refresh(oidc: Any, token: SsoToken, refresh_token: str) -> Any:
    return oidc.create_token(
        clientId=token.client_id,
        clientSecret=token.client_secret,
        grantType="refresh_token",
        refreshToken=refresh_token,
    )


def test_a_refresh_token_is_good_once(aws: FakeAws, client: Clients) -> None:
    """It buys an access token and the next refresh token; the second use is invalid_grant."""
    oidc, token = client("sso-oidc"), aws.sso_token(60)

    first = refresh(oidc, token, token.refresh_token)
    refresh(oidc, token, first["refreshToken"])

    assert refusal(lambda: refresh(oidc, token, token.refresh_token)) == (
        "InvalidGrantException",
        400,
        "Invalid refresh token provided",
    )
    assert client("sso").list_accounts(accessToken=first["accessToken"])["accountList"] == []


def test_an_unknown_client_is_refused(aws: FakeAws, client: Clients) -> None:
    """A wrong client secret is 401, before anything else is looked at."""
    call = {"clientId": aws.sso_token().client_id, "clientSecret": "wrong", "grantType": "refresh_token"}

    assert refusal(client("sso-oidc").create_token, **call)[:2] == ("InvalidClientException", 401)


def test_a_device_code_waits_for_a_human(aws: FakeAws, client: Clients) -> None:
    """Pending, then approved, then used up; another one is denied, another one ends."""
    oidc = client("sso-oidc")
    known = registered(oidc)

    def create_token() -> Callable[[], Any]:
        code = oidc.start_device_authorization(**known, startUrl="https://corp.awsapps.com/start")["deviceCode"]
        return lambda: oidc.create_token(**known, grantType=DEVICE_CODE_GRANT, deviceCode=code)

    approved = create_token()
    assert refusal(approved)[0] == "AuthorizationPendingException"
    aws.oidc.approve()
    assert aws.oidc.live(approved()["accessToken"])
    assert refusal(approved)[0] == "InvalidGrantException"
    denied = create_token()
    aws.oidc.deny()
    assert refusal(denied)[0] == "AccessDeniedException"
    aws.oidc.device_code_lifetime_s = -1
    assert refusal(create_token())[0] == "ExpiredTokenException"


def test_a_browser_gets_an_authorization_code(aws: FakeAws, client: Clients) -> None:
    """GET /authorize sends it back to the redirect URI with the state, and the code buys a token once."""
    oidc, back, verifier = client("sso-oidc"), "http://127.0.0.1:1/oauth/callback", "v" * 64
    known = registered(oidc, grantTypes=["authorization_code"], redirectUris=["http://127.0.0.1/oauth/callback"])
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    challenge = {"code_challenge": digest, "code_challenge_method": "S256", "response_type": "code", "scopes": "a"}
    query = urlencode({"redirect_uri": back, "state": "S", "client_id": known["clientId"], **challenge})
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc)

    connection.request("GET", f"/authorize?{query}")
    location = connection.getresponse().headers["Location"]
    connection.close()
    answer = parse_qs(urlsplit(location).query)

    assert location.startswith(back)
    assert answer["state"] == ["S"]
    call = {**known, "grantType": "authorization_code", "code": answer["code"][0], "redirectUri": back}
    assert refusal(oidc.create_token, **call, codeVerifier="w" * 64)[0] == "InvalidGrantException"
    call["codeVerifier"] = verifier
    assert oidc.create_token(**call)["refreshToken"]
    assert refusal(oidc.create_token, **call)[0] == "InvalidGrantException"


def test_an_error_has_its_oauth_name(aws: FakeAws) -> None:
    """The body says `error` and `error_description`, as other SDKs expect."""
    aws.fail("CreateToken", "SlowDownException", message="wait")
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc)

    connection.request("POST", "/token", body="{}")
    response = connection.getresponse()
    content = json.loads(response.read())
    connection.close()

    assert response.headers["x-amzn-ErrorType"] == "SlowDownException"
    assert content == {"error": "slow_down", "error_description": "wait"}
