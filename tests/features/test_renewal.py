"""Credentials outlive their own end: renewed while the command runs, as the identity it was started with."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, directory, key_in, let_go, next_key, said
from tests.harness.programs import CALLER
from tests.harness.run import RunIn
from tests.harness.world import START_URL, World

BASE = "arn:aws:iam::222222222222:role/Base"
DEEP = "arn:aws:iam::333333333333:role/Deep"
LIFETIME_S = 20
LIFETIMES = 6

AWS_CONFIG = f"""
    [profile keys]
    region = eu-west-1
    [profile role]
    role_arn = {BASE}
    source_profile = keys
    [profile deep]
    role_arn = {DEEP}
    source_profile = role
    [profile sso]
    sso_session = corp
    sso_account_id = 222222222222
    sso_role_name = ReadOnly
    [sso-session corp]
    sso_start_url = {START_URL}
    sso_region = eu-west-1
    """
SCRIPT = "until [ -e stop ]; do aws sts get-caller-identity --region eu-west-1 >/dev/null || exit 9; sleep 3; done"


@pytest.fixture
def identities(world: World, aws: FakeAws) -> None:
    """Give a world with keys, a role, a role over a role and a permission set."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(AWS_CONFIG)
    aws.role(BASE, lifetime_s=LIFETIME_S)
    aws.role(DEEP, lifetime_s=LIFETIME_S)
    aws.permission_set("222222222222", "ReadOnly", LIFETIME_S)
    world.sso_login(aws.sso_token())


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("identities")
def test_one_client_lives_through_six_lifetimes(run: RunIn, world: World, aws: FakeAws) -> None:
    """A boto3 client, and a script that starts the AWS CLI again and again, never meet an expired key."""
    began = time.monotonic()
    clients = {name: run.start("-i", name, "--", CALLER, "boto3", "1", "stop") for name in ("role", "deep", "sso")}
    script = run.start("-i", "role", "--", "sh", "-c", SCRIPT)
    children = [*clients.values(), script]

    def over() -> bool:
        has_ended = any(child.process.poll() is not None for child in children)
        return has_ended or time.monotonic() - began >= LIFETIMES * LIFETIME_S

    eventually(over, within_s=LIFETIMES * LIFETIME_S + 5)
    let_go(world)

    for name, client in clients.items():
        output = client.finish().expect_status(0).expect_stderr("")
        assert len(set(output.text.split())) >= LIFETIMES, f"{name}: {output.text}"
    script.finish().expect_status(0).expect_stderr("")
    calls = aws.calls("GetCallerIdentity")
    assert len(calls) > LIFETIMES * LIFETIME_S
    assert not [call for call in calls if call.error]


GUARDED = f"""
    [identities.unguarded]
    kind = "aws/assume-role"
    via = "keys"
    role_arn = "{BASE}"
    [identities.guarded]
    kind = "aws/assume-role"
    via = "keys"
    role_arn = "{BASE}"
    account = "222222222222"
    [identities.program]
    kind = "aws/credentials"
    credential_process = "print-keys"
    """


@pytest.mark.usefixtures("identities")
def test_credentials_of_another_account_are_never_taken(run: RunIn, world: World, aws: FakeAws) -> None:
    """A renewal that gives another account is the last: one notice, and the child keeps what it has, and its status.

    A child that fails later is told why in a last line.
    """
    world.runner_toml(GUARDED)
    role = aws.role(BASE, lifetime_s=12)
    printed = world.cwd / "printed"
    printed.write_text(aws.role_session(BASE, lifetime_s=12).process_json())
    world.program("print-keys", f"cat {printed}\n")
    runs = {name: run.start("-i", name, "--", "sh", "-c", f"{WAITER}; exit 5") for name in ("unguarded", "guarded")}
    runs["program"] = run.start("-i", "program", "--", "sh", "-c", f"{WAITER}; exit 5")
    first = {name: key_in(directory(world, running)) for name, running in runs.items()}

    role.arn = DEEP
    printed.write_text(aws.role_session(DEEP, lifetime_s=60).process_json())
    for running in runs.values():
        said(running, "[wrong-account]", within_s=20)
    asked = len(aws.calls("AssumeRole"))
    for running in runs.values():
        said(running, "have ended", within_s=20)

    assert {name: key_in(directory(world, running)) for name, running in runs.items()} == first
    assert len(aws.calls("AssumeRole")) == asked
    let_go(world)
    for running in runs.values():
        lines = running.finish().expect_status(5).error_text.splitlines()
        assert sum("[wrong-account]" in line for line in lines) == 2
        assert "the command failed" in lines[-1]
        assert "[wrong-account]" in lines[-1]


@pytest.mark.usefixtures("identities")
def test_configuration_edited_while_it_runs_changes_nothing(run: RunIn, world: World, aws: FakeAws) -> None:
    """The identity is pinned: neither another role_arn nor a profile that has gone turns a renewal elsewhere.

    Where AWS is asked is pinned too: an endpoint of a `services` section that is not there any more.
    """
    aws.role(BASE, lifetime_s=10)
    services = f"[services local]\nsts =\n  endpoint_url = {aws.url}\n"
    world.aws_config(dedent(AWS_CONFIG).replace("[profile role]", "[profile role]\nservices = local") + services)
    edited = run.start("-i", "role", "--", CALLER, "boto3", "0.5", "stop", env={"AWS_ENDPOINT_URL": None})
    seen = directory(world, edited)
    first = key_in(seen)

    world.aws_config(AWS_CONFIG.replace(f"role_arn = {BASE}", f"role_arn = {DEEP}"))
    second = next_key(seen, first, within_s=15)
    world.aws_config("[profile other]\nregion = us-east-1\n")
    next_key(seen, second, within_s=15)
    let_go(world)

    keys = set(edited.finish().expect_status(0).expect_stderr("").text.split())
    assert {issued.principal.account for issued in aws.keys.issued() if issued.access_key_id in keys} == {
        "222222222222"
    }
    assert {call.parameters["RoleArn"] for call in aws.calls("AssumeRole")} == {BASE}


@pytest.mark.usefixtures("identities")
def test_keys_rotated_in_their_file_are_used_for_the_next_renewal(run: RunIn, world: World, aws: FakeAws) -> None:
    """Of a role over keys, the renewal signs with the keys that stand in the file by then."""
    aws.role(BASE, lifetime_s=10)
    old = aws.keys.issued()[0]
    running = run.start("-i", "role", "--", CALLER, "boto3", "0.5", "stop")
    seen = directory(world, running)
    first = key_in(seen)

    new = aws.user("dev")
    world.aws_credentials(f"[keys]\n{new.ini()}")
    aws.revoke(old)
    next_key(seen, first, within_s=15)
    let_go(world)

    running.finish().expect_status(0).expect_stderr("")
    assert {call.access_key_id for call in aws.calls("AssumeRole")[1:]} == {new.access_key_id}


@pytest.mark.usefixtures("identities")
def test_a_run_on_keys_keeps_them(run: RunIn, world: World, aws: FakeAws) -> None:
    """Keys are not renewed: rotated in their file, a living run keeps the old ones, the next takes the new."""
    running = run.start("-i", "keys", "--", CALLER, "boto3", "0.2", "stop")
    seen = directory(world, running)
    old = key_in(seen)
    eventually(lambda: len(running.stdout_so_far().split()) >= 3)

    new = aws.user("dev")
    world.aws_credentials(f"[keys]\n{new.ini()}")
    [after] = run("-i", "keys", "--", CALLER, "boto3", "0", "1").expect_status(0).text.split()
    calls = len(running.stdout_so_far().split())
    eventually(lambda: len(running.stdout_so_far().split()) > calls + 3)
    let_go(world)

    assert after == new.access_key_id
    assert set(running.finish().expect_status(0).expect_stderr("").text.split()) == {old}
