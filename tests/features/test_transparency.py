"""The command ends as it ends, gets its words as they are, and leaves nothing of ours behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.programs import PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")

WORDS = [
    ["--identity", "--", ""],
    ["--", "--"],
    ["-i", "other", "--debug", "--help", "--version"],
    ["--error-format=json", "-", "-x", "--no-such-option"],
    ["a b", "'", '"', "$HOME", "`id`", "*", "\\n", "\n", "\t", "é", "\U0001f511", "\udcff"],
    ["@file", "%s", "{identity}", "~", "=", "KEY=VALUE"],
]


@pytest.mark.parametrize("status", [0, 1, 2, 64, 75, 77, 78, 124, 125, 126, 127, 128, 255])
def test_a_status_is_the_commands(run: RunIn, world: World, status: int) -> None:
    """Also those that mean something else when they are ours; we have nothing to say to them."""
    run("-i", "dev", "--", PROBE, "exit", str(status)).expect_status(status).expect_stdout("").expect_stderr("")

    assert world.private_leftovers() == []


@pytest.mark.parametrize("name", ["TERM", "INT", "KILL", "SEGV", "HUP"])
def test_a_death_by_signal_is_copied(run: RunIn, world: World, name: str) -> None:
    """Our parent sees the same signal, and not 128 and more; nothing is left."""
    ended = run("-i", "dev", "--", PROBE, "kill", name).expect_stderr("")

    ended.expect_signal(signal.Signals[f"SIG{name}"])
    assert world.private_leftovers() == []


@pytest.mark.parametrize("words", WORDS)
def test_words_after_the_first_are_the_commands(run: RunIn, words: list[str]) -> None:
    """Whether or not `--` stands before it; what looks like an option of ours is not one."""
    for before in ([], ["--"]):
        child = run("-i", "dev", *before, PROBE, "argv", *words).expect_status(0).expect_stderr("")
        assert child.json() == words


def test_printf_prints_what_looks_like_options(run: RunIn) -> None:
    """`--identity`, `--` and an empty word reach it."""
    run("-i", "dev", "printf", "%s|", "--identity", "--", "").expect_stdout("--identity|--||")
    run("-i", "dev", "--", "sh", "-c", 'printf "%s|" "$0" "$@"', "--", "a", "--").expect_stdout("--|a|--|")


def test_the_command_may_begin_with_a_dash(run: RunIn, world: World) -> None:
    """After `--` the next word is the command, whatever it is."""
    world.program("-i", "echo dash $1")

    run("-i", "dev", "--", "-i", "x").expect_stdout("dash x\n")


def test_runner_run_is_run(run: RunIn) -> None:
    """With the same words, statuses and failures."""
    run("run", "-i", "dev", "--", "printf", "%s|", "run", "--", program="runner").expect_stdout("run|--|")
    run("run", "-i", "dev", PROBE, "exit", "7", program="runner").expect_status(7)
    run("run", "-i", "nobody", "true", program="runner").expect_failure("unknown-identity", 78)


def test_the_three_streams_pass(run: RunIn) -> None:
    """Every byte of stdin, stdout and stderr is the command's."""
    data = bytes(range(256)) * 300

    run("-i", "dev", "cat", stdin=data).expect_status(0).expect_stdout(data).expect_stderr("")
    run("-i", "dev", "sh", "-c", "cat >&2", stdin=data).expect_stdout("").expect_stderr(data)


def test_the_commands_input_is_not_read_by_us(run: RunIn, world: World) -> None:
    """Not by a credential_process either: the command gets all of it."""
    key = world.aws.user("helper")
    (world.cwd / "printed").write_text(key.process_json())
    world.program("helper", f"read line; cat {world.cwd}/printed")
    world.aws_config("[profile x]\ncredential_process = helper\n")

    run("-i", "x", "--", "cat", stdin="first\nsecond\n").expect_stdout("first\nsecond\n")


def test_the_command_has_our_directory_and_descriptors(run: RunIn, world: World) -> None:
    """Working directory and descriptors are those `run` was started with; none of ours is added."""
    child = run("-i", "dev", PROBE, "where").json()

    assert child["cwd"] == str(world.cwd)
    assert child["descriptors"] == [0, 1, 2]


ENDINGS = {
    "status": ["-i", "dev", "sh", "-c", 'ls "$RUN_DIR" >/dev/null; exit 3'],
    "signal": ["-i", "dev", "sh", "-c", "kill -KILL $$"],
    "not found": ["-i", "dev", "no-such-command"],
    "not executable": ["-i", "dev", "/etc"],
    "failure": ["-i", "dev", "--account", "999999999999", "true"],
    "unknown": ["-i", "nobody", "true"],
    "usage": ["--nope"],
    "files of its own": [
        "-i",
        "dev",
        "sh",
        "-c",
        'mkdir -p "$RUN_DIR/a/b"; touch "$RUN_DIR/a/b/c"; ln -s / "$RUN_DIR/a/l"',
    ],
    "removed by itself": ["-i", "dev", "sh", "-c", 'rm -rf "$RUN_DIR"'],
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_left_after_any_end(run: RunIn, world: World, ending: str) -> None:
    """The private directory is empty, nothing of ours runs, ~/.aws is byte for byte as before."""
    before, home = world.snapshot(), files_of(world.home)

    run(*ENDINGS[ending])

    assert world.private_leftovers() == []
    assert world.snapshot() == before
    assert files_of(world.home) == home
    assert list(world.tmp.iterdir()) == []


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1])
def test_nothing_is_left_after_a_signal_to_run(run: RunIn, world: World, signo: int) -> None:
    """The command gets it, dies of it, and `run` after it has cleaned up."""
    before = world.snapshot()
    running = run.start("-i", "dev", "--", "sh", "-c", "touch up; exec sleep 600")
    eventually((world.cwd / "up").exists, what="the command runs")
    assert world.private_leftovers() != []

    running.send(signo)

    running.finish().expect_signal(signo)
    assert world.private_leftovers() == []
    assert world.snapshot() == before


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_after_a_signal_while_acquiring(run: RunIn, world: World, aws: FakeAws, signo: int) -> None:
    """The command was not started, and `run` dies of the signal."""
    aws.hang("GetCallerIdentity")
    running = run.start("-i", "dev", "--", "touch", "started")
    eventually(lambda: aws.calls("GetCallerIdentity"), what="AWS is being asked")

    running.send_to_group(signo)

    running.finish().expect_signal(signo)
    assert not (world.cwd / "started").exists()
    assert world.private_leftovers() == []


def test_the_next_run_removes_what_a_killed_one_left(run: RunIn, world: World) -> None:
    """KILL leaves no time to clean up."""
    running = run.start("-i", "dev", "--", "sh", "-c", "echo $$ > up; exec sleep 600")
    eventually(lambda: (world.cwd / "up").exists() and (world.cwd / "up").read_text().strip(), what="the command runs")
    running.send(signal.SIGKILL)
    running.finish()
    assert world.private_leftovers() != []

    os.kill(int((world.cwd / "up").read_text()), signal.SIGKILL)

    def swept() -> bool:
        run("-i", "dev", "--", "true").expect_status(0)
        return world.private_leftovers() == []

    eventually(swept)


def files_of(top: Path) -> dict[str, bytes]:
    """Return every file below a directory with its content."""
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}
