"""What waits beside a sleeping command: python -m tests.benchmarks.memory

Builds the wheel, installs it, compiles it, and starts it before `sleep`, once and 20 times: the resident process and
its canary are to be at most 6 MiB together, also after three renewals. PSS counts a page that n processes share as 1/n;
of that, the anonymous part is ours alone, and the rest (the interpreter's own file) is less the more Pythons there are.
"alone" is what the pair would be if no other process had the interpreter's pages: its anonymous ones, and every page of
a file that the resident has mapped.
"""

from __future__ import annotations

import argparse
import compileall
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.start import machine, versions
from tests.guards.wheel import Installation, build, copy_of_the_project, install
from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import key_in, next_key
from tests.harness.terminal import canary_of
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Bench"
LIMIT_MIB = 6.0
RENEWALS = 3
COLUMNS = "{:<26}{:>8}{:>14}{:>11}{:>8}{:>8}{:>10}"


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


def row(name: str, pairs: list[Pair]) -> str:
    """Return the line of the table: means over the pairs, and the largest pair against the limit."""
    mean = [
        sum(values) / len(pairs)
        for values in zip(
            *(
                (each.resident.pss, each.canary.pss, each.pss, each.anonymous, each.anonymous + each.resident.of_files)
                for each in pairs
            ),
            strict=True,
        )
    ]
    largest = max(each.pss for each in pairs)
    verdict = f"{'<=' if largest <= LIMIT_MIB else 'NOT <='} {LIMIT_MIB}"
    resident, canary, both, anonymous, alone = (f"{value:.2f}" for value in mean)
    return COLUMNS.format(name, both, verdict, resident, canary, anonymous, alone)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="memory beside a sleeping command, in MiB")
    parser.add_argument("--many", type=int, default=20, metavar="RESIDENTS")
    options = parser.parse_args(argv)
    print(f"{machine()}\n{versions()}\n")
    print(COLUMNS.format("PSS in MiB", "both", "largest", "resident", "canary", "anon", "alone"))
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as directory, FakeAws() as aws:
        installation = installed(Path(directory))
        world = World(Path(directory, "world"), aws)
        world.aws_credentials(f"[keys]\n{aws.user('bench').ini()}")
        world.aws_config(f"[profile bench]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
        aws.role(BASE)
        with sleeping(installation, world, 1) as pids:
            print(row("one", [Pair.of(pid) for pid in pids]), flush=True)
        with sleeping(installation, world, options.many) as pids:
            print(row(f"each of {options.many}", [Pair.of(pid) for pid in pids]), flush=True)
        aws.role(BASE, lifetime_s=8)
        world.environ["RUN_CACHE"] = "none"
        with sleeping(installation, world, 1) as pids:
            renewed(world, pids[0])
            print(row(f"one, {RENEWALS} times renewed", [Pair.of(pid) for pid in pids]), flush=True)
        world.close()


def installed(directory: Path) -> Installation:
    """Install the wheel as a user's pip does: compiled."""
    made = install(build(copy_of_the_project(directory / "tree"), directory / "dist"), directory / "venv")
    for site in made.prefix.glob("lib/*/site-packages"):
        for recorder in site.glob("imported_modules_recorder*"):
            recorder.unlink()
        compileall.compile_dir(site, quiet=1)
    return made


@contextmanager
def sleeping(installation: Installation, world: World, count: int) -> Iterator[list[int]]:
    """Start as many commands that sleep, the lease being there; give the process ids of their runs."""
    words = [str(installation.run), "--identity", "bench", "--"]
    subprocess.run([*words, "true"], env=world.environ, cwd=world.cwd, check=True)
    running = [subprocess.Popen([*words, "sleep", "600"], env=world.environ, cwd=world.cwd) for _ in range(count)]
    try:
        for process in running:
            eventually(lambda pid=process.pid: is_noted(world, pid), within_s=60)  # type: ignore[misc]
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.terminate()
            process.wait()


def is_noted(world: World, pid: int) -> bool:
    """Tell whether a run has done all it does before it sleeps: the command's name stands in its directory."""
    owners = list((world.runtime / "runner" / "runs").glob(f"{pid}-*/owners"))
    return bool(owners) and len(owners[0].read_text().split()) == 3 and canary_of(pid) > 0


def renewed(world: World, pid: int) -> None:
    """Wait for the renewals of a run."""
    [folder] = (world.runtime / "runner" / "runs").glob(f"{pid}-*")
    key = key_in(folder)
    for _ in range(RENEWALS):
        key = next_key(folder, key, within_s=30)


if __name__ == "__main__":
    main()
