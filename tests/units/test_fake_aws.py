"""The fake AWS refuses what AWS refuses, in AWS's words: seen with boto3."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import HTTPClientError

from tests.harness.aws import FOREVER, AccessKey, FakeAws
from tests.harness.clients import Clients, refusal

ROLE = "arn:aws:iam::222222222222:role/PowerUser"


@pytest.fixture
def client(aws: FakeAws) -> Iterator[Clients]:
    """Make clients of the fake: client("sts", key)."""
    with Clients(aws.url) as clients:
        yield clients


def test_a_users_key_is_known(aws: FakeAws, client: Clients) -> None:
    """GetCallerIdentity answers with account, ARN and user id, and the call is in the log."""
    key = aws.user("ada", "123456789012")

    answer = client("sts", key).get_caller_identity()

    assert (answer["Account"], answer["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:user/ada")
    assert [call.access_key_id for call in aws.calls("GetCallerIdentity")] == [key.access_key_id]


def test_a_role_session_acts_as_the_role(aws: FakeAws, client: Clients) -> None:
    """AssumeRole's credentials are good, and are those of the role."""
    aws.role(ROLE)

    answer = client("sts", aws.user()).assume_role(RoleArn=ROLE, RoleSessionName="me")

    issued = aws.keys.find(answer["Credentials"]["AccessKeyId"])
    assert issued is not None
    assert client("sts", issued).get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]
    assert aws.calls("AssumeRole")[0].parameters == {"RoleArn": ROLE, "RoleSessionName": "me"}


def unknown(aws: FakeAws) -> AccessKey:
    key = aws.user()
    aws.keys.forget(key)
    return key


def inactive(aws: FakeAws) -> AccessKey:
    key = aws.user()
    aws.revoke(key)
    return key


def expired(aws: FakeAws) -> AccessKey:
    return aws.role_session(ROLE, lifetime_s=-1)


def without_token(aws: FakeAws) -> AccessKey:
    key = aws.role_session(ROLE)
    return AccessKey(key.principal, key.access_key_id, key.secret_access_key)


def with_anothers_token(aws: FakeAws) -> AccessKey:
    key = aws.role_session(ROLE)
    return AccessKey(key.principal, key.access_key_id, key.secret_access_key, aws.role_session(ROLE).session_token)


def with_a_wrong_secret(aws: FakeAws) -> AccessKey:
    key = aws.user()
    return AccessKey(key.principal, key.access_key_id, "wrong")


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        (unknown, "InvalidClientTokenId", "security token included in the request is invalid"),
        (inactive, "InvalidClientTokenId", "security token included in the request is invalid"),
        (without_token, "InvalidClientTokenId", "security token included in the request is invalid"),
        (with_anothers_token, "InvalidClientTokenId", "security token included in the request is invalid"),
        (expired, "ExpiredToken", "security token included in the request is expired"),
        (with_a_wrong_secret, "SignatureDoesNotMatch", "does not match the signature you provided"),
    ],
)
def test_a_key_that_is_not_good_is_refused(
    aws: FakeAws, client: Clients, key: Callable[[FakeAws], AccessKey], code: str, words: str
) -> None:
    """Each is refused with 403 and the code and words of STS."""
    found, status, message = refusal(client("sts", key(aws)).get_caller_identity)

    assert (found, status) == (code, 403)
    assert words in message


def test_an_unsigned_request_is_refused(client: Clients) -> None:
    """No signature: MissingAuthenticationToken."""
    assert refusal(client("sts").get_caller_identity)[:2] == ("MissingAuthenticationToken", 403)


def test_s3_checks_the_signature_too(aws: FakeAws, client: Clients) -> None:
    """ListBuckets answers to a good key, and refuses an expired one with 400, as S3 does."""
    key = aws.role_session(ROLE)
    s3 = client("s3", key)

    s3.list_buckets()
    aws.expire(key)

    assert refusal(s3.list_buckets)[:2] == ("ExpiredToken", 400)
    assert [call.error for call in aws.calls("ListBuckets")] == ["", "ExpiredToken"]


def test_the_clocks_are_compared(aws: FakeAws, client: Clients) -> None:
    """A clock behind or ahead by more than 15 minutes is told with both times; the Date header is the service's."""
    sts = client("sts", aws.user())

    aws.skew(1000)
    behind = refusal(sts.get_caller_identity)
    aws.skew(-1000)
    ahead = refusal(sts.get_caller_identity)
    aws.skew(300)
    date = sts.get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]

    assert behind[0] == ahead[0] == "SignatureDoesNotMatch"
    assert "Signature expired: " in behind[2]
    assert "Signature not yet current: " in ahead[2]
    assert abs(parsedate_to_datetime(date).timestamp() - aws.clock.now()) < 5


def test_a_delay_comes_before_another_fault(aws: FakeAws, client: Clients) -> None:
    """Delays add to what else is scripted; healing one operation leaves the others."""
    sts = client("sts", aws.user())
    aws.delay("GetCallerIdentity", 0.2, times=1)
    aws.fail("*", "ServiceUnavailable", 503, times=FOREVER)

    begin = time.monotonic()
    found = refusal(sts.get_caller_identity)
    took = time.monotonic() - begin
    aws.heal("AssumeRole")

    assert found[:2] == ("ServiceUnavailable", 503)
    assert took >= 0.2
    assert refusal(sts.get_caller_identity)[1] == 503


def test_faults_follow_the_script(aws: FakeAws, client: Clients) -> None:
    """An error for so many calls, a reset, silence; and then all is well again."""
    sts = client("sts", aws.user())
    aws.fail("GetCallerIdentity", "Throttling", 400, times=2, message="Rate exceeded")
    aws.reset("GetCallerIdentity")
    aws.hang("GetCallerIdentity", times=FOREVER)

    throttled = [refusal(sts.get_caller_identity) for _ in range(2)]
    for _ in range(2):
        with pytest.raises(HTTPClientError):
            sts.get_caller_identity()
    aws.heal()
    sts.get_caller_identity()

    assert throttled == [("Throttling", 400, "Rate exceeded")] * 2
    assert [call.answered for call in aws.calls()].count(False) == 2
