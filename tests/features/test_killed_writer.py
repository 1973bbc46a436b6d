"""SIGKILL at each point where a run touches its private files: nothing is torn, and the next run leaves nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.leases import store
from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.processes import all_gone
from tests.harness.run import RunIn
from tests.harness.world import World

STRACE = shutil.which("strace") or "strace"
CALLS = "mkdir,chmod,openat,fchmod,write,rename,unlink,rmdir,flock"
WITHIN_S = 30
LINE = re.compile(r"(\d+) +(\w+)\((.*)")


def can_trace() -> bool:
    """Tell whether strace is there and may trace."""
    words = [STRACE, "-qq", "-o", os.devnull, "-e", "inject=getppid:error=EPERM", "true"]
    return shutil.which(STRACE) is not None and subprocess.run(words, capture_output=True, check=False).returncode == 0


pytestmark = [pytest.mark.skipif(not can_trace(), reason="strace is not here, or may not trace")]


class Traced:
    """`run -i role -- touch MARKER` under strace, in one world."""

    def __init__(self, run: RunIn, world: World) -> None:
        self.run = run
        self.world = world
        self.private = world.runtime / "runner"
        self.log = world.root / "trace"
        self.marker = world.cwd / "started"
        self.words = ["run", "-i", "role", "--", "touch", str(self.marker)]
        self.run("-i", "role", "--", "true").expect_status(0)
        self.lease = lease_files.path(world)
        self.leased = self.lease.read_bytes()

    def points(self, *, leased: bool) -> list[str]:
        """Run once unharmed; return each point where a call touches private files, as strace counts: CALL:when=K.

        Counted are the calls of each process by themselves: a point is hit by the first process that gets there.
        """
        self.prepare(leased=leased)
        traced = ["-f", "-qq", "--seccomp-bpf", "-y", "-o", str(self.log), "-e", f"trace={CALLS}", *self.words]
        self.run(*traced, program=STRACE).expect_status(0)
        counts: Counter[tuple[str, str]] = Counter()
        seen: set[tuple[str, int]] = set()
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            if (match := LINE.match(line)) is None:
                continue
            pid, call, arguments = match.groups()
            counts[pid, call] += 1
            point = (call, counts[pid, call])
            if point not in seen and str(self.private) in arguments and "O_RDONLY" not in arguments:
                found.append(f"{call}:when={point[1]}")
            seen.add(point)
        return found

    def kill_at(self, point: str, *, leased: bool) -> None:
        """Run once, killed at a point."""
        self.prepare(leased=leased)
        call, _, when = point.partition(":")
        kill = ["-f", "-qq", "--seccomp-bpf", "-o", os.devnull, "-e", f"inject={call}:signal=KILL:{when}"]
        with self.run.start(*kill, *self.words, program=STRACE) as killed:
            assert killed.finish().status != 0, f"nothing was killed at {point}"

    def prepare(self, *, leased: bool) -> None:
        self.marker.unlink(missing_ok=True)
        self.lease.unlink(missing_ok=True)
        if leased:
            self.lease.write_bytes(self.leased)
            self.lease.chmod(0o600)

    def sweep(self) -> None:
        """Let the next run come."""
        self.prepare(leased=True)
        self.run("-i", "role", "--", "true").expect_status(0).expect_stderr("")

    def torn(self) -> Iterator[str]:
        """Yield the files that have their final name and are not whole."""
        for path in lease_files.paths(self.world):
            if not path.suffix and store.read(str(path)) is None:
                yield str(path)
        for path in self.private.glob("locks/*"):
            if path.suffix == ".pid" and not path.read_text().partition(" ")[0].isdigit():
                yield str(path)
        if self.marker.exists():  # before the command is started nobody reads what is in the run's directory
            for path in self.private.glob("runs/*/credentials.json"):
                json.loads(path.read_bytes())

    def debris(self) -> list[Path]:
        """Return what belongs to no living run."""
        return [*self.private.glob("runs/*"), *self.private.rglob("*.tmp")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("leased", [False, True], ids=["acquiring", "starting"])
def test_a_writer_killed_anywhere_tears_nothing(run: RunIn, world: World, aws: FakeAws, *, leased: bool) -> None:
    """Each point once; together at least 30. No file is torn, no process stays, and one run later nothing is left."""
    lease_files.with_role(world)
    traced = Traced(run, world)
    points = traced.points(leased=leased)
    assert len(points) >= 15, points
    left_behind = 0

    for point in points:
        traced.kill_at(point, leased=leased)
        all_gone(traced.world, within_s=WITHIN_S)
        assert list(traced.torn()) == [], point
        left_behind += bool(traced.debris())
        traced.sweep()
        assert traced.debris() == [], point

    assert left_behind >= 5  # or these were no points that matter
