"""The supervising loop, called in a process of its own: what no option of `run` reaches."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PREAMBLE = """
import os, signal, sys, time
from runner.child.loop import Loop
from runner.child.signals import Caught
from runner.child.spawn import Command, start_aside
from runner.child.supervise import supervise
from runner.model.failure import Failure

def sh(text, **more):
    return Command(["sh", "-c", text], dict(os.environ), **more)

def ended(outcomes):
    print(*(outcome.signal or outcome.status for outcome in outcomes), flush=True)
"""


def python(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the warm parts, in a session of its own."""
    text = PREAMBLE + textwrap.dedent(program)
    return subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False, start_new_session=True
    )


def test_a_signal_from_before_the_start_reaches_the_command() -> None:
    """It came while we prepared, and was meant for the command; in the order they came."""
    ran = python("""
        with Caught() as caught:
            os.kill(os.getpid(), signal.SIGUSR1)
            ended(supervise([sh("exec sleep 100")], Loop(caught), lambda now: now + 60))
    """)

    assert (ran.stdout, ran.stderr) == (f"{10}\n", "")


def test_a_signal_to_the_group_from_before_the_start_reaches_the_command_once() -> None:
    """The canary was not there to see it."""
    ran = python("""
        with Caught() as caught:
            os.killpg(0, signal.SIGTERM)
            ended(supervise([sh("exec sleep 100")], Loop(caught), lambda now: now + 60))
    """)

    assert ran.stdout == "15\n"


def test_a_signal_is_ours_when_no_command_was_started() -> None:
    """Leaving without a child gives it back to the disposition of before."""
    ran = python("""
        with Caught():
            os.kill(os.getpid(), signal.SIGTERM)
            print("still here", flush=True)
        print("never")
    """)

    assert (ran.returncode, ran.stdout) == (-15, "still here\n")


def test_leaving_restores_dispositions_mask_and_wakeup() -> None:
    """As it was on entering."""
    ran = python("""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        def all_of_it():
            return ([signal.getsignal(s) for s in signal.valid_signals()], signal.pthread_sigmask(signal.SIG_BLOCK, []))
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
        before, descriptors = all_of_it(), os.listdir("/dev/fd")
        with Caught() as caught:
            ended(supervise([sh("exit 3")], Loop(caught), lambda now: now + 60))
        assert all_of_it() == before
        assert os.listdir("/dev/fd") == descriptors
        assert signal.set_wakeup_fd(-1) == -1
    """)

    assert (ran.stdout, ran.stderr) == ("3\n", "")


def test_several_commands_have_an_outcome_each() -> None:
    """One loop, N children: in the order they were given, also one that could not be executed."""
    ran = python("""
        commands = [sh("kill -KILL $$"), sh("exit 7"), Command(["/no/such/command"], {}), sh("exit 0")]
        with Caught() as caught:
            ended(supervise(commands, Loop(caught), lambda now: now + 60))
    """)

    assert (ran.stdout, ran.stderr) == ("9 7 127 0\n", "")


def test_several_commands_get_the_same_signals() -> None:
    """What comes to our process id is relayed to each that lives."""
    ran = python("""
        commands = [sh("exec sleep 100"), sh("kill -TERM $PPID; exec sleep 100"), sh("exec sleep 100")]
        with Caught() as caught:
            ended(supervise(commands, Loop(caught), lambda now: now + 60))
    """)

    assert (ran.stdout, ran.stderr) == ("15 15 15\n", "")


def test_an_error_in_the_owners_step_is_reported_once_and_the_command_goes_on() -> None:
    """The child's status is what counts, and step is not called again."""
    ran = python("""
        calls = []
        def step(now):
            calls.append(now)
            raise RuntimeError("a secret")
        with Caught() as caught:
            ended(supervise([sh("kill -USR1 $PPID; trap 'exit 4' USR1; while :; do sleep 0.1; done")],
                            Loop(caught), step))
        print(len(calls))
    """)

    assert ran.stdout in ("4\n1\n", "10\n1\n")  # USR1 may have come before the trap
    assert ran.stderr.count("RuntimeError at ") == 1
    assert "a secret" not in ran.stderr


def test_step_is_called_when_it_asked_to_be() -> None:
    """Due at once, three times, then never."""
    ran = python("""
        calls = []
        def step(now):
            calls.append(now)
            if len(calls) == 3:
                os.write(write_end, b"go")
            return now if len(calls) < 3 else now + 3600
        read_end, write_end = os.pipe()
        os.set_inheritable(read_end, True)
        with Caught() as caught:
            ended(supervise([sh(f"head -c 2 <&{read_end}")], Loop(caught), step))
        assert calls == sorted(calls)
    """)

    assert (ran.stdout, ran.stderr) == ("go0\n", "")


def test_a_group_stopped_between_looking_and_reaping_goes_on_by_one_continue(tmp_path: Path) -> None:
    """STOP to the group came when we had looked for signals; CONT to us alone still continues the command."""
    ready = tmp_path / "ready"
    ran = python(f"""
        class Stopping(Loop):
            armed = True
            def _reap(self):
                if self.armed and os.path.exists({str(ready)!r}):
                    self.armed = False
                    os.killpg(0, signal.SIGSTOP)
                super()._reap()
        import subprocess
        once = 'until [ "$(cut -d" " -f3 /proc/$0/stat)" = T ]; do sleep 0.05; done; kill -CONT $0'
        subprocess.Popen(["sh", "-c", once, str(os.getpid())], start_new_session=True)
        goes_on = "signal.signal(signal.SIGCONT, lambda *_: (print('continued', flush=True), os._exit(3)))"
        child = f"import os, signal; {{goes_on}}; open({str(ready)!r}, 'w').close(); signal.pause(); signal.pause()"
        command = Command([sys.executable, "-c", child], dict(os.environ), timeout_s=30)
        with Caught() as caught:
            ended(supervise([command], Stopping(caught), lambda now: now + 0.1))
    """)

    assert ran.stdout == "continued\n3\n"


def test_a_process_of_the_owner_is_reaped_in_the_same_loop() -> None:
    """In a session of its own, reading what it is given; its exit status comes to on_exit."""
    ran = python("""
        with Caught() as caught:
            loop = Loop(caught)
            begun = []
            def step(now):
                if not begun:
                    begun.append(now)
                    read_end, write_end = os.pipe()
                    os.write(write_end, b"6")
                    os.close(write_end)
                    aside = Command(["sh", "-c", 'test $(ps -o sid= -p $$) = $$ && exit "$(cat)"'], dict(os.environ))
                    loop.watch(start_aside(aside, caught, read_end, 1), exited.append)
                    os.close(read_end)
                elif exited:
                    os.kill(os.getpid(), signal.SIGTERM)
                return now + 60
            exited = []
            ended(supervise([sh("exec sleep 100")], loop, step))
        print(exited)
    """)

    assert (ran.stdout, ran.stderr) == ("15\n[6]\n", "")


def test_a_descriptor_of_the_owner_is_served_in_the_same_loop() -> None:
    """And one whose service fails is forgotten, not served for ever."""
    ran = python("""
        with Caught() as caught:
            loop = Loop(caught)
            read_end, write_end = os.pipe()
            os.set_inheritable(write_end, True)
            def ready():
                print(os.read(read_end, 10).decode(), flush=True)
                raise OSError("broken")
            loop.watch_descriptor(read_end, ready)
            ended(supervise([sh(f"echo hello >&{write_end}; exit 2")], loop, lambda now: now + 60))
    """)

    assert ran.stdout in ("hello\n\n2\n", "2\n")
    assert ran.stderr.count("OSError") <= 1


@pytest.mark.parametrize(("kill_after", "shell", "expected"), [(None, ":", "77"), (0.1, "trap '' TERM", "77")])
def test_the_owner_can_end_the_children(kill_after: float | None, shell: str, expected: str) -> None:
    """--on-expiry term: TERM, KILL where that was not enough; the status is the owner's."""
    ran = python(f"""
        with Caught() as caught:
            loop = Loop(caught)
            read_end, write_end = os.pipe()
            os.set_inheritable(write_end, True)
            def ready():
                loop.forget_descriptor(read_end)
                loop.end_children(77, {kill_after})
            loop.watch_descriptor(read_end, ready)
            command = sh({shell!r} + f"; echo >&{{write_end}}; while :; do sleep 0.1; done")
            ended(supervise([command], loop, lambda now: now + 60))
    """)

    assert (ran.stdout, ran.stderr) == (f"{expected}\n", "")


def test_nothing_cold_is_loaded() -> None:
    """What stays resident: our warm modules and what the interpreter has anyway."""
    ran = python("print(*sorted(sys.modules))")
    never = {"re", "json", "enum", "typing", "subprocess", "threading", "logging", "dataclasses", "ctypes", "psutil"}

    alone = subprocess.run(
        [sys.executable, "-I", "-c", "import runner.child.supervise, runner.child.death, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.returncode == 0
    assert never.isdisjoint(alone.stdout.split())
