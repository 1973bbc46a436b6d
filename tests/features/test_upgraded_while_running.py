"""run is removed or upgraded while a command runs: said once, no traceback, and the command ends as it would have."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.installation import built, system_python, unpack
from tests.harness.private import WAITER, directory, key_in, let_go, next_key, said, unended
from tests.harness.run import RunIn, Running
from tests.harness.world import World

LOADED_S = 1.0
BASE = "arn:aws:iam::222222222222:role/Base"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return system_python(tmp_path_factory.mktemp("system"))


@pytest.fixture
def installed(world: World, aws: FakeAws, wheel: Path) -> Path:
    """Give a world with a profile `role`, whose credentials last 8 s, and an installation; return its package."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
    aws.role(BASE, lifetime_s=8)
    return unpack(wheel, world.root / "unpacked") / "runner"


def start(run: RunIn, python: Path, package: Path, *words: str) -> Running:
    environ = {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return run.start("-m", "runner", "run", "-i", "role", *words, program=python, env=environ)


def under_way(world: World, running: Running) -> Path:
    """Wait until a run has loaded what it keeps for a long command, soon after the start; return its directory."""
    folder = directory(world, running)
    began = time.monotonic()
    eventually(lambda: time.monotonic() - began > LOADED_S)
    return folder


def without_package(package: Path) -> None:
    package.rename(package.with_name("gone"))


def without_a_module(package: Path) -> None:
    (package / "cold.py").rename(package.parent / "gone")


def of_another_version(package: Path) -> None:
    init = package / "__init__.py"
    init.write_text(re.sub(r'__version__ = ".*"', '__version__ = "99.0"', init.read_text()))


def with_another_helper(package: Path) -> None:
    cold = package / "cold.py"
    cold.write_text(cold.read_text().replace("def serve(plan: str,", "def serve(one: int, two: int, plan: str,"))


def half_written(package: Path) -> None:
    (package / "acquire" / "__init__.py").write_text("def acquire(\n")


@pytest.mark.parametrize(
    "change", [without_package, without_a_module, of_another_version, with_another_helper, half_written]
)
def test_renewal_says_so_once(run: RunIn, world: World, installed: Path, python: Path, change: object) -> None:
    """The command keeps its credentials and its status; no word of Python reaches stderr."""
    assert callable(change)
    running = start(run, python, installed, "--", "sh", "-c", f"{WAITER}; exit 3")
    first = key_in(seen := under_way(world, running))

    change(installed)
    eventually(lambda: "have ended" in running.stderr_so_far(), within_s=30)
    assert key_in(seen) == first
    let_go(world)

    output = running.finish().expect_status(3)
    failed, *ended = output.error_text.splitlines()
    assert failed.startswith('run: "role" could not be renewed: ')
    assert "try: " in failed
    assert ended[0] == 'run: the credentials of "role" have ended'
    assert unended("\n".join(ended)) == []
    assert world.private_leftovers() == []


def test_renewal_goes_on_when_it_is_back(run: RunIn, world: World, installed: Path, python: Path) -> None:
    """As a package manager does it: removed, a while nothing, then there again."""
    running = start(run, python, installed, "--", "sh", "-c", f"{WAITER}; exit 3")
    first = key_in(seen := under_way(world, running))

    without_package(installed)
    said(running, "[renewal-failed]", within_s=30)
    installed.with_name("gone").rename(installed)
    next_key(seen, first, within_s=30)
    let_go(world)

    lines = unended(running.finish().expect_status(3).error_text)
    assert len(lines) == 2
    assert "has been renewed" in lines[1]


@pytest.mark.parametrize(
    ("options", "status"),
    [(("--timeout", "3s"), 124), (("--timeout", "3s", "--kill-after", "1s"), 124), (("--on-expiry", "term"), 77)],
    ids=["timeout", "kill-after", "on-expiry"],
)
def test_ends_that_were_asked_for_still_come(
    run: RunIn, world: World, installed: Path, python: Path, options: tuple[str, ...], status: int
) -> None:
    """--timeout and --on-expiry end the command, though what finds its descendants is gone."""
    running = start(run, python, installed, *options, "--", "sh", "-c", "exec sleep 60")
    under_way(world, running)

    without_package(installed)
    output = running.finish().expect_status(status)

    assert "Traceback" not in output.error_text
    assert "an error of run itself" not in output.error_text
    assert world.private_leftovers() == []
