"""What a start costs, as ratios that hold on any machine: python -m tests.benchmarks.start [--warm N] [--cold N]

Warm: `run --identity X -- true` with a lease that is there, to `python -c pass`. Cold: the same with an AssumeRole and
nothing kept, to `aws sts get-caller-identity`. One and the other in turn; a figure is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.harness.programs import AWS_CLI, RUN

TARGETS = {"warm": 2.5, "cold": 0.8, "warm of many": 1.2, "complete": 2, "list": 5, "list json": 5}
COLUMNS = "{:<14}{:>8}{:>8}{:>16}{:>12}{:>12}{:>8}"


@dataclass(frozen=True, slots=True)
class Command:
    """What is timed; it must end with status 0."""

    words: list[str]
    environ: Mapping[str, str]

    def seconds(self) -> float:
        """Run it once, its output thrown away; return how long it took."""
        began = time.perf_counter()
        silence = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1)]
        pid = os.posix_spawn(self.words[0], self.words, self.environ, file_actions=silence)
        _, status = os.waitpid(pid, 0)
        took_s = time.perf_counter() - began
        if status:
            raise SystemExit(f"{' '.join(self.words)} ended with {os.waitstatus_to_exitcode(status)}")
        return took_s


@dataclass(frozen=True, slots=True)
class Pair:
    """A command of ours and what it is compared with."""

    name: str
    ours: Command
    other: Command

    def row(self, rounds: int) -> str:
        """Time both in turn and return the line of the table."""
        for command in (self.other, self.ours):
            command.seconds()  # what is read for the first time is in memory from now on
        times = [(self.other.seconds(), self.ours.seconds()) for _ in range(rounds)]
        ratios = [ours / other for other, ours in times]
        low, median, high = statistics.quantiles(ratios, n=4)
        milliseconds = [f"{statistics.median(column) * 1000:.1f} ms" for column in zip(*times, strict=True)]
        target = TARGETS.get(self.name)
        verdict = "none" if target is None else f"{'<' if median < target else 'NOT <'} {target}"
        return COLUMNS.format(
            self.name, f"{median:.2f}", verdict, f"{low:.2f} .. {high:.2f}", *reversed(milliseconds), rounds
        )


@contextmanager
def world() -> Iterator[dict[str, str]]:
    """Give the environment of a user with a profile `bench` (a role over keys) and the fake AWS."""
    stub = [sys.executable, "-m", "tests.benchmarks.stub"]
    with (
        tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as home,
        subprocess.Popen(stub, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as serving,
    ):
        assert serving.stdout is not None
        said = json.loads(serving.stdout.readline())
        files = Path(home, ".aws")
        files.mkdir(mode=0o700)
        files.joinpath("credentials").write_text(f"[keys]\n{said['keys']}")
        profile = f"[profile bench]\nrole_arn = {said['role']}\nsource_profile = keys\nregion = eu-west-1\n"
        files.joinpath("config").write_text(profile)
        runtime = Path(home, "xdg")
        runtime.mkdir(mode=0o700)
        yield {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime),
            "AWS_ENDPOINT_URL": said["url"],
        }


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="start times as ratios")
    parser.add_argument("--warm", type=int, default=60, metavar="ROUNDS")
    parser.add_argument("--cold", type=int, default=15, metavar="ROUNDS")
    options = parser.parse_args(argv)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z, {machine()}\n{versions()}\n")
    print(COLUMNS.format("start", "ratio", "target", "quartiles", "ours", "other", "rounds"))
    with world() as environ:
        ours = [RUN, "--identity", "bench", "--", "true"]
        asked = [AWS_CLI, "sts", "get-caller-identity", "--profile", "keys", "--region", "eu-west-1"]
        warm = Pair("warm", Command(ours, environ), Command([sys.executable, "-c", "pass"], environ))
        cold = Pair("cold", Command(ours, {**environ, "RUN_CACHE": "none"}), Command(asked, environ))
        print(warm.row(options.warm), flush=True)
        print(cold.row(options.cold), flush=True)
    print(f"\nload at the end: {os.getloadavg()[0]:.2f}")


def machine() -> str:
    """Name the machine, as far as it matters."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}"


def versions() -> str:
    """Name what was compared."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("runner", "botocore", "awscli"))
    return f"{platform.python_implementation()} {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
