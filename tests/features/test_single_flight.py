"""Many runs at once ask AWS once; and what happens to those who wait when the one who asks does not end."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.harness import lease_files
from tests.harness.aws import FOREVER, FakeAws
from tests.harness.eventually import eventually
from tests.harness.run import RunIn, Running
from tests.harness.world import World

MANY_S = 100  # so many cold starts on two cores, with another test beside
ROLE = ("-i", "role", "--", "true")
SESSION = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"


@pytest.fixture
def crowd(world: World, run: RunIn) -> World:
    """Give the world a role that nobody has assumed yet."""
    lease_files.with_role(world)
    return world


def locks(world: World) -> dict[str, os.stat_result]:
    """Return the lock files that there are, without the notes beside them."""
    folder = world.runtime / "runner" / "locks"
    return {each.name: each.lstat() for each in folder.iterdir() if not each.suffix} if folder.is_dir() else {}


def asking(running: Running, aws: FakeAws, calls: int = 1) -> int:
    """Wait until a run's forked process is in a call; return that process's id."""
    eventually(lambda: len(aws.calls("AssumeRole")) >= calls, within_s=20, what="a call of AssumeRole")
    [child] = psutil.Process(running.pid).children()
    return child.pid


@pytest.mark.timeout(200)
def test_thirty_cold_runs_assume_the_role_once(crowd: World, run: RunIn, aws: FakeAws) -> None:
    """One makes the call, the others take its lease; all start."""
    runs = [run.start(*ROLE) for _ in range(30)]

    for each in runs:
        each.finish(within_s=MANY_S).expect_status(0)

    assert [call.operation for call in aws.calls()] == ["AssumeRole"]
    assert crowd.private_leftovers() == []


@pytest.mark.timeout(200)
def test_thirty_runs_are_refused_by_few_calls(crowd: World, run: RunIn, aws: FakeAws) -> None:
    """Whoever waited for a call that was refused is told what it was told."""
    aws.fail("AssumeRole", "AccessDenied", 403, times=FOREVER, message="User: dev is not authorized")
    aws.delay("AssumeRole", 5)  # until all of them wait
    runs = [run.start(*ROLE) for _ in range(30)]

    ended = [each.finish(within_s=MANY_S) for each in runs]

    assert len(aws.calls("AssumeRole")) <= 3
    failures = {"\n".join(output.error_text.splitlines()[-4:]) for output in ended}
    assert len(failures) == 1, failures
    for output in ended:
        output.expect_failure("role-not-assumable", 77, identity="role", preceded=True)
        assert not output.stdout


@pytest.mark.usefixtures("crowd")
def test_a_refusal_is_not_kept_for_who_comes_later(run: RunIn, aws: FakeAws) -> None:
    """A run that starts when the other has failed asks for itself."""
    aws.fail("AssumeRole", "AccessDenied", 403)

    run(*ROLE).expect_failure("role-not-assumable", 77)

    run(*ROLE).expect_status(0)


@pytest.mark.timeout(200)
def test_twenty_runs_spend_one_refresh_token(run: RunIn, world: World, aws: FakeAws) -> None:
    """Five permission sets of one session whose token is about to end: one CreateToken, and what it gave is on disk."""
    names = [f"set{number}" for number in range(5)]
    world.aws_config(
        SESSION
        + "".join(
            f"[profile {name}]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = {name}\n"
            for name in names
        )
    )
    for name in names:
        aws.permission_set("222222222222", name)
    token = aws.sso_token(lifetime_s=10 * 60)
    file = world.sso_login(token)

    runs = [run.start("-i", name, "--", "true") for name in names * 4]
    for each in runs:
        each.finish(within_s=MANY_S).expect_status(0)

    assert len(aws.calls("CreateToken")) == 1
    assert len(aws.calls("GetRoleCredentials")) == len(names)
    written = json.loads(file.read_bytes())
    assert written["refreshToken"] != token.refresh_token
    assert written["accessToken"] != token.access_token
    assert aws.oidc.live(written["accessToken"])
    assert written["startUrl"] == "https://corp.awsapps.com/start"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_killed_holder_lets_the_next_one_on(crowd: World, run: RunIn, aws: FakeAws) -> None:
    """kill -9 of the process that asks: its run ends, the one that waits asks in its place."""
    aws.hang("AssumeRole", times=1)
    first = run.start(*ROLE)
    holder = asking(first, aws)
    second = run.start(*ROLE)
    eventually(lambda: "waiting for pid" in second.stderr_so_far())

    os.kill(holder, signal.SIGKILL)

    second.finish().expect_status(0).expect_stderr(
        f'run: waiting for pid {holder}, which is acquiring the same credentials for "role"\n'
    )
    assert first.finish().status != 0
    assert len(aws.calls("AssumeRole")) == 2


def test_a_killed_run_leaves_its_lock_to_the_next_one(crowd: World, run: RunIn, aws: FakeAws) -> None:
    """kill -9 of the run and of what it had started."""
    aws.hang("AssumeRole", times=1)
    first = run.start(*ROLE)
    asking(first, aws)

    first.send_to_group(signal.SIGKILL)
    first.finish().expect_signal(signal.SIGKILL)

    run(*ROLE).expect_status(0).expect_stderr("")


@pytest.mark.timeout(200)
def test_a_stopped_holder_is_named(crowd: World, run: RunIn, aws: FakeAws) -> None:
    """After 3 s the one that waits says for whom; after a minute it gives up, naming the process to look at."""
    aws.hang("AssumeRole", times=1)
    first = run.start(*ROLE)
    holder = asking(first, aws)
    os.kill(holder, signal.SIGSTOP)

    since = time.monotonic()
    second = run.start(*ROLE)
    eventually(lambda: f"waiting for pid {holder}" in second.stderr_so_far())
    said_after_s = time.monotonic() - since
    ended = second.finish(within_s=90)
    ended_after_s = time.monotonic() - since

    parts = [f"pid {holder}", f"ps -fp {holder}"]
    ended.expect_failure("lock-timeout", 75, contains=parts, identity="role", preceded=True)
    assert 3 <= said_after_s < 8
    assert 60 <= ended_after_s < 70
    assert len(aws.calls("AssumeRole")) == 1
    first.stop()
    run(*ROLE).expect_status(0)


def test_lock_files_are_ours_alone_and_stay(crowd: World, run: RunIn) -> None:
    """0600 with any umask, and never another file of the same name: that would be another lock."""
    run("-c", f"umask 0; exec run {' '.join(ROLE)}", program=Path("/bin/sh")).expect_status(0)
    before = locks(crowd)
    assert [(status.st_mode & 0o7777, status.st_nlink) for status in before.values()] == [(0o600, 1)]

    lease_files.path(crowd).unlink()
    run(*ROLE).expect_status(0)

    assert {name: each.st_ino for name, each in locks(crowd).items()} == {
        name: each.st_ino for name, each in before.items()
    }


@pytest.mark.parametrize("place", ["lock", "lock.pid"])
@pytest.mark.parametrize("obstacle", ["symlink", "dangling", "fifo", "folder"])
def test_an_obstacle_in_a_locks_place_holds_nobody_up(
    crowd: World, run: RunIn, aws: FakeAws, obstacle: str, place: str
) -> None:
    """A run is refused or goes on, soon; what a link leads to is neither written nor made."""
    run(*ROLE).expect_status(0)
    [name] = locks(crowd)
    lock = crowd.runtime / "runner" / "locks" / place.replace("lock", name)
    target = crowd.root / "target"
    lease_files.path(crowd).unlink()
    lock.unlink()
    if obstacle == "symlink":
        target.write_text("precious")
    if obstacle in ("symlink", "dangling"):
        lock.symlink_to(target)
    elif obstacle == "fifo":
        os.mkfifo(lock, 0o600)
    else:
        lock.mkdir(0o700)

    ended = run.start(*ROLE).finish(within_s=10)

    if ended.status != 0:
        ended.expect_failure("state-directory-unsafe", 78, contains=[str(lock)])
    if obstacle == "symlink" and place == "lock":
        assert ended.status == 78
    assert (target.read_text() if target.exists() else "") == ("precious" if obstacle == "symlink" else "")
    assert crowd.private_leftovers() == []
