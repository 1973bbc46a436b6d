"""Ends that are asked for: of renewal, of credentials, of time."""

from __future__ import annotations

import signal
import time

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, directory, key_in, let_go
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
STUBBORN = "trap 'echo TERM' TERM; echo ready; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i + 1)); done"


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, whose credentials last 8 s, and `keys`."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    aws.role(BASE, lifetime_s=8)


@pytest.mark.parametrize("on_expiry", ["warn", "ignore", "term"])
def test_after_max_lifetime_nothing_is_renewed(run: RunIn, world: World, aws: FakeAws, on_expiry: str) -> None:
    """--max-lifetime: the credentials end, and --on-expiry says what happens then: a line, nothing, TERM and 77."""
    asked = ("--max-lifetime", "2s", "--on-expiry", on_expiry)
    script = f"exec 2>/dev/null; trap 'exit 5' TERM; {WAITER}; exit 3"
    running = run.start("-i", "role", *asked, "--", "sh", "-c", script)
    key = key_in(directory(world, running))
    ends_at = aws.keys.find(key).expires_at  # type: ignore[union-attr]  # it is there: it was issued

    eventually(lambda: time.time() > (ends_at or 0) + 1.5, within_s=15)
    let_go(world)
    output = running.finish().expect_status(77 if on_expiry == "term" else 3)

    assert len(aws.calls("AssumeRole")) == 1
    lines = output.error_text.splitlines()
    assert lines[:1] == ([] if on_expiry == "ignore" else ['run: the credentials of "role" have ended'])
    assert len(lines) == (0 if on_expiry == "ignore" else 2)  # the second is test_post_mortem.py's


def test_quiet_says_nothing_of_an_end(run: RunIn, world: World) -> None:
    """-q: notices are not written."""
    running = run.start("-q", "-i", "role", "--max-lifetime", "1s", "--on-expiry", "term", "--", "sh", "-c", WAITER)

    running.finish(within_s=20).expect_status(77).expect_stderr("")


def test_kill_after_ends_what_term_does_not(run: RunIn, world: World) -> None:
    """--on-expiry term: TERM first, KILL after --kill-after, and the status is 77 all the same."""
    options = ("--max-lifetime", "1s", "--on-expiry", "term", "--kill-after", "1s")
    output = run("-i", "role", *options, "--", "sh", "-c", STUBBORN).expect_status(77)

    assert output.text.split() == ["ready", "TERM"]
    assert world.private_leftovers() == []


def test_timeout_ends_the_command_and_what_it_has_started(run: RunIn, world: World) -> None:
    """--timeout: TERM to the command and its descendants, status 124."""
    began = time.monotonic()
    below = "exec 2>/dev/null; trap 'echo TERM >below; exit' TERM; while :; do sleep 0.1; done"
    script = f'exec 2>/dev/null; sh -c "{below}" & wait'
    run("-i", "keys", "--timeout", "2s", "--", "sh", "-c", script).expect_status(124).expect_stderr("")

    assert 2 <= time.monotonic() - began < 10
    eventually(lambda: (world.cwd / "below").read_text() == "TERM\n" if (world.cwd / "below").exists() else False)


def test_timeout_and_kill_after(run: RunIn) -> None:
    """--timeout with --kill-after: a command that stays after TERM is killed, status 137."""
    output = run("-i", "keys", "--timeout", "1s", "--kill-after", "1s", "--", "sh", "-c", STUBBORN)

    output.expect_status(137).expect_stdout("ready\nTERM\n")


def test_a_command_that_ends_in_time_is_left_alone(run: RunIn) -> None:
    """--timeout changes nothing for a command that is faster."""
    run("-i", "keys", "--timeout", "30s", "--", "sh", "-c", "exit 6").expect_status(6)
    run("-i", "keys", "--timeout", "30s", "--", "sh", "-c", "kill -USR1 $$").expect_signal(signal.SIGUSR1)
