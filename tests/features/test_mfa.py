"""MFA codes are asked for on the terminal, checked before they are sent, and sent once."""

from __future__ import annotations

import os
import signal

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.mfa import CODES, QUESTION, SERIAL, terminal_in, with_mfa
from tests.harness.terminal import Terminal
from tests.harness.world import World

RUN = "run -i role -- echo 'acts'"


@pytest.fixture(autouse=True)
def role(world: World) -> None:
    """Give the world a role that wants an MFA code."""
    with_mfa(world)


def codes_sent(aws: FakeAws) -> list[str]:
    """Return the codes that AWS got, in their order."""
    return [call.parameters["TokenCode"] for call in aws.calls("AssumeRole")]


def test_a_code_is_asked_for_once(world: World, aws: FakeAws) -> None:
    """It is not shown as it is typed, and the next run finds the lease."""
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        assert CODES[0] not in terminal.sees("acts")
        assert terminal.prompt() == 0
        terminal.type(RUN)
        assert QUESTION not in terminal.sees(r"acts\r")
        assert terminal.prompt() == 0

    [call] = aws.calls("AssumeRole")
    assert call.parameters["SerialNumber"] == SERIAL
    assert lease_files.holding(world.root, CODES) == []


def test_the_commands_input_and_output_are_its_own(world: World) -> None:
    """The question is on the terminal: a pipe before and a file behind see nothing of it."""
    with terminal_in(world) as terminal:
        terminal.type("echo from-the-pipe | run -i role -- cat > out 2> err")
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        assert terminal.prompt() == 0

    assert (world.cwd / "out").read_text() == "from-the-pipe\n"
    assert (world.cwd / "err").read_text() == ""


def test_what_cannot_be_a_code_is_not_sent(world: World, aws: FakeAws) -> None:
    """It is asked again, however often; spaces between the digits are taken as the device shows them."""
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        for nonsense in ("", "12345", "1234567", "abcdef", "\u0661\u0661\u0661\u0661\u0661\u0661"):
            terminal.sees(QUESTION)
            terminal.type(nonsense)
            terminal.sees("a code is six digits")
        terminal.sees(QUESTION)
        terminal.type(f" {CODES[0][:3]} {CODES[0][3:]} ")
        terminal.sees(r"acts\r")
        assert terminal.prompt() == 0

    assert codes_sent(aws) == [CODES[0]]


def test_a_refused_code_is_asked_for_twice_more(world: World, aws: FakeAws) -> None:
    """Then it is over, with AWS's words and what to type."""
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        for wrong in ("000001", "000002", "000003"):
            terminal.sees(QUESTION)
            terminal.type(wrong)
        said = terminal.sees(r"\[mfa-rejected\]") + terminal.sees("try: ")
        assert "invalid MFA one time pass code" in said
        assert terminal.prompt() == 77

    assert codes_sent(aws) == ["000001", "000002", "000003"]


def test_the_second_try_may_be_right(world: World, aws: FakeAws) -> None:
    """A mistyped code costs one more question; one that was refused is not sent again."""
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.type("000001")
        terminal.sees("AWS refuses this code")
        terminal.sees(QUESTION)
        terminal.type("000001")
        terminal.sees("this code has been used")
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        terminal.sees(r"acts\r")

    assert codes_sent(aws) == ["000001", CODES[0]]


def test_a_code_that_another_run_has_used_is_not_sent_again(world: World, aws: FakeAws) -> None:
    """The device shows it for 30 seconds, and AWS takes it once: who types it again is told to wait."""
    with terminal_in(world, RUN_CACHE="none") as terminal:
        for expected in (r"acts\r", "this code has been used: wait for the next"):
            terminal.type(RUN)
            terminal.sees(QUESTION)
            terminal.type(CODES[0])
            terminal.sees(expected)
        terminal.sees(QUESTION)
        terminal.type(CODES[1])
        terminal.sees(r"acts\r")

    assert codes_sent(aws) == list(CODES[:2])


def test_a_device_that_is_not_the_users_is_not_asked_again(world: World, aws: FakeAws) -> None:
    """Another code would not help: where the device is configured is said."""
    path = world.aws_config((world.home / ".aws" / "config").read_text().replace(SERIAL, f"{SERIAL}-old"))
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        said = terminal.sees(r"\[mfa-rejected\]") + terminal.sees(r"\[77\]> ")

    assert "verify your MFA serial" in said
    assert str(path) in said
    assert len(aws.calls("AssumeRole")) == 1


@pytest.mark.parametrize(("key", "status"), [("c", 130), ("\\", 131)])
def test_an_interrupt_at_the_question_ends_run(world: World, aws: FakeAws, key: str, status: int) -> None:
    """As it does everywhere: nothing is said, and the terminal is as it was."""
    with terminal_in(world) as terminal:
        remember_modes(terminal)
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.press(key)
        assert terminal.prompt() == status
        modes_are_the_same(terminal)

    assert aws.calls() == []
    assert world.private_leftovers() == []


def test_the_end_of_input_is_no_answer(world: World) -> None:
    """^D is said in four lines."""
    with terminal_in(world) as terminal:
        remember_modes(terminal)
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.press("d")
        said = terminal.sees(r"\[no-tty\]") + terminal.sees("try: ")
        assert "the input ended without an answer" in said
        assert terminal.prompt() == 77
        modes_are_the_same(terminal)


def test_a_signal_at_the_question_leaves_the_terminal_as_it_was(world: World) -> None:
    """TERM from elsewhere, with the echo off."""
    with terminal_in(world) as terminal:
        remember_modes(terminal)
        terminal.type("sh -c 'echo $$ > pid; exec run -i role -- true'")
        terminal.sees(QUESTION)
        os.kill(int((world.cwd / "pid").read_text()), signal.SIGTERM)
        assert terminal.prompt() == 143
        modes_are_the_same(terminal)


def test_a_killed_run_leaves_nobody_asking(world: World) -> None:
    """kill -9 at the question: what asked for it ends, the shell has its terminal, and the next run can ask."""
    with terminal_in(world) as terminal:
        remember_modes(terminal)
        terminal.type("sh -c 'echo $$ > pid; exec run -i role -- true'")
        terminal.sees(QUESTION)
        os.kill(int((world.cwd / "pid").read_text()), signal.SIGKILL)
        assert terminal.prompt() == 137
        modes_are_the_same(terminal)
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        terminal.sees(r"acts\r")
        assert terminal.prompt() == 0


def test_a_question_cannot_steer_the_terminal(world: World) -> None:
    """What stands in a file is shown with its control characters escaped."""
    config = (world.home / ".aws" / "config").read_text()
    world.aws_config(config.replace(SERIAL, f"{SERIAL}\x1b]0;title\x07"))
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        before = terminal.sees('for "role"')
        terminal.press("c")
        terminal.prompt()

    assert r"mfa/ada\x1b]0;title\x07" in before
    assert "\x1b" not in before


def test_a_stop_at_the_question_gives_the_prompt_back(world: World) -> None:
    """^Z stops it, the shell's terminal is in order; fg asks again, and the answer is taken."""
    with terminal_in(world) as terminal:
        remember_modes(terminal)
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.press("z")
        terminal.prompt()
        modes_are_the_same(terminal)
        terminal.type("fg")
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        assert CODES[0] not in terminal.sees(r"acts\r")
        assert terminal.prompt() == 0


def test_a_stopped_question_in_the_background_is_one_for_the_shell(world: World) -> None:
    """bg stops it again, and jobs says what for: the terminal; fg goes on."""
    with terminal_in(world) as terminal:
        terminal.type(RUN)
        terminal.sees(QUESTION)
        terminal.press("z")
        terminal.prompt()
        terminal.type("bg")
        terminal.prompt()
        terminal.type("until jobs -l | grep -q 'tty output'; do :; done; echo seen")
        terminal.sees(r"seen\r")
        terminal.prompt()
        terminal.type("fg")
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        terminal.sees(r"acts\r")


def test_in_the_background_nobody_is_asked(world: World, aws: FakeAws) -> None:
    """`run &` is not stopped for ever by the terminal: it says why it does not ask, and ends."""
    with terminal_in(world) as terminal:
        terminal.type(f"{RUN} & wait $!")
        said = terminal.sees(r"\[no-tty\]") + terminal.sees("try: ") + terminal.sees("run --identity role")
        assert "in the background" in said
        assert "RUN_MFA_CODE=" in said
        terminal.sees(r"\[77\]> ")

    assert aws.calls() == []


def test_one_question_at_a_time(world: World, aws: FakeAws) -> None:
    """Of two runs on one terminal the second waits, and says for which process and identity."""
    other = "arn:aws:iam::222222222222:role/Second"
    aws.role(other).mfa = True
    config = (world.home / ".aws" / "config").read_text()
    second = config.replace("[profile role]", "[profile second]").replace(lease_files.BASE, other)
    world.aws_config(config + second.replace(SERIAL, f"{SERIAL}-2"))
    aws.mfa(f"{SERIAL}-2", CODES[2])
    with terminal_in(world) as terminal:
        terminal.type("sh -c 'run -i role -- true & run -i second -- true & wait'")
        terminal.sees(rf'{QUESTION}[-2]* for "(role|second)"')
        first = terminal.shell.match.group(1)
        then = {"role": "second", "second": "role"}[first]
        codes = {"role": CODES[0], "second": CODES[2]}
        terminal.sees(rf'waiting for pid \d+, which is asking on this terminal for "{first}"')
        terminal.type(codes[first])
        terminal.sees(f'{QUESTION}[-2]* for "{then}"')
        terminal.type(codes[then])
        assert terminal.prompt() == 0

    assert codes_sent(aws) == [codes[first], codes[then]]


def remember_modes(terminal: Terminal) -> None:
    """Note how the terminal is set."""
    terminal.type("BEFORE=$(stty -a)")
    terminal.prompt()


def modes_are_the_same(terminal: Terminal) -> None:
    """Compare with what was noted."""
    terminal.type('[ "$BEFORE" = "$(stty -a)" ] && echo "the"same || stty -a')
    terminal.sees(r"thesame\r")
    terminal.prompt()
