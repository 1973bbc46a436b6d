"""Before the command has started: who ends run then ends all that it has started, and nothing is left."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.processes import all_gone
from tests.harness.run import RunIn, Running
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
ENDINGS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]
OFFSETS = 30
ANCESTRY = "sleep 600 & echo $! >>pids; echo $$ >>pids; wait\n"


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, and `program`, which asks a program that does not answer."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
    aws.role(BASE)
    world.program("never", ANCESTRY)
    world.runner_toml('[identities.program]\nkind = "aws/credentials"\ncredential_process = "never"\n')


def nothing_is_left(world: World) -> None:
    """Wait until no process lives; there is no directory of a run and no half-written file."""
    all_gone(world)
    assert world.private_leftovers() == []
    assert [path for path in world.root.rglob("*.tmp") if path.is_file()] == []


def to_us(running: Running, signo: int) -> None:
    running.send(signo)


def to_the_group(running: Running, signo: int) -> None:
    running.send_to_group(signo)


@pytest.mark.parametrize("send", [to_us, to_the_group])
@pytest.mark.parametrize("signo", ENDINGS, ids=lambda signo: signo.name)
def test_while_aws_does_not_answer(
    run: RunIn, world: World, aws: FakeAws, send: Callable[[Running, int], None], signo: int
) -> None:
    """The call is given up at once, its lock is free."""
    aws.hang("AssumeRole")
    running = run.start("-i", "role", "--", "touch", "started")
    eventually(lambda: aws.calls("AssumeRole"))

    send(running, signo)
    output = running.finish(within_s=10).expect_signal(signo)
    nothing_is_left(world)
    aws.heal()

    assert output.error_text == ""
    assert not (world.cwd / "started").exists()
    run("-i", "role", "--", "true").expect_status(0).expect_stderr("")


@pytest.mark.parametrize("send", [to_us, to_the_group])
@pytest.mark.parametrize("signo", ENDINGS, ids=lambda signo: signo.name)
def test_while_an_external_program_does_not_answer(
    run: RunIn, world: World, send: Callable[[Running, int], None], signo: int
) -> None:
    """It ends, and what it has started, in a session of their own where no terminal reaches them."""
    running = run.start("-i", "program", "--", "touch", "started")
    pids = world.cwd / "pids"
    eventually(lambda: pids.exists() and len(pids.read_text().split()) == 2)

    send(running, signo)
    output = running.finish(within_s=10).expect_signal(signo)
    nothing_is_left(world)

    assert output.error_text == ""
    assert not (world.cwd / "started").exists()
    assert not [pid for pid in pids.read_text().split() if is_running(int(pid))]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_caller_that_ignores_a_signal_is_not_ended_by_it(run: RunIn, world: World, aws: FakeAws) -> None:
    """nohup: HUP while AWS is slow changes nothing."""
    aws.delay("AssumeRole", 1)
    script = "trap '' HUP; exec run -i role -- sh -c 'exit 7'"
    running = run.start("-c", script, program=shutil.which("sh") or "/bin/sh")
    eventually(lambda: aws.calls("AssumeRole"))

    running.send_to_group(signal.SIGHUP)

    running.finish().expect_status(7).expect_stderr("")


@pytest.mark.parametrize("leased", [False, True], ids=["acquiring", "starting"])
@pytest.mark.timeout(300)
def test_an_interrupt_at_any_moment_leaves_nothing(run: RunIn, world: World, *, leased: bool) -> None:
    """^C between resolving and the command's first steps, at 30 random offsets: it dies of it, with all its family.

    Resolved is when the place for private files is there; with a lease, when the place for directories of runs is.
    """
    private = world.runtime / "runner"
    run("-i", "role", "--", "true").expect_status(0)
    marker = private / "runs" if leased else private
    takes_s = max(interrupted(run, world, marker, None) for _ in range(3))

    for offset_s in (random.uniform(0, takes_s * 1.2) for _ in range(OFFSETS)):
        interrupted(run, world, marker, offset_s)
        assert [path for path in private.rglob("*") if "runs/" in str(path) or path.suffix == ".tmp"] == [], offset_s


def interrupted(run: RunIn, world: World, marker: Path, after_s: float | None) -> float:
    """Start a run, and interrupt it after a time from the marker on, or once the command runs; return the time."""
    started = world.cwd / "started"
    started.unlink(missing_ok=True)
    shutil.rmtree(marker, ignore_errors=True)
    running = run.start("-i", "role", "--", "sh", "-c", "touch started; exec sleep 600")
    while not marker.exists():
        time.sleep(0)
    began = time.monotonic()
    if after_s is None:
        eventually(started.exists)
    else:
        time.sleep(after_s)
    took_s = time.monotonic() - began
    os.killpg(running.pid, signal.SIGINT)
    running.finish(within_s=15).expect_signal(signal.SIGINT).expect_stderr("")
    all_gone(world)
    return took_s
