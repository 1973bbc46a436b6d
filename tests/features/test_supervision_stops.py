"""Job control: run stops when its command has stopped, and goes on when it does."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.harness.eventually import eventually
from tests.harness.terminal import (
    WITHIN_S,
    Prefix,
    Probe,
    Terminal,
    installed_prefix_or_override,
    interactive_bash,
    signal_probe,
    state,
)

__all__ = ["installed_prefix_or_override", "interactive_bash", "signal_probe"]

STOPPED = 128 + signal.SIGTSTP


def test_the_suspend_key_stops_both_and_fg_resumes_both(terminal: Terminal) -> None:
    """^Z at cat, then fg: cat echoes again and ends with its own status."""
    terminal.type("$RUN cat")
    terminal.type("first")
    terminal.sees("first")

    terminal.press("z")
    terminal.sees("Stopped")
    assert terminal.prompt() == STOPPED
    terminal.type("fg")
    terminal.type("second")
    terminal.sees("second")
    terminal.press("d")

    assert terminal.prompt() == 0


def test_a_reader_of_the_terminal_stops_in_the_background(terminal: Terminal) -> None:
    """^Z, then bg: cat reads and is stopped by the terminal; fg brings it back."""
    terminal.type("$RUN cat")
    terminal.type("first")
    terminal.sees("first")
    terminal.press("z")
    terminal.prompt()

    terminal.type("bg")
    terminal.prompt()
    terminal.type("until jobs -l | grep -q 'tty input'; do :; done; jobs -l")
    terminal.sees(r"tty input")
    terminal.prompt()
    terminal.type("fg")
    terminal.type("second")
    terminal.sees("second")
    terminal.press("d")

    assert terminal.prompt() == 0


def test_a_command_that_suspends_its_group_gives_the_prompt_back(terminal: Terminal) -> None:
    """As vim does on ^Z: kill(0, SIGTSTP)."""
    terminal.type("$RUN sh -c 'kill -TSTP 0; echo res''umed'")
    terminal.sees("Stopped")
    assert terminal.prompt() == STOPPED

    terminal.type("fg")

    terminal.sees("resumed")
    assert terminal.prompt() == 0


def test_a_command_that_stops_only_itself_gives_the_prompt_back(terminal: Terminal) -> None:
    """By TSTP, and by STOP, which nobody but us sees."""
    for name in ("TSTP", "STOP"):
        terminal.type(f"$RUN sh -c 'kill -{name} $$; echo res''umed; exit 3'")
        terminal.sees("Stopped")
        assert terminal.prompt() == STOPPED

        terminal.type("fg")

        terminal.sees("resumed")
        assert terminal.prompt() == 3


def test_an_inner_shell_has_its_own_job_control(terminal: Terminal) -> None:
    """^C and ^Z act on the inner job, suspend returns to the outer shell, fg continues, its status comes back."""
    terminal.type("PS1='inner[$?]> ' $RUN bash --norc --noprofile -i")
    terminal.sees(r"inner\[0\]> ")
    terminal.type("sh -c 'echo ins''ide; exec sleep 100'")
    terminal.sees("inside")
    terminal.press("c")
    terminal.sees(r"inner\[130\]> ")
    terminal.type("sh -c 'echo ins''ide; exec cat'")
    terminal.sees("inside")
    terminal.press("z")
    terminal.sees(r"inner\[148\]> ")

    terminal.type("suspend")
    terminal.sees("Stopped")
    terminal.sees(r"\n\[\d+\]> ")
    terminal.type("fg")
    terminal.sees("--noprofile -i")  # the shell has said what it continues: what is typed now is for the inner one
    terminal.type("kill -KILL %1; wait; echo")
    terminal.sees(r"inner\[\d+\]> ")
    terminal.type("exit 5")

    terminal.sees(r"\n\[5\]> ")


def test_a_stop_signal_to_the_process_id_stops_both_and_continue_resumes_both(prefix: Prefix, probe: Probe) -> None:
    """kill -TSTP PID reaches the command, as without run; so does kill -CONT PID."""
    script = f'set -m; {prefix.text} "$@" & read -r _'  # with job control: the job's group is not an orphaned one
    with prefix.bare().started("bash", "-c", script, "bash", *probe.words, stdin=subprocess.PIPE):
        command, run = probe.ready()

        os.kill(run, signal.SIGTSTP)
        eventually(lambda: state(command) + state(run) == "TT", within_s=WITHIN_S, what="both have stopped")
        os.kill(run, signal.SIGCONT)
        probe.got("SIGCONT")

        eventually(lambda: "T" not in state(command) + state(run), within_s=WITHIN_S, what="both go on")
        assert probe.counts_behind(run)["SIGCONT"] == 1


def test_a_group_frozen_by_stop_thaws_when_run_is_continued(prefix: Prefix, probe: Probe) -> None:
    """STOP to the group stops the canary too; CONT to our process id alone still continues the command."""
    with prefix.started(*probe.words) as run:
        command, _ = probe.ready()

        os.killpg(run.pid, signal.SIGSTOP)
        eventually(lambda: state(command) + state(run.pid) == "TT", within_s=WITHIN_S, what="both have stopped")
        run.send_signal(signal.SIGCONT)

        eventually(lambda: "T" not in state(command) + state(run.pid), within_s=WITHIN_S, what="both go on")
        run.send_signal(signal.SIGTERM)
        probe.got("SIGTERM")
        assert probe.counts_behind(run.pid)["SIGTERM"] == 1


def test_one_interrupt_ends_a_loop_of_runs(terminal: Terminal, tmp_path: Path) -> None:
    """The shell sees that the command died of ^C, and ends the script."""
    script = tmp_path / "loop"
    script.write_text("for n in 1 2 3; do $RUN sh -c 'echo started; exec sleep 100'; done; echo after\n")
    terminal.type(f"bash {script}")
    terminal.sees("started")

    terminal.press("c")
    after = terminal.sees(r"\[130\]> ")

    assert "started" not in after
    assert "after" not in after


def test_the_terminal_is_left_as_it_was(terminal: Terminal) -> None:
    """stty -a says the same before, behind and after run; standard input, output and error are terminals."""
    terminal.type("BEFORE=$(stty -a); BEHIND=$($RUN stty -a); AFTER=$(stty -a)")
    terminal.prompt()
    terminal.type('[ "$BEFORE" = "$BEHIND" ] && [ "$BEFORE" = "$AFTER" ]')
    assert terminal.prompt() == 0

    terminal.type("$RUN sh -c 'test -t 0 && test -t 1 && test -t 2'")

    assert terminal.prompt() == 0
