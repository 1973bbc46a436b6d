"""The three lists of scrubbing: what each row does, and whether the lists are right."""

from __future__ import annotations

import pytest

from runner.inject.scrub import KEPT, OTHERS, REMOVED, WORDS, reason_to_remove, scrubbed

# Written down by hand, so that the lists cannot simply be wrong. True: a child does not get it.
BY_HAND = {
    "AWS_ACCESS_KEY_ID": True,
    "AWS_ACCESS_KEY": True,
    "AWS_SECRET_ACCESS_KEY": True,
    "AWS_SECRET_KEY": True,
    "AWS_SESSION_TOKEN": True,
    "AWS_SECURITY_TOKEN": True,
    "AWS_CREDENTIAL_EXPIRATION": True,
    "AWS_PROFILE": True,
    "AWS_DEFAULT_PROFILE": True,
    "AWS_CONFIG_FILE": True,
    "AWS_SHARED_CREDENTIALS_FILE": True,
    "AWS_ROLE_ARN": True,
    "AWS_ROLE_SESSION_NAME": True,
    "AWS_WEB_IDENTITY_TOKEN_FILE": True,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": True,
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": True,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": True,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": True,
    "AWS_EC2_METADATA_DISABLED": True,
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": True,
    "AWS_BEARER_TOKEN_BEDROCK": True,
    "AWS_ACCOUNT_ID": True,
    "AWS_SSO_SESSION": True,
    "AWS_SSO_PROFILE": True,
    "AWS_VAULT": True,
    "AWS_MFA_SERIAL": True,
    "AWS_SDK_LOAD_CONFIG": True,
    "AWS_TOKEN": True,
    "AWSUME_PROFILE": True,
    "AMAZON_SECRET_ACCESS_KEY": True,
    "MINIO_SECRET_KEY": True,
    "GRANTED_SSO": True,
    "AWS_REGION": False,
    "AWS_DEFAULT_REGION": False,
    "AWS_DEFAULT_OUTPUT": False,
    "AWS_PAGER": False,
    "AWS_CA_BUNDLE": False,
    "AWS_ENDPOINT_URL": False,
    "AWS_ENDPOINT_URL_S3": False,
    "AWS_ENDPOINT_URL_SECRETS_MANAGER": False,
    "AWS_MAX_ATTEMPTS": False,
    "AWS_RETRY_MODE": False,
    "AWS_STS_REGIONAL_ENDPOINTS": False,
    "AWS_USE_FIPS_ENDPOINT": False,
    "AWS_STORAGE_BUCKET_NAME": False,
    "AWS_S3_CUSTOM_DOMAIN": False,
    "AWS_LAMBDA_FUNCTION_NAME": False,
    "AWS_EXECUTION_ENV": False,
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": False,
    "AWS": False,
    "AWSKEY": False,
    "MY_AWS_SECRET_ACCESS_KEY": False,
    "aws_secret_access_key": False,
    "GITHUB_TOKEN": False,
    "HTTPS_PROXY": False,
    "PATH": False,
    "HOME": False,
}


def some_name(row: str) -> str:
    """Return a name that a row is for."""
    return row[:-1] + "ANYTHING" if row.endswith("*") else row


@pytest.mark.parametrize(("name", "is_removed"), BY_HAND.items())
def test_a_name(name: str, is_removed: bool) -> None:
    """It is handed on, or not."""
    assert bool(reason_to_remove(name)) is is_removed


@pytest.mark.parametrize(("row", "reason"), REMOVED.items())
def test_a_row_of_what_is_removed(row: str, reason: str) -> None:
    """A child does not get it, and the row's reason is told."""
    kept, removed = scrubbed({some_name(row): "value", "OTHER": "value"})

    assert (kept, removed) == ({"OTHER": "value"}, {some_name(row): reason})
    assert reason


@pytest.mark.parametrize(("row", "reason"), KEPT.items())
def test_a_row_of_what_is_kept(row: str, reason: str) -> None:
    """A child gets it, unchanged."""
    kept, removed = scrubbed({some_name(row): "value"})

    assert (kept, removed) == ({some_name(row): "value"}, {})
    assert reason


@pytest.mark.parametrize(("row", "reason"), OTHERS.items())
def test_a_row_of_the_names_outside_aws(row: str, reason: str) -> None:
    """Removed by its whole name: one letter more, and it is somebody else's."""
    assert reason_to_remove(row) == reason
    assert reason_to_remove(row + "X") == OTHERS.get(row + "X", "")
    assert reason_to_remove(row.lower()) == ""
    assert not row.startswith("AWS_")
    assert not row.endswith("*")


@pytest.mark.parametrize(("word", "reason"), WORDS.items())
def test_a_word(word: str, reason: str) -> None:
    """It makes a name one that carries credentials wherever it stands, but only as a whole word, only in AWS_ names."""
    for name in (f"AWS_{word}", f"AWS_NEW_{word}", f"AWS_{word}_NEW", f"AWS_A_{word}_B"):
        told = reason_to_remove(name)
        assert told.endswith(reason) or told == REMOVED.get(name), name
        assert told
    for name in (f"AWS_NEW{word}", f"AWS_{word}NEW", f"X_{word}", f"AWS{word}", word):
        assert reason_to_remove(name) == OTHERS.get(name, ""), name


def test_no_row_contradicts_another() -> None:
    """A name is in one list; a pattern of one list has no name of the other; nothing kept by pattern has a word."""
    assert not REMOVED.keys() & KEPT.keys()
    for row in KEPT:
        if row.endswith("*"):
            assert not [name for name in REMOVED if name.startswith(row[:-1])]
    for row in REMOVED:
        if row.endswith("*"):
            assert not [name for name in KEPT if name.startswith(row[:-1])]


def test_the_order_of_the_environment_stays() -> None:
    """What is kept is as it came."""
    kept, _ = scrubbed({"B": "1", "AWS_PROFILE": "2", "A": "3"})

    assert list(kept) == ["B", "A"]
