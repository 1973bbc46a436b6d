"""Secrets under strace: a full run, and where each byte of them goes: private files, AWS, and nowhere else."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.features.test_killed_writer import STRACE, can_trace
from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.fake.canaries import MARKERS
from tests.harness.private import WAITER, key_in, let_go, next_key
from tests.harness.run import RunIn
from tests.harness.sso_profiles import with_sso
from tests.harness.world import World

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="strace is not here, or may not trace"),
    pytest.mark.timeout(180),
]

BASE = lease_files.BASE
CALLS = (
    "execve,openat,open,creat,write,pwrite64,writev,sendto,sendmsg,rename,renameat,renameat2,link,symlink,memfd_create"
)
LINE = re.compile(r"^(\d+) +(\w+)\((.*)")


class Trace:
    """What strace saw of a run and all it has started."""

    def __init__(self, log: Path, world: World) -> None:
        self.world = world
        self.lines = [match.groups() for line in log.read_text().splitlines() if (match := LINE.match(line))]

    def holding(self, *calls: str) -> Iterator[tuple[str, str]]:
        """Yield call and arguments where a secret is among them."""
        for _, call, arguments in self.lines:
            if call in calls and any(marker in arguments for marker in MARKERS):
                yield call, arguments

    def written(self) -> Iterator[Path]:
        """Yield every file that was opened for writing, and not merely looked at."""
        for _, call, arguments in self.lines:
            if call in ("openat", "open", "creat") and " = -1 " not in arguments and writes(call, arguments):
                path = Path(arguments.split('"')[1])
                yield path if path.is_absolute() else self.world.cwd / path

    def may_hold_secrets(self, path: Path) -> bool:
        """Whether the contract lets secrets stand there."""
        allowed = (self.world.runtime / "runner", self.world.home / ".aws" / "sso" / "cache")
        return any(path.is_relative_to(each) for each in allowed)


def writes(call: str, arguments: str) -> bool:
    return call == "creat" or any(flag in arguments for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))


def traced(world: World, *words: str) -> list[str]:
    """Return the words that run a command under strace: whole strings, descriptors with their paths."""
    return ["-f", "-qq", "-v", "-yy", "-s", "200000", "-o", str(world.root / "trace"), "-e", f"trace={CALLS}", *words]


def check(trace: Trace) -> None:
    """No secret in an argv or environment; they are written into private files, pipes of ours and to AWS alone."""
    assert list(trace.holding("execve", "rename", "renameat", "renameat2", "link", "symlink")) == []
    for call, arguments in trace.holding("write", "pwrite64", "writev", "sendto", "sendmsg"):
        target = arguments.partition("<")[2]
        assert is_private(target, trace), (call, arguments[:120])
    for path in set(trace.written()):
        is_nobodys = str(path).startswith(("/dev/", "/proc/")) or "__pycache__" in path.parts
        assert is_nobodys or trace.may_hold_secrets(path), path


def is_private(target: str, trace: Trace) -> bool:
    """Tell of what a descriptor led to: a pipe between two of ours, the fake AWS, or a file for secrets."""
    if target.startswith(("pipe:", "TCP:")):
        return True
    return trace.may_hold_secrets(Path(target.partition(">")[0]))


def check_modes(world: World) -> int:
    """All that is below the private root is 0700 or 0600; return how many files hold secrets."""
    private = world.runtime / "runner"
    for path in (private, *private.rglob("*")):
        assert stat.S_IMODE(path.lstat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    return len(lease_files.holding(private, MARKERS))


def test_a_cold_run_over_sso_and_a_role(run: RunIn, world: World, aws: FakeAws) -> None:
    """The token is refreshed, credentials are fetched and a role assumed; the child is given a path, never a key."""
    with_sso(world)
    world.sso_login(aws.sso_token(600))
    child = 'cat "$RUN_DIR/credentials.json" | grep -q AccessKeyId'

    run(*traced(world, "run", "-i", "role", "--", "sh", "-c", child), program=STRACE).expect_status(0)
    trace = Trace(world.root / "trace", world)

    assert [call.operation for call in aws.calls()] == ["CreateToken", "GetRoleCredentials", "AssumeRole"]
    assert list(trace.holding("sendto"))  # or nothing would have been seen
    check(trace)
    assert check_modes(world) == 1  # the lease


def test_a_program_and_a_renewal(run: RunIn, world: World, aws: FakeAws) -> None:
    """What a program prints comes by pipe; the helper process is told a plan without keys and answers by pipe."""
    printed = world.root / "printed"
    printed.write_text(aws.role_session(BASE, lifetime_s=3600).process_json())
    world.program("print-keys", f"cat {printed}\n")
    world.aws_config(
        f"[profile x]\ncredential_process = print-keys\n[profile y]\nrole_arn = {BASE}\nsource_profile = x\n"
    )
    aws.role(BASE, lifetime_s=16)  # strace makes a renewal slow
    running = run.start(*traced(world, "run", "-i", "y", "--", "sh", "-c", WAITER), program=STRACE)
    [folder] = directories(world)
    first = key_in(folder)

    next_key(folder, first, within_s=30)
    assert check_modes(world) == 2  # the lease, and what the child reads
    let_go(world)
    running.finish().expect_status(0)  # on a slow machine with notices

    trace = Trace(world.root / "trace", world)
    assert any("serve(" in arguments for _, call, arguments in trace.lines if call == "execve")
    check(trace)
    assert lease_files.holding(world.tmp, MARKERS) == []


def directories(world: World) -> list[Path]:
    """Wait for the directory of the run: below strace its process is not the one that was started."""
    runs = world.runtime / "runner" / "runs"
    return eventually(lambda: [each for each in runs.glob("*-*") if (each / "credentials.json").exists()], within_s=20)
