"""Signals, stops and ends that come while a renewal is under way, or when it should have been."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, directory, helpers, key_in, let_go, next_key
from tests.harness.processes import all_gone
from tests.harness.programs import RUN
from tests.harness.run import RunIn, Running
from tests.harness.terminal import Probe, Terminal, signal_probe, state
from tests.harness.world import World

__all__ = ["signal_probe"]

BASE = "arn:aws:iam::222222222222:role/Base"


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, whose credentials last 8 s: they are renewed after 4."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
    aws.role(BASE, lifetime_s=8)


@pytest.fixture
def terminal(world: World) -> Iterator[Terminal]:
    """Give a terminal in which $RUN is `run -i role --`."""
    shell = Terminal({**world.environ, "RUN": f"{RUN} -i role --"})
    yield shell
    shell.close()


def renewing(aws: FakeAws) -> None:
    """Wait until AssumeRole is asked a second time."""
    eventually(lambda: len(aws.calls("AssumeRole")) >= 2, within_s=20, what="a renewal")


def only_directory(world: World) -> Path:
    """Return the private directory of the one run there is."""
    runs = world.runtime / "runner" / "runs"
    return eventually(lambda: [path for path in runs.glob("*-*") if (path / "owners").exists()])[0]


def test_an_interrupt_during_a_renewal(terminal: Terminal, probe: Probe, world: World, aws: FakeAws) -> None:
    """^C reaches the command once, and the renewal completes."""
    terminal.type(f"$RUN {' '.join(probe.words)}")
    _, run = probe.ready()
    folder = only_directory(world)
    first = key_in(folder)

    aws.delay("AssumeRole", 2)
    renewing(aws)
    terminal.press("c")
    probe.got("SIGINT")

    assert key_in(folder) == first
    assert helpers(run)
    next_key(folder, first, within_s=10)
    assert probe.counts_behind(run)["SIGINT"] == 1
    assert aws.calls("AssumeRole")[1].answered


def test_a_stop_of_run_past_the_end_of_its_credentials(run: RunIn, world: World, aws: FakeAws) -> None:
    """SIGSTOP, as a laptop's sleep: renewed within 5 s of SIGCONT."""
    aws.role(BASE, lifetime_s=20)
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3")
    folder = directory(world, running)
    first = key_in(folder)
    ends_at = aws.keys.find(first).expires_at  # type: ignore[union-attr]  # it is there: it was issued

    running.send(signal.SIGSTOP)
    eventually(lambda: time.time() > (ends_at or 0) + 1, within_s=30)
    assert key_in(folder) == first
    running.send(signal.SIGCONT)
    next_key(folder, first, within_s=5)
    let_go(world)

    running.finish().expect_status(3)


def ends_by_itself(running: Running, world: World) -> None:
    let_go(world)
    began = time.monotonic()
    running.finish(within_s=5).expect_status(3).expect_stderr("")
    assert time.monotonic() - began < 2.5


def test_a_command_that_ends_during_a_renewal(run: RunIn, world: World, aws: FakeAws) -> None:
    """Run does not wait for it; what was renewed is there for the next run, and the directory is not made again."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3")
    folder = directory(world, running)
    aws.delay("AssumeRole", 5)
    renewing(aws)
    [helper] = helpers(running.pid)

    ends_by_itself(running, world)
    assert helper.is_running()
    assert not folder.exists()
    eventually(lambda: aws.calls("AssumeRole")[1].answered, within_s=10)
    all_gone(world, within_s=10)

    assert world.private_leftovers() == []
    aws.role(BASE, lifetime_s=3600)
    run("-i", "role", "--", "true").expect_status(0)
    assert len(aws.calls("AssumeRole")) == 2


def test_a_notice_from_the_background(terminal: Terminal, world: World, aws: FakeAws) -> None:
    """Under `stty tostop` a writer in the background is stopped by the terminal: run is not, nor is its command."""
    terminal.type("stty tostop")
    terminal.prompt()
    terminal.type(f"cd {world.cwd}; $RUN sh -c '{WAITER}' &")
    terminal.prompt()
    folder = only_directory(world)
    run = int(folder.name.partition("-")[0])
    command = int(eventually(lambda: (folder / "owners").read_text().split()[2:])[0].partition("-")[0])

    aws.fail("AssumeRole", "AccessDenied", 403, times=FOREVER)
    terminal.sees("could not be renewed")

    assert "T" not in state(run) + state(command)
    let_go(world)
    terminal.type("wait; echo en''ded")
    terminal.sees("ended")
    eventually(lambda: not os.path.exists(f"/proc/{run}"))
