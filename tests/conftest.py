"""Fixtures: a fake AWS, a world, and the installed commands in it."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.programs import RUN
from tests.harness.run import RunIn
from tests.harness.world import World

for signo in (signal.SIGHUP, signal.SIGQUIT):  # `nohup` and a shell's `&` ignore them, and children inherit that
    signal.signal(signo, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    """Give a fake AWS of this test's own; at the end, check that no secret of it was printed or logged."""
    with FakeAws() as fake:
        yield fake
        leaks = fake.leaks()
    assert not leaks, f"a secret stands in: {leaks}"


@pytest.fixture
def world(aws: FakeAws) -> Iterator[World]:
    """Give an empty home, with AWS being the fake."""
    made = World(Path(tempfile.mkdtemp(prefix="w-", dir="/tmp")).resolve(), aws)
    yield made
    made.close()


@pytest.fixture
def run(world: World) -> RunIn:
    """Run a command in the world: run("--identity", "dev", "--", PROBE, "exit", "7").expect_status(7)."""
    return RunIn(world)


@pytest.fixture
def fails(run: RunIn) -> Fails:
    """Expect a run to be refused: fails("-i", "x", slug="unknown-identity", status=78, contains=["runner.toml"])."""
    return Fails(run)


@pytest.fixture
def dev(world: World) -> AccessKey:
    """Give the world a profile `dev` with a long-term key that AWS knows."""
    key = world.aws.user("dev")
    world.aws_credentials(f"[dev]\n{key.ini()}")
    world.aws_config("[profile dev]\nregion = eu-west-1\n")
    return key


@pytest.fixture
def installed_prefix(world: World, dev: AccessKey) -> tuple[list[str], dict[str, str]]:
    """Give the words that stand before a command, and the environment to start them in."""
    return [RUN, "-i", "dev", "--"], world.environ
