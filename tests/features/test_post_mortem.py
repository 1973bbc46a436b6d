"""A command that failed without valid credentials: a last line says so, after AWS was asked once, and only then."""

from __future__ import annotations

import signal
import time

import pytest

from tests.harness.aws import FakeAws, Role
from tests.harness.eventually import eventually
from tests.harness.gate import Gate
from tests.harness.private import WAITER, directory, key_in, let_go, next_key, said
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
FAILED = "the command failed"


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> Role:
    """Give a world with a profile `role`, whose credentials last 8 s, and `keys`."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    return aws.role(BASE, lifetime_s=8)


def test_what_failed_since_when_and_what_to_type(run: RunIn, world: World, aws: FakeAws, role: Role) -> None:
    """Renewal refused, credentials ended: the last line, behind the child's own words; AWS is asked once, with them."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; echo my last words >&2; exit 3")
    key = key_in(directory(world, running))

    role.trusts = ("nobody",)
    said(running, "have ended", within_s=20)
    let_go(world)
    *_, words, last = running.finish().expect_status(3).error_text.splitlines()

    assert words == "my last words"
    assert last.startswith(f'run: {FAILED}, and "role" had no valid credentials: they ended at 20')
    assert "; they could not be renewed since 20" in last
    assert "[role-not-assumable]; try: aws iam get-role --role-name " in last
    assert [(call.access_key_id, call.error) for call in aws.calls("GetCallerIdentity")] == [(key, "ExpiredToken")]


def test_credentials_that_aws_refuses_before_their_end(run: RunIn, world: World, aws: FakeAws, role: Role) -> None:
    """Renewal refused and the credentials revoked: AWS's word counts, not the clock."""
    role.lifetime_s = 40
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3")
    key = key_in(directory(world, running))
    issued = aws.keys.find(key)
    assert issued is not None

    role.trusts = ("nobody",)
    said(running, "[role-not-assumable]", within_s=40)
    aws.revoke(issued)
    let_go(world)
    last = running.finish().expect_status(3).error_text.splitlines()[-1]

    assert f'{FAILED}, and "role" had no valid credentials: AWS does not know the credentials of ' in last
    assert "[credentials-invalid]; they could not be renewed since 20" in last


@pytest.mark.parametrize("status", [0, 3])
def test_credentials_that_are_good_are_not_blamed(
    run: RunIn, world: World, aws: FakeAws, role: Role, status: int
) -> None:
    """Renewal refused, credentials good: AWS is asked after a failure, not after a success, and nothing is said."""
    role.lifetime_s = 60
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit {status}")
    directory(world, running)

    role.trusts = ("nobody",)
    said(running, "[role-not-assumable]", within_s=45)
    let_go(world)
    output = running.finish().expect_status(status)

    assert FAILED not in output.error_text
    assert len(aws.calls("GetCallerIdentity")) == (1 if status else 0)


def test_an_ordinary_failure_pays_nothing(run: RunIn, aws: FakeAws) -> None:
    """Nothing in doubt, nothing asked, nothing said."""
    run("-i", "role", "--", "sh", "-c", "sleep 0.3; exit 3").expect_status(3).expect_stderr("")

    assert aws.calls("GetCallerIdentity") == []


@pytest.mark.parametrize("ending", ["^C", "TERM", "timeout", "ignore", "quiet"])
def test_an_end_that_was_asked_for_is_not_explained(
    run: RunIn, world: World, aws: FakeAws, role: Role, ending: str
) -> None:
    """^C, a TERM that came through us, --timeout; and neither --on-expiry ignore nor -q want to hear of it."""
    options = {"timeout": ["--timeout", "12s"], "ignore": ["--on-expiry", "ignore"], "quiet": ["-q"]}.get(ending, [])
    running = run.start("-i", "role", *options, "--", "sh", "-c", f"trap 'exit 9' INT TERM; {WAITER}; exit 3")
    key = key_in(directory(world, running))
    ends_at = aws.keys.find(key).expires_at  # type: ignore[union-attr]  # it is there: it was issued

    role.trusts = ("nobody",)
    eventually(lambda: time.time() > (ends_at or 0) + 1, within_s=15)
    if ending == "^C":
        running.send_to_group(signal.SIGINT)
    elif ending == "TERM":
        running.send(signal.SIGTERM)
    elif ending != "timeout":
        let_go(world)
    output = running.finish().expect_status({"timeout": 124, "^C": 9, "TERM": 9}.get(ending, 3))

    assert FAILED not in output.error_text
    assert aws.calls("GetCallerIdentity") == []


def test_a_command_that_was_killed_by_somebody_else_has_failed(run: RunIn, world: World, role: Role) -> None:
    """A signal that did not come through us (the system's, say): the line, and the same signal."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; kill -KILL $$")
    directory(world, running)

    role.trusts = ("nobody",)
    said(running, "have ended", within_s=20)
    let_go(world)

    running.finish().expect_signal(signal.SIGKILL).expect_in_stderr(FAILED, "[role-not-assumable]")


def test_without_a_network_what_is_known_is_said(run: RunIn, world: World, aws: FakeAws) -> None:
    """Nobody waits for an endpoint that the renewal did not reach: the clock says that they ended."""
    with Gate(aws.url) as gate:
        running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3", env={"AWS_ENDPOINT_URL": gate.url})
        directory(world, running)

        gate.shut()
        said(running, "[endpoint-unreachable]", within_s=40)
        said(running, "have ended", within_s=40)
        let_go(world)
        output = running.finish().expect_status(3)

    assert output.error_text.splitlines()[-1].startswith(f"run: {FAILED}")
    assert (
        "[endpoint-unreachable]; try: env | grep -i -e proxy -e AWS_ENDPOINT_URL" in output.error_text.splitlines()[-1]
    )


def test_an_aws_that_does_not_answer_holds_nobody_up(run: RunIn, world: World, aws: FakeAws, role: Role) -> None:
    """A question that hangs is given up; what is known is said, and the status is the child's."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3")
    directory(world, running)

    role.trusts = ("nobody",)
    aws.hang("GetCallerIdentity")
    said(running, "have ended", within_s=20)
    let_go(world)

    running.finish(within_s=20).expect_status(3).expect_in_stderr(FAILED, "they ended at", "[role-not-assumable]")
    assert world.private_leftovers() == []


@pytest.mark.parametrize("on_expiry", ["warn", "term"])
def test_max_lifetime_is_named(run: RunIn, world: World, on_expiry: str) -> None:
    """Credentials that were not to be renewed: the line names the option, also when --on-expiry ended the command."""
    asked = ("--max-lifetime", "2s", "--on-expiry", on_expiry)
    running = run.start("-i", "role", *asked, "--", "sh", "-c", f"trap 'exit 5' TERM; {WAITER}; exit 3")

    said(running, "have ended", within_s=20)
    let_go(world)
    output = running.finish().expect_status(77 if on_expiry == "term" else 3)

    last = output.error_text.splitlines()[-1]
    assert last.endswith(
        "; --max-lifetime had ended their renewal; try: start the command again, with a longer --max-lifetime"
    )


def test_a_lapse_that_is_over_is_said(run: RunIn, world: World, role: Role) -> None:
    """Credentials that had ended, and were renewed later: the command may have met the gap."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3")
    seen = directory(world, running)
    first = key_in(seen)

    role.trusts = ("nobody",)
    said(running, "have ended", within_s=20)
    role.trusts, role.lifetime_s = ("*",), 3600
    next_key(seen, first, within_s=40)
    let_go(world)
    last = running.finish().expect_status(3).error_text.splitlines()[-1]

    assert last.startswith(f'run: {FAILED}, and the credentials of "role" had ended at 20')
    assert last.endswith(" only; try: start the command again")
