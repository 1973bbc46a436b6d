"""Commands timed in turn with what they are compared with: ratios hold on any machine, milliseconds on none."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.table import Row, verdict


class NotWorkingError(Exception):
    """A command did not end with status 0; says how, and the last line it said."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is timed; it must end with status 0."""

    words: list[str]
    environ: Mapping[str, str]

    def first(self) -> None:
        """Run it once untimed, so that what it reads is in memory; raise NotWorkingError, with its own words."""
        quiet = subprocess.DEVNULL
        done = subprocess.run(
            self.words, env=self.environ, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, check=False
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").split("\n")
            last = next((each for each in reversed(said) if each.strip()), "nothing on stderr")
            raise NotWorkingError(f"status {done.returncode}: {last}")

    def seconds(self) -> float:
        """Run it once, its output thrown away; return how long it took."""
        silence = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
        began = time.perf_counter()
        pid = os.posix_spawn(self.words[0], self.words, self.environ, file_actions=silence)
        _, status = os.waitpid(pid, 0)
        took_s = time.perf_counter() - began
        if status:
            raise NotWorkingError(f"status {os.waitstatus_to_exitcode(status)}, having worked before")
        return took_s


@dataclass(frozen=True, slots=True)
class Timed:
    """A command and what the table calls it."""

    name: str
    command: Command


@dataclass(frozen=True, slots=True)
class Pair:
    """What is timed and what it is compared with; the ratio is to be below `target`, if there is one."""

    ours: Timed
    other: Timed
    target: float | None = None

    def row(self, rounds: int) -> Row:
        """Time one and the other in turn; the figure is the median of the rounds' ratios.

        Raises NotWorkingError when one of them does not end with status 0.
        """
        for timed in (self.other, self.ours):
            timed.command.first()
        times = [(self.ours.command.seconds(), self.other.command.seconds()) for _ in range(rounds)]
        low, median, high = statistics.quantiles([ours / other for ours, other in times], n=4)
        ours_s, other_s = (statistics.median(column) for column in zip(*times, strict=True))
        return Row(
            self.ours.name,
            self.other.name,
            f"{median:.2f} x",
            verdict(median, "<", self.target) if self.target else "",
            f"{low:.2f} .. {high:.2f}",
            f"{ours_s * 1000:.1f} ms / {other_s * 1000:.1f} ms",
            str(rounds),
        )
