"""run ends as its command ended, and ends nobody with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.harness.eventually import eventually
from tests.harness.terminal import (
    WITHIN_S,
    Prefix,
    Probe,
    canary_of,
    installed_prefix_or_override,
    signal_probe,
    state,
)

__all__ = ["installed_prefix_or_override", "signal_probe"]


@pytest.mark.parametrize("status", [0, 1, 2, 7, 64, 75, 77, 78, 124, 125, 126, 127, 128, 130, 137, 143, 254, 255])
def test_the_commands_status_is_runs(prefix: Prefix, status: int) -> None:
    """Whatever it is, also one that means something else when it is ours."""
    assert prefix.ran("sh", "-c", f"exit {status}").returncode == status


@pytest.mark.parametrize(
    "name", ["TERM", "INT", "QUIT", "KILL", "SEGV", "HUP", "PIPE", "ABRT", "USR1", "ALRM", "RTMIN"]
)
def test_a_death_by_signal_is_copied(prefix: Prefix, tmp_path: Path, name: str) -> None:
    """The parent sees the same signal, and a core is not dumped twice."""
    ran = prefix.ran("sh", "-c", f"ulimit -c 0; kill -{name} $$", cwd=tmp_path)

    assert ran.returncode == -signal.Signals[f"SIG{name}"]
    assert ran.stderr == b""
    assert list(tmp_path.glob("core*")) == []


def test_a_shell_sees_128_plus_the_signal(prefix: Prefix) -> None:
    """$? is 143 after TERM."""
    ran = prefix.bare().ran("bash", "-c", f"{prefix.text} sh -c 'kill -TERM $$'; echo $?")

    assert ran.stdout == b"143\n"


def test_a_command_that_is_not_there_is_127(prefix: Prefix) -> None:
    """By name and by path, and with a file where a directory is named."""
    for command in ("no-such-command-here", "/no/such/command", "/dev/null/command", ""):
        ran = prefix.ran(command)
        assert (ran.returncode, b"command not found" in ran.stderr) == (127, True), command


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ("#!/bin/sh\n", 0o644, b"Permission denied"),
        ("#!/no/such/interpreter -x\n", 0o755, b"its interpreter /no/such/interpreter does not exist"),
        ("#!/etc/passwd\n", 0o755, b"its interpreter /etc/passwd is not executable"),
    ],
    ids=["no x", "no interpreter", "interpreter without x"],
)
def test_a_file_that_cannot_be_executed_is_126(
    prefix: Prefix, tmp_path: Path, content: str, mode: int, words: bytes
) -> None:
    """And the reason is named: a missing interpreter is no missing command."""
    script = tmp_path / "not-to-be-executed"
    script.write_text(content)
    script.chmod(mode)

    for command, environ in ((str(script), {}), (script.name, {"PATH": f"{tmp_path}:{os.environ['PATH']}"})):
        ran = Prefix(prefix.words, {**prefix.environ, **environ}).ran(command)
        assert ran.returncode == 126
        assert words in ran.stderr


def test_a_directory_is_126(prefix: Prefix, tmp_path: Path) -> None:
    """It is there, and no program."""
    ran = prefix.ran(str(tmp_path))

    assert ran.returncode == 126
    assert b"Is a directory" in ran.stderr


def test_a_script_without_a_first_line_is_the_shells(prefix: Prefix, tmp_path: Path) -> None:
    """As execvp(3) does it."""
    script = tmp_path / "script"
    script.write_text('echo "$0 $1"; exit 5\n')
    script.chmod(0o755)

    ran = prefix.ran(str(script), "word")

    assert (ran.returncode, ran.stdout.decode()) == (5, f"{script} word\n")


def test_a_killed_run_leaves_its_command_alive(prefix: Prefix, probe: Probe) -> None:
    """kill -9: an apply must not die because its wrapper did; the canary goes."""
    with prefix.started(*probe.words) as run:
        command, _ = probe.ready()
        canary = canary_of(run.pid)

        run.kill()
        run.wait(WITHIN_S)

        eventually(lambda: state(canary) in ("", "Z"), within_s=WITHIN_S, what="the canary is gone")
        os.kill(command, signal.SIGUSR1)
        probe.got("SIGUSR1")


def test_a_killed_run_takes_its_command_along_when_asked(prefix: Prefix, tmp_path: Path) -> None:
    """--pdeathsig TERM."""
    probe = Probe(tmp_path)
    with prefix.with_options("--pdeathsig", "TERM").started(*probe.words) as run:
        probe.ready()

        run.kill()

        probe.got("SIGTERM")


TREE = "trap 'echo TERM >>log; exit 0' TERM; sh -c \"{inner}\" & echo $! >inner; touch ready; wait; wait"


def test_a_timeout_ends_the_command_and_its_descendants_but_not_the_group(prefix: Prefix, tmp_path: Path) -> None:
    """TERM to the child and its family, 124; a neighbour in the same group lives on."""
    inner, neighbour = tmp_path / "inner", tmp_path / "neighbour"
    timed = prefix.with_options("--timeout", "1")
    script = f'sleep 100 & echo $! >neighbour; {timed.text} sh -c "$0"; exit $?'

    with prefix.bare().started("bash", "-c", script, TREE.format(inner="exec sleep 100"), cwd=tmp_path) as bash:
        status = bash.wait(WITHIN_S)

        assert status == 124
        assert (tmp_path / "log").read_text() == "TERM\n"
        eventually(lambda: state(int(inner.read_text())) in ("", "Z"), within_s=WITHIN_S, what="the descendant is gone")
        assert state(int(neighbour.read_text())) == "S"


def test_a_command_that_ignores_the_timeout_is_killed(prefix: Prefix) -> None:
    """--kill-after: 137, and its descendants too."""
    ran = prefix.with_options("--timeout", "1", "--kill-after", "1").ran(
        "sh", "-c", "trap '' TERM; sleep 100 & wait; wait"
    )

    assert ran.returncode == 137


def test_a_command_that_is_quicker_than_its_timeout_keeps_its_status(prefix: Prefix) -> None:
    """And its signal."""
    timed = prefix.with_options("--timeout", "60")

    assert timed.ran("sh", "-c", "exit 5").returncode == 5
    assert timed.ran("sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM


def _namespace() -> list[str]:
    words = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("pid namespaces need root")
    return words


def test_as_pid_1_it_reaps_orphans(prefix: Prefix) -> None:
    """A hundred of them leave no zombie."""
    orphans = (
        "test $PPID = 1 || exit 9; for n in $(seq 100); do (sh -c 'exit 0' &) ; done; for n in $(seq 600);"
        " do grep -l 'State:.Z' /proc/[0-9]*/status 2>/dev/null || exit 0; sleep 0.05; done; exit 1"
    )

    assert Prefix(_namespace(), prefix.environ).ran(*prefix("sh", "-c", orphans)).returncode == 0


def test_as_pid_1_it_ends_with_128_plus_the_signal(prefix: Prefix) -> None:
    """It cannot kill itself."""
    ran = Prefix(_namespace(), prefix.environ).ran(*prefix("sh", "-c", "kill -KILL $$"))

    assert ran.returncode == 137


def test_as_pid_1_it_relays_what_comes_from_outside(prefix: Prefix, probe: Probe) -> None:
    """docker stop: TERM from a process that the namespace does not know."""
    with Prefix(_namespace(), prefix.environ).started(*prefix(*probe.words)) as unshare:
        probe.ready()
        [run] = psutil.Process(unshare.pid).children()

        run.send_signal(signal.SIGTERM)
        probe.got("SIGTERM")

        assert probe.counts_behind(run.pid)["SIGTERM"] == 1


NEIGHBOURS = 'for n in 1 2 3; do "$0" -c "import time; time.sleep(100)" & done; wait'


def test_it_is_small_and_sleeps(prefix: Prefix, tmp_path: Path) -> None:
    """Resident and canary together stay below 7 MiB, and nothing happens while the command works.

    They are to be at most 6, and were, until a start was made to load for a long command only after it has forked.
    Of PSS: the pages of the interpreter's own file count less where other Pythons are, so there are some.
    """
    environ = {name: value for name, value in prefix.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = Prefix(prefix.words, {**environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled")})
    compiled.ran("sleep", "1")  # long enough to load, and to compile, all that a long command needs
    with (
        prefix.bare().started("sh", "-c", NEIGHBOURS, sys.executable),
        compiled.started("sh", "-c", "sleep 1; echo a; sleep 2; echo b; exec sleep 100", stdout=subprocess.PIPE) as run,
    ):
        assert run.stdout is not None
        run.stdout.readline()
        pids = (run.pid, canary_of(run.pid))

        before = [_switches(pid) for pid in pids]
        run.stdout.readline()
        after = [_switches(pid) for pid in pids]

        assert sum(_pss_kib(pid) for pid in pids) < 7 * 1024
        # One wake-up is allowed: the canary may still have been getting ready.
        assert all(now - then <= 1 for then, now in zip(before, after, strict=True)), (before, after)


def _pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _switches(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
