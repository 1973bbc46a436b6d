"""Nothing hangs where nobody may be asked: without a terminal, with CI set, with --no-input."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pexpect
import psutil
import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.mfa import SERIAL, with_mfa
from tests.harness.programs import RUN
from tests.harness.run import RunIn
from tests.harness.world import World

Ended = tuple[int, str]  # the status and what was said
Start = Callable[[str], list[Callable[[], Ended]]]
SITUATIONS = 3


@pytest.fixture
def start(run: RunIn, world: World) -> Iterator[Start]:
    """Start a run for an identity in each situation; what it returns waits for the ends."""
    terminals = []

    def on_a_terminal(*words: str, **variables: str) -> Callable[[], Ended]:
        environ = {**world.environ, **variables}
        terminal = pexpect.spawn(RUN, [*words], env=environ, cwd=str(world.cwd), timeout=90, encoding="utf-8")
        terminals.append(terminal)

        def ended() -> Ended:
            terminal.expect(pexpect.EOF)
            terminal.close()
            return terminal.exitstatus, str(terminal.before)

        return ended

    def everywhere(identity: str) -> list[Callable[[], Ended]]:
        alone = run.start("-i", identity, "--", "true")

        def ended() -> Ended:
            output = alone.finish(within_s=90)
            return output.status, output.error_text

        return [
            ended,
            on_a_terminal("-i", identity, "--", "true", CI="1"),
            on_a_terminal("--no-input", "-i", identity, "--", "true"),
        ]

    yield everywhere
    for terminal in terminals:
        terminal.close(force=True)


def test_an_mfa_code(start: Start, world: World) -> None:
    """It is said at once that one is needed, and how to give it."""
    with_mfa(world)

    ended = [each() for each in start("role")]

    assert [status for status, _ in ended] == [77] * SITUATIONS
    for (_, said), slug in zip(ended, ("no-tty", "mfa-required", "mfa-required"), strict=True):
        assert f"[{slug}]" in said
        assert SERIAL in said
        assert "RUN_MFA_CODE=123456 run --identity role" in said


def test_a_program_that_asks(start: Start, world: World) -> None:
    """It finds nothing to read, neither on its input nor on a terminal, and is told not to ask."""
    world.program("helper", 'read x; read x </dev/tty; echo "asked nobody: $RUN_NO_INPUT" >&2; exit 5')
    world.aws_config("[profile asks]\ncredential_process = helper\n")

    ended = [each() for each in start("asks")]

    assert [status for status, _ in ended] == [77] * SITUATIONS
    for _, said in ended:
        assert "[credential-process-failed]" in said
        assert "asked nobody: 1" in said


@pytest.mark.timeout(200)
def test_a_lock_that_another_run_holds(start: Start, run: RunIn, world: World, aws: FakeAws) -> None:
    """They wait for a minute, and name the process and its identity."""
    lease_files.with_role(world)
    aws.hang("AssumeRole", times=1)
    first = run.start("-i", "role", "--", "true")
    eventually(lambda: aws.calls("AssumeRole"), within_s=30, what="a call of AssumeRole")
    [holder] = psutil.Process(first.pid).children()
    os.kill(holder.pid, signal.SIGSTOP)

    ended = [each() for each in start("role")]

    assert [status for status, _ in ended] == [75] * SITUATIONS
    for _, said in ended:
        assert f'waiting for pid {holder.pid}, which is acquiring the same credentials for "role"' in said
        assert "[lock-timeout]" in said
        assert f"ps -fp {holder.pid}" in said
    assert len(aws.calls("AssumeRole")) == 1
