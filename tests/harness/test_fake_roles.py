"""The fake's STS gives roles to whom they are given, and refuses in STS's words: seen with boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.harness.aws import FakeAws
from tests.harness.clients import Clients, refusal

ROLE = "arn:aws:iam::222222222222:role/PowerUser"


@pytest.fixture
def client(aws: FakeAws) -> Iterator[Clients]:
    with Clients(aws.url) as clients:
        yield clients


@pytest.mark.parametrize(
    ("change", "parameters", "expected"),
    [
        (
            {"trusts": ("arn:aws:iam::*:user/other",)},
            {},
            ("AccessDenied", "is not authorized to perform: sts:AssumeRole"),
        ),
        ({"external_id": "wanted"}, {"ExternalId": "given"}, ("AccessDenied", f"on resource: {ROLE}")),
        ({"external_id": "wanted"}, {}, ("AccessDenied", f"on resource: {ROLE}")),
        ({"mfa": True}, {}, ("AccessDenied", f"on resource: {ROLE}")),
        (
            {},
            {"SerialNumber": "serial-1234", "TokenCode": "000000"},
            ("AccessDenied", "invalid MFA one time pass code"),
        ),
        ({}, {"SerialNumber": "serial-1234"}, ("AccessDenied", "must provide both MFA serial number")),
        ({}, {"SerialNumber": "serial-0000", "TokenCode": "123456"}, ("AccessDenied", "unable to validate MFA code")),
        ({}, {"DurationSeconds": 7200}, ("ValidationError", "exceeds the MaxSessionDuration set for this role")),
        ({}, {"RoleSessionName": "a b"}, ("ValidationError", "at 'roleSessionName' failed to satisfy constraint")),
        ({}, {"Policy": "{"}, ("MalformedPolicyDocument", "Syntax")),
    ],
)
def test_a_role_is_refused(
    aws: FakeAws, client: Clients, change: dict[str, Any], parameters: dict[str, Any], expected: tuple[str, str]
) -> None:
    """AssumeRole refuses with STS's code and words; nothing is issued."""
    sts = client("sts", aws.user())
    role = aws.role(ROLE)
    aws.mfa("serial-1234", "123456")
    for name, value in change.items():
        setattr(role, name, value)

    code, _, message = refusal(sts.assume_role, **{"RoleArn": ROLE, "RoleSessionName": "me", **parameters})

    assert code == expected[0]
    assert expected[1] in message
    assert len(aws.keys.issued()) == 1


def test_an_mfa_code_is_good_once(aws: FakeAws, client: Clients) -> None:
    """The second use of a code is refused, as within its 30 seconds."""
    sts = client("sts", aws.user())
    aws.role(ROLE).mfa = True
    aws.mfa("serial-1234", "123456")
    call = {"RoleArn": ROLE, "RoleSessionName": "me", "SerialNumber": "serial-1234", "TokenCode": "123456"}

    sts.assume_role(**call)

    assert "one time pass code" in refusal(sts.assume_role, **call)[2]


def test_a_chained_role_lasts_an_hour_at_most(aws: FakeAws, client: Clients) -> None:
    """More than an hour is refused to a session, whatever the role allows; GetSessionToken's is one."""
    aws.role(ROLE).max_duration_s = 43200
    answer = client("sts", aws.user()).get_session_token()
    session = aws.keys.find(answer["Credentials"]["AccessKeyId"])

    found = refusal(client("sts", session).assume_role, RoleArn=ROLE, RoleSessionName="me", DurationSeconds=3601)

    assert found[0] == "ValidationError"
    assert "role chaining" in found[2]


def test_a_roles_lifetime_can_be_short(aws: FakeAws, client: Clients) -> None:
    """The override is what the reply says and what the service goes by."""
    aws.role(ROLE, lifetime_s=20)

    answer = client("sts", aws.user()).assume_role(RoleArn=ROLE, RoleSessionName="me")

    assert 18 <= answer["Credentials"]["Expiration"].timestamp() - aws.clock.now() <= 20


@pytest.mark.parametrize(
    ("token", "code", "status"),
    [
        (lambda aws: aws.web_identity_token(), "", 200),
        (lambda aws: aws.web_identity_token(lifetime_s=-1), "ExpiredTokenException", 400),
        (lambda aws: aws.web_identity_token(audience="other"), "InvalidIdentityToken", 400),
        (lambda aws: aws.web_identity_token(subject="stranger"), "AccessDenied", 403),
        (lambda _: "a.b.c", "InvalidIdentityToken", 400),
        (lambda _: "rubbish", "InvalidIdentityToken", 400),
    ],
)
def test_a_web_identity_token_is_judged(
    aws: FakeAws, client: Clients, token: Callable[[FakeAws], str], code: str, status: int
) -> None:
    """Good, ended, for another audience, of another subject, foreign, and no token at all."""
    aws.role(ROLE).subjects = ("ci",)
    assume = client("sts").assume_role_with_web_identity
    call = {"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": token(aws)}

    if not code:
        assert assume(**call)["SubjectFromWebIdentityToken"] == "ci"
    else:
        assert refusal(assume, **call)[:2] == (code, status)
