"""The private directory of a living run: made again when it vanishes, never left by a link, kept while it is needed."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, directory, key_in, let_go, said, unended
from tests.harness.run import RunIn, Running
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
ASK = "aws sts get-caller-identity --region eu-west-1 >/dev/null"


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, whose credentials last 16 s."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    aws.role(BASE, lifetime_s=16)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return mode and bytes of the files in a directory, less what a renewal replaces."""
    found = {path.name: (path.stat().st_mode, path.read_bytes()) for path in folder.iterdir()}
    return {**found, "credentials.json": (found["credentials.json"][0], b"")}


@pytest.mark.parametrize("what", ["runs", "directory", "config", "credentials.json"])
def test_what_vanishes_is_made_again(run: RunIn, world: World, what: str) -> None:
    """A directory or a file removed in mid-run is back with the next thing that happens; a new `aws` works."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; {ASK}")
    folder = directory(world, running)
    before = contents(folder)

    removed = {"runs": folder.parent, "directory": folder}.get(what, folder / what)
    if removed.is_dir():
        shutil.rmtree(removed)
    else:
        removed.unlink()
    eventually(lambda: (folder / what).exists() if removed.parent == folder else folder.exists(), within_s=35)
    eventually(lambda: contents(folder) == before)
    let_go(world)

    assert folder.stat().st_mode & 0o777 == 0o700
    running.finish().expect_status(0).expect_stderr("")


def test_a_link_in_its_place_is_not_followed(run: RunIn, world: World, aws: FakeAws) -> None:
    """Replaced by a symbolic link, the directory is refused: nothing is written or removed through it; said once."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 9")
    folder = directory(world, running)
    outside = world.home / "outside"
    shutil.copytree(folder, outside)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}

    shutil.rmtree(folder)
    folder.symlink_to(outside)
    said(running, "[state-directory-unsafe]", within_s=35)
    said(running, "have ended", within_s=30)
    let_go(world)

    lines = running.finish().expect_status(9).error_text.splitlines()
    assert sum("[state-directory-unsafe]" in line for line in unended("\n".join(lines))) == 1
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before
    run("-i", "role", "--", "true").expect_status(0)
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


def test_linger_leaves_the_files_until_the_credentials_end(run: RunIn, world: World, aws: FakeAws) -> None:
    """What a command has left in the background still acts as the identity; a run after the end sweeps."""
    aws.role(BASE, lifetime_s=12)
    background = f"({WAITER}; {ASK} && touch worked) >/dev/null 2>&1 &"
    run("-i", "role", "--linger", "--", "sh", "-c", background).expect_status(0).expect_stderr("")
    [folder] = (world.runtime / "runner" / "runs").iterdir()

    run("-i", "keys", "--", "true").expect_status(0)
    let_go(world)
    eventually((world.cwd / "worked").exists)
    ends_at = int((folder / "linger").read_text())
    assert key_in(folder)
    eventually(lambda: time.time() > ends_at, within_s=15)
    run("-i", "keys", "--", "true").expect_status(0)

    assert world.private_leftovers() == []


def killed(running: Running) -> None:
    os.kill(running.pid, signal.SIGKILL)
    running.finish().expect_signal(signal.SIGKILL)


def test_a_killed_run_leaves_its_files_to_its_child(run: RunIn, world: World) -> None:
    """kill -9 of run: the child goes on and keeps its directory; the run after its end sweeps it."""
    script = f"{WAITER}; {ASK} && touch worked; until [ -e end ]; do sleep 0.05; done"
    running = run.start("-i", "keys", "--", "sh", "-c", script)
    folder = directory(world, running)
    owner = int((folder / "owners").read_text().split()[2].partition("-")[0])

    killed(running)
    run("-i", "keys", "--", "true").expect_status(0)
    assert folder.exists()
    let_go(world)
    eventually((world.cwd / "worked").exists)
    (world.cwd / "end").touch()
    eventually(lambda: not Path(f"/proc/{owner}").exists())
    run("-i", "keys", "--", "true").expect_status(0)

    assert world.private_leftovers() == []
