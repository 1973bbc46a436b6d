"""What waits beside a sleeping command, in MiB of PSS.

Builds the wheel, installs it, compiles it, and starts it before `sleep`, once and often: the resident process and
its canary are to be at most 6 MiB together, also after three renewals. PSS counts a page that n processes share as 1/n;
of that, the anonymous part is ours alone, and the rest (the interpreter's own file) is less the more Pythons there are.
"alone" is what the pair would be if no other process had the interpreter's pages: its anonymous ones, and every page of
a file that the resident has mapped.
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.table import Options, Row, verdict
from tests.benchmarks.world import ROLE, world
from tests.guards.wheel import Installation, build, copy_of_the_project, install
from tests.harness.eventually import eventually
from tests.harness.private import key_in, next_key
from tests.harness.terminal import canary_of
from tests.harness.world import World

LIMIT_MIB = 6.0
RENEWALS = 3
MANY = (20, 100)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the system says of a process, in MiB."""

    pss: float
    anonymous: float
    of_files: float

    @classmethod
    def of(cls, pid: int) -> Memory:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kib = {words[0]: int(words[1]) for line in lines if len(words := line.split()) == 3}
        return cls(kib["Pss:"] / 1024, kib["Pss_Anon:"] / 1024, (kib["Rss:"] - kib["Anonymous:"]) / 1024)


@dataclass(frozen=True, slots=True)
class Pair:
    """The resident process and its canary."""

    resident: Memory
    canary: Memory

    @classmethod
    def of(cls, pid: int) -> Pair:
        return cls(Memory.of(pid), Memory.of(canary_of(pid)))

    @property
    def pss(self) -> float:
        return self.resident.pss + self.canary.pss

    @property
    def anonymous(self) -> float:
        return self.resident.anonymous + self.canary.anonymous


def rows(options: Options) -> Iterator[Row]:
    """Give the rows of one pair, of many, and of one that has renewed its credentials."""
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as directory, world() as user:
        installation = installed(Path(directory))
        for count in (1, *MANY):
            with sleeping(installation, user, count) as pids:
                yield row(f"`run` beside `sleep`{f', each of {count}' if count > 1 else ''}", pids)
        user.aws.role(ROLE, lifetime_s=8)
        user.environ["RUN_CACHE"] = "none"
        with sleeping(installation, user, 1) as pids:
            renewed(user, pids[0])
            yield row(f"`run` beside `sleep`, {RENEWALS} times renewed", pids)


def row(name: str, pids: list[int]) -> Row:
    """Return the line of the table: the mean of the pairs, the largest against the limit, and what they consist of."""
    pairs = [Pair.of(pid) for pid in pids]
    sums = [pair.pss for pair in pairs]
    resident = statistics.mean(pair.resident.pss for pair in pairs)
    canary = statistics.mean(pair.canary.pss for pair in pairs)
    anonymous = statistics.mean(pair.anonymous for pair in pairs)
    alone = statistics.mean(pair.anonymous + pair.resident.of_files for pair in pairs)
    return Row(
        name,
        f"resident {resident:.2f} + canary {canary:.2f}",
        f"{statistics.mean(sums):.2f} MiB",
        verdict(max(sums), "<=", LIMIT_MIB, " MiB"),
        f"{min(sums):.2f} .. {max(sums):.2f}",
        f"anonymous {anonymous:.2f}, alone {alone:.2f}",
        str(len(pairs)),
    )


def installed(directory: Path) -> Installation:
    """Install the wheel as a user's pip does: compiled."""
    made = install(build(copy_of_the_project(directory / "tree"), directory / "dist"), directory / "venv")
    for site in made.prefix.glob("lib/*/site-packages"):
        for recorder in site.glob("imported_modules_recorder*"):
            recorder.unlink()
        compileall.compile_dir(site, quiet=1)
    return made


@contextmanager
def sleeping(installation: Installation, user: World, count: int) -> Iterator[list[int]]:
    """Start as many commands that sleep, the lease being there; give the process ids of their runs."""
    words = [str(installation.run), "--identity", "bench", "--"]
    subprocess.run([*words, "true"], env=user.environ, cwd=user.cwd, check=True)
    quiet = subprocess.DEVNULL  # stderr too: a busy machine may renew so short a lease late, and be told so
    running = [
        subprocess.Popen([*words, "sleep", "600"], env=user.environ, cwd=user.cwd, stderr=quiet) for _ in range(count)
    ]
    try:
        for process in running:
            eventually(lambda pid=process.pid: is_noted(user, pid), within_s=60)  # type: ignore[misc]
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.terminate()
            process.wait()


def is_noted(user: World, pid: int) -> bool:
    """Tell whether a run has done all it does before it sleeps: the command's name stands in its directory."""
    owners = list((user.runtime / "runner" / "runs").glob(f"{pid}-*/owners"))
    return bool(owners) and len(owners[0].read_text().split()) == 3 and canary_of(pid) > 0


def renewed(user: World, pid: int) -> None:
    """Wait for the renewals of a run."""
    [folder] = (user.runtime / "runner" / "runs").glob(f"{pid}-*")
    key = key_in(folder)
    for _ in range(RENEWALS):
        key = next_key(folder, key, within_s=30)
