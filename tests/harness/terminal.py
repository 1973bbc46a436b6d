"""The installed command in front of others: on a terminal, in a script, and beside the bare command."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pexpect
import psutil
import pytest

from tests.harness.eventually import eventually

WITHIN_S = 30
SIGNAL_PROBE = Path(__file__).with_name("signal_probe.py")


class Prefix:
    """The words before a command (`run -i dev --`), or none of them, and the environment to start them in."""

    def __init__(self, words: list[str], environ: Mapping[str, str]) -> None:
        self.words = words
        self.environ = dict(environ)

    def __call__(self, *command: str | os.PathLike[str]) -> list[str]:
        """Return the argv of a command behind the prefix."""
        return [*self.words, *(os.fspath(word) for word in command)]

    @property
    def text(self) -> str:
        """The prefix as words for a shell or a Makefile."""
        return shlex.join(self.words)

    def bare(self) -> Prefix:
        """Return the prefix that is none."""
        return Prefix([], self.environ)

    def with_options(self, *options: str) -> Prefix:
        """Return it with more options before `--`."""
        return Prefix([*self.words[:-1], *options, *self.words[-1:]], self.environ)

    def ran(self, *command: str | os.PathLike[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        """Run a command behind it to the end."""
        how = {"env": self.environ, "stdin": subprocess.DEVNULL, "capture_output": True, "timeout": WITHIN_S, **how}
        return subprocess.run(self(*command), check=False, **how)

    @contextlib.contextmanager
    def started(self, *command: str | os.PathLike[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Start a command behind it in a session of its own; at the end kill all of that session."""
        how = {"env": self.environ, "stdin": subprocess.DEVNULL, "start_new_session": True, **how}
        with subprocess.Popen(self(*command), **how) as process:
            try:
                yield process
            finally:
                kill_session(process.pid)


class Probe:
    """A command that counts the signals it gets; `words` are its argv."""

    def __init__(self, directory: Path, *words: str) -> None:
        self.log = directory / "signals"
        self.words = [sys.executable, "-S", "-I", str(SIGNAL_PROBE), str(self.log), *words]

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def ready(self) -> tuple[int, int]:
        """Wait until it counts; return its process id and its parent's, which is the `run` before it."""
        first = eventually(self.lines, within_s=WITHIN_S, what="the probe is ready")[0].split()
        return int(first[1]), int(first[2])

    def counts(self) -> Counter[str]:
        return Counter(self.lines()[1:])

    def counts_behind(self, pid: int, marker: signal.Signals = signal.SIGUSR2) -> Counter[str]:
        """Send a marker to the process id `pid` and return what was counted until it arrived, without it.

        Signals are relayed in the order they came: whatever would have been delivered twice has been by then.
        """
        os.kill(pid, marker)
        eventually(lambda: self.counts()[marker.name], within_s=WITHIN_S, what=f"{marker.name} arrives")
        counts = self.counts()
        del counts[marker.name]
        return counts

    def got(self, *names: str) -> None:
        """Wait until each of these has arrived."""
        for name in names:
            eventually(lambda name=name: self.counts()[name], within_s=WITHIN_S, what=f"{name} arrives")  # type: ignore[misc]


class Terminal:
    """An interactive bash on a pseudo-terminal of its own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        variables = {**environ, "PS1": "[$?]> ", "TERM": "dumb", "HISTFILE": "/dev/null"}
        self.shell = pexpect.spawn(
            "bash", ["--norc", "--noprofile", "-i"], env=variables, timeout=WITHIN_S, encoding="utf-8", echo=False
        )
        self.shell.setwinsize(40, 200)
        self.prompt()

    def type(self, line: str) -> None:
        """Type a line and Enter."""
        self.shell.sendline(line)

    def press(self, key: str) -> None:
        """Press Control and a letter."""
        self.shell.sendcontrol(key)

    def sees(self, pattern: str) -> str:
        """Wait for a text; return what came before it."""
        self.shell.expect(pattern)
        return str(self.shell.before)

    def prompt(self) -> int:
        """Wait for the prompt; return the status of what was before it."""
        self.shell.expect(r"\[(\d+)\]> ")
        return int(self.shell.match.group(1))

    def close(self) -> None:
        kill_session(self.shell.pid)
        self.shell.close(force=True)


def kill_session(session: int) -> None:
    """Kill every process of a session; those that were continued are dead too."""
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getsid(process.pid) == session:
                os.kill(process.pid, signal.SIGKILL)


def state(pid: int) -> str:
    """Return the letter that ps shows; "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def canary_of(pid: int) -> int:
    """Return the process id of the group canary of a `run`."""

    def named() -> list[int]:
        return [child.pid for child in psutil.Process(pid).children() if child.name() == "group-canary"]

    return eventually(named, within_s=WITHIN_S, what="the canary has its name")[0]


@pytest.fixture(name="prefix")
def installed_prefix_or_override(request: pytest.FixtureRequest) -> Prefix:
    """Give the installed `run -i IDENTITY --`, or the words of RUN_TEST_PREFIX."""
    override = os.environ.get("RUN_TEST_PREFIX")
    if override:
        return Prefix(override.split(), os.environ)
    words, environ = request.getfixturevalue("installed_prefix")
    return Prefix(list(words), environ)


@pytest.fixture(name="terminal")
def interactive_bash(prefix: Prefix) -> Iterator[Terminal]:
    """Give a terminal in which $RUN is the prefix."""
    terminal = Terminal({**prefix.environ, "RUN": prefix.text})
    yield terminal
    terminal.close()


@pytest.fixture(name="probe")
def signal_probe(tmp_path: Path) -> Probe:
    """Give a command that counts signals."""
    return Probe(tmp_path)
