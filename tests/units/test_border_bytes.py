"""Files and outputs of others, damaged: at the border they are refused with a failure of ours, or are what they say."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.acquire import awsfiles, book, profiles
from runner.acquire.aws import AwsError, login
from runner.acquire.aws.session import AwsSession
from runner.acquire.kinds import KINDS, credentials, web_identity
from runner.acquire.lock import Locks
from runner.acquire.login import tokens
from runner.acquire.login.refresh import refreshed
from runner.acquire.plan import dump, load
from runner.acquire.resolve import resolve
from runner.leases import form
from runner.model.credentials import is_plain
from runner.model.failure import Failure
from runner.model.identity import Process, WebIdentityRole
from runner.model.request import ROLE_OPTIONS, RunRequest
from runner.settings import config
from runner.settings.files import Files
from tests.harness.aws import FakeAws
from tests.harness.mutations import AWS_CONFIG, LOGIN_TOKEN, PROCESS_OUTPUT, RUNNER_TOML, SSO_TOKEN, damaged

PATH = Path("/home/x/runner.toml")
ROLE = "arn:aws:iam::222222222222:role/Base"
LAST = datetime.max.replace(tzinfo=UTC).timestamp()

many = settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
some = settings(many, max_examples=60)


def check(failure: Failure) -> None:
    """A failure of ours can be said, and is no defect."""
    assert failure.slug != "internal"
    assert failure.sentence
    assert failure.remedy


def check_says_nothing(failure: Failure) -> None:
    """Nothing of what was damaged is quoted."""
    check(failure)
    assert "CANARY" not in failure.sentence + failure.cause + failure.remedy


def check_resolving(name: str, files: Files) -> None:
    """Resolve a name as far as the network."""
    try:
        plan = resolve(request(name), files, {"PATH": "/bin"})
    except Failure as failure:
        check(failure)
        return
    for link in plan.links:
        assert KINDS[type(link)].hops(link)
        KINDS[type(link)].sources(link, {"PATH": "/bin"})
    try:
        again = load(dump(plan))
    except Failure as failure:
        check(failure)
    else:
        assert dump(again) == dump(plan)


def request(name: str) -> RunRequest:
    """Ask for an identity, and for nothing else."""
    asked = RunRequest([], {})
    asked.identity, asked.region, asked.cache, asked.duration_s = name, "", "", 0
    for option in ROLE_OPTIONS:
        setattr(asked, option, "")
    return asked


@many
@given(damaged(RUNNER_TOML))
def test_a_runner_toml(content: bytes) -> None:
    """Identities, or invalid-config."""
    try:
        config.parse(PATH, content)
    except Failure as failure:
        check(failure)


@many
@given(damaged(AWS_CONFIG))
def test_aws_files(content: bytes) -> None:
    """In the place of the config file and of the credentials file."""
    for place in ("config", "credentials"):
        path = Path(os.environ["FILES"], place)
        path.write_bytes(content)
        try:
            read = awsfiles.read(*(str(path) if place == each else os.devnull for each in ("config", "credentials")))
        except Failure as failure:
            check(failure)
            continue
        for name in read.names():
            awsfiles.pinned(name, *awsfiles.settings(name, read))
            try:
                profiles.links(name, read)
            except Failure as failure:
                check(failure)


@some
@given(damaged(AWS_CONFIG), damaged(RUNNER_TOML))
def test_resolving(aws_config: bytes, runner_toml: bytes) -> None:
    """Every name that such files have leads to a plan, which comes back from its bytes, or to a failure."""
    folder = Path(os.environ["FILES"])
    for name, content in (("aws", aws_config), ("toml", runner_toml)):
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    files = Files("", "", str(folder / "toml"), (str(folder / "aws"), os.devnull))
    try:
        found = book.read(files, {})
    except Failure as failure:
        check(failure)
        return

    for name in {*found.aws_files.names(), *(name for each in found.configs for name in each.identities)}:
        check_resolving(name, files)


VALUES = ["x", "", "-1", "true", "\n  a = b", "http://[", "http://h:99999", "é", "9" * 5000, "services"]


@some
@given(st.sampled_from(sorted(awsfiles.BEHAVIOUR)), st.sampled_from(VALUES))
def test_settings_that_botocore_does_not_take(key: str, value: str) -> None:
    """Of another form, out of range: AwsError, which is said as invalid-config."""
    path = Path(os.environ["FILES"], "config")
    path.write_text(
        f"[profile x]\n{key} = {value}\n[services services]\nsts = y\n[services x]\nsts =\n  endpoint_url = z"
    )
    try:
        read = awsfiles.read(str(path), os.devnull)
    except Failure as failure:
        check(failure)
        return

    session = AwsSession("x", awsfiles.pinned("x", *awsfiles.settings("x", read)))
    try:
        session.client("sts", "eu-west-1")
    except AwsError:
        return  # said as invalid-config


SESSION = tokens.SsoSession("corp", "https://corp.awsapps.com/start", "eu-west-1")


@many
@given(damaged(SSO_TOKEN))
def test_an_sso_token(aws_session: AwsSession, locks: Locks, content: bytes) -> None:
    """A token whose end is a time and whose secret can be sent, or none; refreshing it is refused, or no answer."""
    path = Path(tokens.token_path(SESSION))
    path.write_bytes(content)
    token = tokens.read_token(str(path))
    if token is None:
        return

    assert is_plain(token.secret)
    assert datetime.fromtimestamp(token.expires_at, UTC)
    refreshed(SESSION, locks, aws_session)


@many
@given(damaged(LOGIN_TOKEN))
def test_a_token_of_aws_login(aws_session: AwsSession, content: bytes) -> None:
    """Credentials with an end that is a time, or AwsError."""
    folder = os.environ["FILES"]
    Path(login.token_path("session", folder)).write_bytes(content)
    try:
        found = login.credentials("session", folder, "eu-west-1", aws_session)
    except AwsError:
        return
    assert 0 < (found.expires_at or 0) <= LAST
    assert is_plain(found.access_key_id)


@many
@given(damaged(PROCESS_OUTPUT))
def test_what_a_program_printed(content: bytes) -> None:
    """Credentials that can be sent, with an end that is a time; or a failure that quotes nothing of them."""
    program = Process(name="x", where="here", credential_process="helper")
    try:
        found = credentials._read(program, content)
    except Failure as failure:
        check_says_nothing(failure)
    else:
        assert is_plain(found.secret_access_key)
        assert (found.expires_at or 0) <= LAST


@some
@given(damaged(b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjaSJ9.CANARYTOKEN\n"))
def test_a_web_identity_token(content: bytes) -> None:
    """A token of a length that STS takes, or web-identity-invalid."""
    path = Path(os.environ["FILES"], "token")
    path.write_bytes(content)
    try:
        token = web_identity._of_file(WebIdentityRole(name="x", where="here", role_arn=ROLE, token_file=str(path)))
    except Failure as failure:
        check_says_nothing(failure)
    else:
        assert token == content.decode().replace("\r\n", "\n").replace("\r", "\n")


@many
@given(damaged(b"key k\nidentity x\nacquired_at 1\nvalidated_at 1\nexpires_at 2\n\n" + PROCESS_OUTPUT))
def test_a_lease(content: bytes) -> None:
    """Also under the hash that belongs to the damage: a lease or a ValueError."""
    for whole in (content, form.sealed(form.MAGIC, content)):
        with pytest.raises(ValueError):
            form.parse(whole)


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_time_that_is_none_in_utc(aws_session: AwsSession, instant: str) -> None:
    """The year 0 or 10000: refused like any other text that is no time."""
    printed = json.dumps({**json.loads(PROCESS_OUTPUT), "Expiration": instant}).encode()
    program = Process(name="x", where="here", credential_process="helper")
    with pytest.raises(Failure) as raised:
        credentials._read(program, printed)
    assert raised.value.slug == "credential-process-invalid"

    path = Path(tokens.token_path(SESSION))
    path.write_text(json.dumps({**json.loads(SSO_TOKEN), "expiresAt": instant}))
    assert tokens.read_token(str(path)) is None


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give $FILES, a place for them, and a HOME; what a session changes in the environment is put back."""
    (tmp_path / ".aws" / "sso" / "cache").mkdir(parents=True)
    for name in ("FILES", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setattr(tokens, "PAUSE_S", 0)
    return tmp_path


@pytest.fixture
def aws_session(files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    """Give a session whose endpoint is a fake that refuses every token."""
    with FakeAws() as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL", fake.url)
        yield AwsSession("", {"profiles": {}, "services": {}})


@pytest.fixture
def locks(files: Path) -> Locks:
    """Give locks below the private root of the test."""
    return Locks(str(files), attended=False)
