"""No space, a limit on the size of files, a read-only file system: said so, nothing lost, and tried again."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.output import Output
from tests.harness.run import RunIn, Running
from tests.harness.world import World

UNSHARE = Path("/usr/bin/unshare")
KIBI = 1024


def can_mount() -> bool:
    """Tell whether we may have a mount table of our own: root may, outside of most containers."""
    words = [str(UNSHARE), "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return UNSHARE.exists() and subprocess.run(words, capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not can_mount(), reason="a mount table of its own needs root: unshare -m")


@pytest.fixture
def role(world: World) -> World:
    """Give the world a role to assume."""
    lease_files.with_role(world)
    return world


def start(run: RunIn, options: str, script: str) -> Running:
    """Start a script whose XDG_RUNTIME_DIR is a tmpfs with these options, and whose /dev/shm is nobody else's."""
    mount = f'mount -t tmpfs -o mode=0700,{options} none "$XDG_RUNTIME_DIR" && mount -t tmpfs none /dev/shm || exit 99'
    return run.start("-m", "sh", "-c", f"{mount}\n{script}", program=UNSHARE)


def on(run: RunIn, options: str, script: str) -> Output:
    return start(run, options, script).finish(within_s=60)


def check_refused_or_started(output: Output, marker: Path) -> bool:
    """Tell whether the command was started; if not, it is for want of space, and nothing half-written is left."""
    if output.status == 0:
        assert marker.exists()
        return True
    output.expect_status(75).expect_in_stderr("[disk-full]", "df -h ")
    assert "Traceback" not in output.error_text
    assert not marker.exists()
    left = output.text.split()
    assert not [name for name in left if name.endswith(".tmp") or "/runs/" in name], left
    return False


@mounts
@pytest.mark.parametrize("limit", ["nr_inodes", "size"])
def test_no_space_at_any_write_is_said(run: RunIn, role: World, limit: str) -> None:
    """One file more, one page more, until it suffices: the command starts or is refused, and never in between."""
    values = range(2, 17) if limit == "nr_inodes" else range(4 * KIBI, 40 * KIBI, 4 * KIBI)
    markers = [role.cwd / f"started-{value}" for value in values]
    each = 'run -i role -- touch {}; status=$?; find "$XDG_RUNTIME_DIR/runner"; exit $status'
    started = []

    for value, marker in zip(values, markers, strict=True):
        output = on(run, f"{limit}={value}", each.format(marker))
        started.append(check_refused_or_started(output, marker))

    assert started == sorted(started)  # refused, refused, ... started
    assert started.count(False) >= 4
    assert started[-1]


@mounts
def test_a_full_disk_takes_no_lease_away(run: RunIn, role: World, aws: FakeAws) -> None:
    """The run is refused; with room again the lease is there, and AWS is not asked."""
    script = f"""
        run -i role -- true || exit 98
        head -c 1000000 /dev/zero >"$XDG_RUNTIME_DIR/fill" 2>/dev/null
        run -i role -- touch {role.cwd}/started; status=$?
        rm "$XDG_RUNTIME_DIR/fill"
        run -i role -- true || exit 97
        exit $status"""

    output = on(run, "size=64k", script)

    output.expect_failure("disk-full", 75, contains=[str(role.runtime)])
    assert not (role.cwd / "started").exists()
    assert len(aws.calls()) == 1


@mounts
def test_a_read_only_place_is_passed_over(run: RunIn, role: World, aws: FakeAws) -> None:
    """Another place that is ours will do."""
    script = 'mount -o remount,ro "$XDG_RUNTIME_DIR"; exec run -i role -- printenv RUN_DIR'

    output = on(run, "size=64k", script).expect_status(0).expect_stderr("")

    assert output.text.startswith(f"/dev/shm/runner-{os.geteuid()}/runs/")


@mounts
def test_read_only_everywhere_is_refused_and_loses_nothing(run: RunIn, role: World, aws: FakeAws) -> None:
    """All places are named with what is wrong; the lease is there when it can be written again."""
    script = f"""
        run -i role -- true || exit 98
        mkdir -p -m 0700 /tmp/runner-$(id -u)
        for place in /dev/shm "$TMPDIR" /tmp/runner-$(id -u); do mount -t tmpfs -o ro none "$place" || exit 97; done
        mount -o remount,ro "$XDG_RUNTIME_DIR"
        run -i role -- touch {role.cwd}/started; status=$?
        mount -o remount,rw "$XDG_RUNTIME_DIR"
        run -i role -- true || exit 96
        exit $status"""

    output = on(run, "size=64k", script)

    places = [f"{role.runtime}/runner: not writable", "/dev/shm", str(role.tmp)]
    output.expect_failure("state-directory-unsafe", 78, contains=places)
    assert not (role.cwd / "started").exists()
    assert len(aws.calls()) == 1


@pytest.mark.parametrize("limit", [0, 3, 30, 205, 300, 1000, 4000])
@pytest.mark.parametrize("leased", [False, True], ids=["cold", "warm"])
def test_a_limit_on_the_size_of_files_is_said(
    run: RunIn, role: World, aws: FakeAws, limit: int, *, leased: bool
) -> None:
    """RLIMIT_FSIZE: nobody dies of SIGXFSZ, nothing of a file that did not fit is left, a lease is as it was."""
    if leased:
        run("-i", "role", "--", "true").expect_status(0)
    before = [path.read_bytes() for path in lease_files.paths(role)]
    marker = role.cwd / "started"
    # Through a pipe: what the run says is limited too where it goes to a file.
    words = shlex.join(["prlimit", f"--fsize={limit}", "run", "-i", "role", "--", "touch", str(marker)])
    script = f'{{ {words}; echo "status $?"; }} 2>&1 | cat'

    said = run("-c", script, program=Path("/bin/sh")).expect_status(0).text

    assert ("status 0\n" in said) == marker.exists() == (limit >= (1000 if leased else 4000)), said
    if not marker.exists():
        assert "[disk-full]" in said
        assert said.endswith("status 75\n")
        assert len(said.splitlines()) == 5
        assert [path.read_bytes() for path in lease_files.paths(role)] == before
    assert list(role.runtime.rglob("*.tmp")) == []
    assert role.private_leftovers() == []


@mounts
@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_renewal_without_space_is_tried_again(run: RunIn, world: World, aws: FakeAws, fault: str) -> None:
    """The command lives on with its old file, whole; one line says why; with room again it gets the next."""
    lease_files.with_role(world).lifetime_s = 12
    running = start(run, "size=64k", "exec run -i role -- sleep 60")
    inside = Path(f"/proc/{running.pid}/root{world.runtime}")
    [file] = eventually(lambda: list(inside.glob("runner/runs/*-*/credentials.json")), within_s=20)
    eventually(lambda: running.process.poll() is None and child_of(running))
    old = file.read_bytes()

    if fault == "full":
        subprocess.run(["dd", "if=/dev/zero", f"of={inside}/fill", "status=none"], capture_output=True, check=False)
    else:
        remount(running, "ro", world)
    slug = "disk-full" if fault == "full" else "state-directory-unsafe"
    eventually(lambda: f"[{slug}]" in running.stderr_so_far(), within_s=30)
    kept = file.read_bytes()
    if fault == "full":
        (inside / "fill").unlink()
    else:
        remount(running, "rw", world)
    eventually(lambda: file.read_bytes() != old, within_s=30)
    eventually(lambda: "has been renewed" in running.stderr_so_far())

    assert kept == old
    assert json.loads(file.read_bytes())["AccessKeyId"] in {key.access_key_id for key in aws.keys.issued()}
    assert child_of(running)
    assert running.stderr_so_far().count("could not be renewed") == 1
    assert not list(inside.rglob("*.tmp"))


def child_of(running: Running) -> bool:
    """Tell whether the command lives: it is `sleep`."""
    found = subprocess.run(["pgrep", "-P", str(running.pid), "-x", "sleep"], capture_output=True, check=False)
    return found.returncode == 0


def remount(running: Running, mode: str, world: World) -> None:
    words = ["nsenter", "-t", str(running.pid), "-m", "mount", "-o", f"remount,{mode}", str(world.runtime)]
    subprocess.run(words, check=True)
