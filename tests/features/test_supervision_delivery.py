"""Each signal reaches the command exactly once, whoever sent it and how."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.eventually import eventually
from tests.harness.terminal import (
    WITHIN_S,
    Prefix,
    Probe,
    Terminal,
    canary_of,
    installed_prefix_or_override,
    interactive_bash,
    signal_probe,
)

__all__ = ["installed_prefix_or_override", "interactive_bash", "signal_probe"]

RELAYED = ["HUP", "INT", "QUIT", "TERM", "USR1", "ALRM", "CONT", "WINCH", "RTMIN"]


def test_keys_and_a_resized_window_reach_the_command_once_each_time(terminal: Terminal, probe: Probe) -> None:
    """^C, ^\\ and a resize, three times in a row, are three of each."""
    terminal.type(f"$RUN {shlex.join(probe.words)}")
    _, run = probe.ready()

    for times in (1, 2, 3):
        terminal.press("c")
        terminal.press("\\")
        terminal.shell.setwinsize(20 + times, 80)
        eventually(lambda times=times: min(probe.counts()[n] for n in KEYS) >= times, within_s=WITHIN_S)  # type: ignore[misc]

    assert probe.counts_behind(run) == Counter({"SIGINT": 3, "SIGQUIT": 3, "SIGWINCH": 3})


KEYS = ("SIGINT", "SIGQUIT", "SIGWINCH")


@pytest.mark.parametrize("name", RELAYED)
def test_a_signal_to_the_process_id_reaches_the_command_once(prefix: Prefix, probe: Probe, name: str) -> None:
    """kill PID is relayed, and run stays."""
    with prefix.started(*probe.words) as run:
        probe.ready()

        run.send_signal(signal.Signals[f"SIG{name}"])
        probe.got(f"SIG{name}")

        assert probe.counts_behind(run.pid) == Counter({f"SIG{name}": 1})
        assert run.poll() is None


@pytest.mark.parametrize("name", RELAYED)
def test_a_signal_to_the_group_reaches_the_command_once(prefix: Prefix, probe: Probe, name: str) -> None:
    """kill -- -PGRP has reached the command already."""
    with prefix.started(*probe.words) as run:
        probe.ready()

        os.killpg(run.pid, signal.Signals[f"SIG{name}"])
        probe.got(f"SIG{name}")

        assert probe.counts_behind(run.pid) == Counter({f"SIG{name}": 1})


def test_a_supervisor_that_signals_each_process_delivers_once(prefix: Prefix, probe: Probe) -> None:
    """systemd's KillMode=control-group sends TERM to each process of the unit by itself."""
    with prefix.started(*probe.words) as run:
        command, _ = probe.ready()

        for pid in (run.pid, canary_of(run.pid), command):
            os.kill(pid, signal.SIGTERM)
        probe.got("SIGTERM")

        assert probe.counts_behind(run.pid) == Counter({"SIGTERM": 1})


@pytest.mark.parametrize(
    ("options", "name"), [([], "SIGTERM"), (["-s", "INT"], "SIGINT"), (["--foreground", "-s", "INT"], "SIGINT")]
)
def test_timeout_before_run_delivers_once(prefix: Prefix, probe: Probe, options: list[str], name: str) -> None:
    """`timeout` signals its child's process id, then the whole group."""
    with Prefix(["timeout", *options, "60"], prefix.environ).started(*prefix(*probe.words)) as timeout:
        _, run = probe.ready()

        timeout.send_signal(signal.SIGALRM)  # its time is up
        probe.got(name)

        counts = probe.counts_behind(run)
        del counts["SIGCONT"]  # which it sends after the signal, to the group too
        assert counts == Counter({name: 1})


def test_killing_a_background_job_delivers_once(terminal: Terminal, probe: Probe) -> None:
    """kill %1 in an interactive shell goes to the job's group."""
    terminal.type(f"$RUN {shlex.join(probe.words)} &")
    terminal.prompt()
    _, run = probe.ready()

    terminal.type("kill %1")
    probe.got("SIGTERM")

    assert probe.counts_behind(run)["SIGTERM"] == 1


def test_a_script_that_kills_its_background_run_delivers_once(prefix: Prefix, probe: Probe) -> None:
    """run ... & kill $!: the sender is in our own group."""
    script = f"{prefix.text} {shlex.join(probe.words)} & read -r _; kill $!; wait"
    with prefix.bare().started("bash", "-c", script, stdin=subprocess.PIPE) as bash:
        _, run = probe.ready()

        assert bash.stdin is not None
        bash.stdin.write(b"\n")
        bash.stdin.flush()
        probe.got("SIGTERM")

        assert probe.counts_behind(run) == Counter({"SIGTERM": 1})


def test_a_command_that_signals_its_whole_group_gets_it_once(prefix: Prefix, tmp_path: Path) -> None:
    """kill 0 in the command's first moment is not relayed back to it."""
    probe = Probe(tmp_path, "kill-group", "SIGTERM")
    with prefix.started(*probe.words) as run:
        probe.got("SIGTERM")

        assert probe.counts_behind(run.pid) == Counter({"SIGTERM": 1})


def test_a_hang_up_reaches_the_command_once(prefix: Prefix, probe: Probe) -> None:
    """The terminal of `ssh -t` goes away while run leads the session: the system signals only the leader."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe(prefix.words[0], prefix(*probe.words), prefix.environ)
    try:
        probe.ready()

        os.close(master)
        probe.got("SIGHUP")

        assert probe.counts_behind(pid)["SIGHUP"] == 1
    finally:
        os.kill(probe.ready()[0], signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_command_in_a_group_of_its_own_gets_what_the_terminal_sends_us(terminal: Terminal, tmp_path: Path) -> None:
    """^C goes to our group, in which the command is no longer."""
    probe = Probe(tmp_path, "own-group")
    terminal.type(f"$RUN {shlex.join(probe.words)}")
    _, run = probe.ready()

    terminal.press("c")
    probe.got("SIGINT")

    assert probe.counts_behind(run) == Counter({"SIGINT": 1})


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the process id", "to the group"])
def test_nested_runs_deliver_once(prefix: Prefix, probe: Probe, send: Callable[[int, int], None]) -> None:
    """run -- run -- command: each passes on what the one before it has passed on."""
    with prefix.started(*prefix(*probe.words)) as outer:
        probe.ready()

        send(outer.pid, signal.SIGTERM)
        probe.got("SIGTERM")

        assert probe.counts_behind(outer.pid) == Counter({"SIGTERM": 1})


def test_a_burst_of_signals_loses_no_kind(prefix: Prefix, tmp_path: Path) -> None:
    """A thousand mixed signals: run lives, each kind arrives, the status is the command's."""
    probe = Probe(tmp_path, "exit-on", "SIGUSR2")
    kinds = [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM]
    with prefix.started(*probe.words) as run:
        probe.ready()

        for n in range(1000):
            run.send_signal(kinds[n % len(kinds)])
        probe.got(*(kind.name for kind in kinds))
        run.send_signal(signal.SIGUSR2)

        assert run.wait(WITHIN_S) == 0


def test_the_canary_is_not_mistaken_for_run(prefix: Prefix, probe: Probe) -> None:
    """pkill finds run by its name and arguments, never the canary: or TERM would look as if the group had it."""
    with prefix.started(*probe.words) as run:
        probe.ready()
        canary = canary_of(run.pid)

        assert Path(f"/proc/{canary}/comm").read_text() == "group-canary\n"
        assert Path(f"/proc/{canary}/cmdline").read_bytes().rstrip(b"\0") == b"group-canary"


def test_without_its_canary_run_still_relays(prefix: Prefix, probe: Probe) -> None:
    """Somebody killed it: a signal twice is better than none."""
    with prefix.started(*probe.words) as run:
        probe.ready()
        canary = canary_of(run.pid)

        os.kill(canary, signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{canary}").exists(), what="the canary is reaped")
        run.send_signal(signal.SIGTERM)

        probe.got("SIGTERM")
