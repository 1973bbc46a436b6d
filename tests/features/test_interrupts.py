"""^C at any moment of a cold start, and what a user's interpreter settings make of it: never a traceback, no debris."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.processes import all_gone
from tests.harness.run import RunIn, Running
from tests.harness.sso_profiles import with_sso
from tests.harness.world import World

STEPS = 60
STEP_S = 0.01
AT_ONCE = 3
NEVER = float("inf")
# What people set who debug Python; none of it may make run speak of itself.
TALKATIVE = {
    "PYTHONFAULTHANDLER": "1",
    "PYTHONTRACEMALLOC": "5",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONUNBUFFERED": "1",
}


def debris(world: World) -> list[str]:
    """Return what no living run should have left: directories of runs, half-written files."""
    private = world.runtime / "runner"
    half = [path for path in world.root.rglob("*.tmp") if path.is_file()]
    return [str(path) for path in (*private.glob("runs/*"), *half)]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("group", [False, True], ids=["run", "group"])
def test_an_interrupt_at_sixty_moments(run: RunIn, world: World, aws: FakeAws, *, group: bool) -> None:
    """0, 10 ... 590 ms after our first line, to run alone or from a terminal to all: it dies of it, silently and whole.

    Before that line the interpreter itself is starting. A lock that was held is free: the last run starts at once.
    """
    with_sso(world)
    options = {**TALKATIVE, "RUN_CACHE": "none"}
    for first in range(0, STEPS, AT_ONCE):
        names = [("role", "over", "set")[step % 3] for step in range(first, first + AT_ONCE)]
        running = [run.start("-i", name, "--", "sleep", "600", env=options) for name in names]
        interrupt(running, [step * STEP_S for step in range(first, first + AT_ONCE)], group=group)
        for step, each in enumerate(running, first):
            output = each.finish(within_s=20)
            assert (output.status, output.error_text) == (-signal.SIGINT, ""), step
    all_gone(world)

    assert debris(world) == []
    run("-i", "role", "--", "true").expect_status(0).expect_stderr("")


def interrupt(running: list[Running], after_s: list[float], *, group: bool) -> None:
    """Interrupt each at its time after its first line."""
    began_at: dict[int, float] = {}
    started: set[int] = set()
    waiting = dict(zip((each.pid for each in running), after_s, strict=True))
    while waiting:
        for pid, offset_s in tuple(waiting.items()):
            if pid not in began_at and has_begun(pid, started):
                began_at[pid] = time.monotonic()
            if time.monotonic() - began_at.get(pid, NEVER) >= offset_s:
                os.killpg(pid, signal.SIGINT) if group else os.kill(pid, signal.SIGINT)
                del waiting[pid]
        time.sleep(0.0005)


def has_begun(pid: int, started: set[int]) -> bool:
    """Tell by its signals: the interpreter catches INT, then run's first line takes that back; later TERM is caught.

    `started` are the interpreters that have been seen to catch it.
    """
    status = dict(line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    caught = int(status["SigCgt"], 16)
    by_python, by_us = (bool(caught & 1 << (signo - 1)) for signo in (signal.SIGINT, signal.SIGTERM))
    if by_python:
        started.add(pid)
    return by_us or (pid in started and not by_python)


@pytest.mark.parametrize("name", ["SIGQUIT", "SIGABRT", "SIGTRAP"])
def test_a_signal_that_dumps_core_dumps_nothing_of_ours(run: RunIn, world: World, aws: FakeAws, name: str) -> None:
    """With unlimited cores, while AWS is asked: no process that has keys in its memory leaves it in a file.

    The resident one, which has none yet, does as the signal says, but for QUIT, which people type.
    """
    lease_files.with_role(world)
    aws.hang("AssumeRole")
    script = f"cd {world.tmp} && ulimit -c unlimited && exec run -i role -- true"
    running = run.start("-c", script, program="/bin/sh", env={"PYTHONFAULTHANDLER": None})
    eventually(lambda: aws.calls("AssumeRole"))

    running.send_to_group(getattr(signal, name))
    running.finish(within_s=15).expect_signal(getattr(signal, name)).expect_stderr("")
    all_gone(world)

    cores = [path for path in world.tmp.iterdir() if path.name.startswith("core")]
    assert lease_files.holding(world.tmp, aws.canaries()) == []
    assert len(cores) <= (name != "SIGQUIT")


def test_interpreter_settings_change_nothing(run: RunIn, world: World, aws: FakeAws) -> None:
    """Warnings as errors, development mode, tracing of memory: a run starts and says nothing."""
    lease_files.with_role(world)

    for env in (TALKATIVE, {"PYTHONDEVMODE": "1"}, {"PYTHONWARNINGS": "always"}, {"PYTHONOPTIMIZE": "2"}):
        lease_files.path(world).unlink() if lease_files.paths(world) else None
        run("-i", "role", "--", "true", env=env).expect_status(0).expect_stderr("")
