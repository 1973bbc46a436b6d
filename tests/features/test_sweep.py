"""What `kill -9` has left is removed by a later run, once run and its command are dead; what is somebody's stays."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.places.runs import pid_namespace, started_at
from tests.harness.aws import AccessKey
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, directory, let_go
from tests.harness.run import RunIn, Running
from tests.harness.terminal import state
from tests.harness.world import World


@pytest.fixture
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that lives."""
    with subprocess.Popen(["sleep", "100"]) as process:
        yield process
        process.kill()


@pytest.fixture
def next_run(run: RunIn, dev: AccessKey) -> RunIn:
    """Give the commands of a world in which a run has been before."""
    run("-i", "dev", "--", "true").expect_status(0)
    return run


def owners_of(folder: Path) -> list[str]:
    return (folder / "owners").read_text().split()


def commands_pid(folder: Path) -> int:
    """Return the number of the command whose run has this directory, once it is noted."""
    return int(eventually(lambda: owners_of(folder)[2:])[0].partition("-")[0])


def kill(running: Running) -> None:
    """Kill run alone, and do not ask how it ended: it is a zombie."""
    os.kill(running.pid, signal.SIGKILL)
    eventually(lambda: state(running.pid) == "Z")


def test_both_dead_and_unreaped(next_run: RunIn, world: World) -> None:
    """Run and its command were killed, and run's parent has not noticed: a zombie keeps no secrets."""
    running = next_run.start("-i", "dev", "--", "sleep", "100")
    folder = directory(world, running)
    command = commands_pid(folder)

    kill(running)
    os.kill(command, signal.SIGKILL)
    eventually(lambda: state(command) in ("", "Z"))
    next_run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")

    assert not folder.exists()


def test_not_while_the_command_lives(next_run: RunIn, world: World) -> None:
    """Nor while run does."""
    killed = next_run.start("-i", "dev", "--", "sh", "-c", WAITER)
    living = next_run.start("-i", "dev", "--", "sh", "-c", WAITER)
    folders = [directory(world, running) for running in (killed, living)]
    command = commands_pid(folders[0])

    kill(killed)
    next_run("-i", "dev", "--", "true").expect_status(0)
    assert [folder.exists() for folder in folders] == [True, True]

    let_go(world)
    living.finish().expect_status(0)
    eventually(lambda: state(command) in ("", "Z"))
    next_run("-i", "dev", "--", "true").expect_status(0)
    assert [folder.exists() for folder in folders] == [False, False]


def test_a_process_id_that_was_given_again(next_run: RunIn, world: World, sleeping: subprocess.Popen[bytes]) -> None:
    """Whoever has the number now was started at another time: the directory is nobody's."""
    runs = world.runtime / "runner" / "runs"
    old = runs / f"{sleeping.pid}-1"
    old.mkdir(mode=0o700)
    (old / "owners").write_text(f"{pid_namespace()}\n{old.name}\n{sleeping.pid}-2\n")
    same = runs / f"{sleeping.pid}-{started_at(sleeping.pid)}"
    same.mkdir(mode=0o700)

    next_run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")

    assert list(runs.iterdir()) == [same]


def test_another_pid_namespace_is_left_alone(next_run: RunIn, world: World) -> None:
    """A container that shares the place: its process ids mean nothing here, be they free or taken."""
    runs = world.runtime / "runner" / "runs"
    theirs = [runs / f"{pid}-1{end}" for pid in (999999999, os.getpid()) for end in ("", ".4026531835")]
    for folder in theirs:
        folder.mkdir(mode=0o700)
        (folder / "owners").write_text(f"4026531835\n{folder.name}\n")

    next_run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")

    assert sorted(runs.iterdir()) == sorted(theirs)


def test_a_run_in_another_pid_namespace_lives_on(next_run: RunIn, world: World) -> None:
    """A real one: here its number 1 is somebody else, and its directory is still there when it asks for it."""
    words = ["--pid", "--fork", "--mount-proc"]
    if subprocess.run(["unshare", *words, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("pid namespaces need root")
    script = f'touch "$RUN_DIR/mine"; touch up; {WAITER}; test -e "$RUN_DIR/mine"'
    inside = next_run.start(*words, "run", "-i", "dev", "--", "sh", "-c", script, program="/usr/bin/unshare")
    eventually((world.cwd / "up").exists)

    next_run("-i", "dev", "--", "true").expect_status(0)
    let_go(world)

    inside.finish().expect_status(0).expect_stderr("")
    assert world.private_leftovers() == []


def test_directories_and_files_that_were_not_finished(
    next_run: RunIn, world: World, sleeping: subprocess.Popen[bytes]
) -> None:
    """Of a dead process they are removed, with and without owners in them; of one that lives they stay."""
    private = world.runtime / "runner"
    dead = 999999999
    living = private / "runs" / f"{sleeping.pid}-{started_at(sleeping.pid)}.{pid_namespace()}"
    for folder in (private / "runs" / f"{dead}-5.{pid_namespace()}", private / "runs" / f"{dead}-6", living):
        folder.mkdir(mode=0o700)
        (folder / "credentials").touch(mode=0o600)
    noted = private / "runs" / f"{dead}-7.{pid_namespace()}"
    noted.mkdir(mode=0o700)
    (noted / "owners").write_text(f"{pid_namespace()}\n{sleeping.pid}-{started_at(sleeping.pid)}\n")
    for place, name in (("leases", "some-lease"), ("locks", "some-lock.pid")):
        for pid in (dead, sleeping.pid):
            (private / place).mkdir(exist_ok=True, mode=0o700)
            (private / place / f"{name}.{pid}.tmp").touch(mode=0o600)

    next_run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")

    assert list((private / "runs").iterdir()) == [living]
    assert sorted(path.name for path in private.rglob("*.tmp")) == [
        f"some-lease.{sleeping.pid}.tmp",
        f"some-lock.pid.{sleeping.pid}.tmp",
    ]


def test_without_proc_a_run_works_and_removes_nothing(next_run: RunIn, world: World) -> None:
    """A chroot without /proc: who lives cannot be told, so everybody may."""
    hidden = "mount -t tmpfs none /proc"
    words = ["--mount", "sh", "-c"]
    if subprocess.run(["unshare", *words, hidden], capture_output=True, check=False).returncode != 0:
        pytest.skip("mount namespaces need root")
    private = world.runtime / "runner"
    left = [private / "runs" / "999999999-5", private / "runs" / "999999999-6."]
    for folder in left:
        folder.mkdir(mode=0o700)
        (folder / "owners").write_text("\n999999999-5\n")

    again = next_run(*words, f"{hidden}; exec run -i dev -- sh -c 'exit 7'", program="/usr/bin/unshare")

    again.expect_status(7).expect_stderr("")
    assert sorted((private / "runs").iterdir()) == left
