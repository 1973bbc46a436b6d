"""`run --login auto`: on a terminal a login that is missing is offered, and the command goes on with it."""

from __future__ import annotations

import json
import re
import termios
from collections.abc import Callable, Iterator

import pytest

from tests.harness.aws import FakeAws
from tests.harness.browser import Browser, cache
from tests.harness.fake.canaries import leaks
from tests.harness.programs import RUN
from tests.harness.sso_profiles import token_file, with_sso
from tests.harness.terminal import Terminal
from tests.harness.world import World

QUESTION = r"log in now\? \[Y/n\] "
AGREED = "started"


@pytest.fixture
def corp(world: World) -> World:
    """Give a world with SSO identities of every kind, nobody logged in, and a browser."""
    with_sso(world)
    for file in cache(world).iterdir():
        file.unlink()
    world.environ |= Browser(world).env
    return world


Open = Callable[[], Terminal]


@pytest.fixture
def open_terminal(corp: World, aws: FakeAws) -> Iterator[Open]:
    """Give a way to terminals in that world; nothing secret may be seen on any of them."""
    opened: list[Terminal] = []
    seen: list[list[str]] = []

    def another() -> Terminal:
        terminal = Terminal({**corp.environ, "RUN": f"{RUN} -i sso --"})
        shown: list[str] = []

        class Log:
            def write(self, text: str) -> None:
                shown.append(text)

            def flush(self) -> None:
                pass

        terminal.shell.logfile_read = Log()
        opened.append(terminal)
        seen.append(shown)
        return terminal

    yield another
    for each in opened:
        each.close()
    printed = {f"terminal {number}": "".join(shown).encode() for number, shown in enumerate(seen)}
    assert leaks(printed, aws.canaries()) == []


def settings(terminal: Terminal) -> list[object]:
    return list(termios.tcgetattr(terminal.shell.child_fd))


@pytest.mark.parametrize("answer", ["", "y", "YES"])
def test_enter_logs_in_and_the_command_starts(corp: World, open_terminal: Open, answer: str) -> None:
    """The failure is said, the question asked, and the run goes on as if the login had been there."""
    terminal = open_terminal()

    terminal.type("$RUN echo started; true")
    said = terminal.sees(QUESTION)
    terminal.type(answer)
    after = terminal.sees(r"\nstarted\r\n")

    assert 'nobody is logged in to the SSO session "corp" [login-required]' in said
    assert re.search(r"logged in to corp until \d{4}-", after)
    assert terminal.prompt() == 0
    assert token_file(corp).exists()
    terminal.type("$RUN echo again")  # with the lease
    terminal.sees(r"again\r\n")
    assert terminal.prompt() == 0


def test_what_the_command_reads_and_prints_is_its_own(corp: World, open_terminal: Open) -> None:
    """The question is on the terminal, also when stdin, stdout and stderr of the run are pipes."""
    terminal = open_terminal()

    terminal.type("echo input | $RUN cat >$HOME/out 2>$HOME/err; cat $HOME/out $HOME/err")
    terminal.sees(QUESTION)
    terminal.type("")

    assert terminal.sees(r"\[0\]> ").split("\n")[-2:] == ["input\r", ""]
    assert token_file(corp).exists()


def test_an_ended_session_is_offered_too(corp: World, aws: FakeAws, open_terminal: Open) -> None:
    """Also one that the portal has ended while its token looks well."""
    token = aws.sso_token()
    corp.sso_login(token)
    aws.oidc.end(token.access_token)
    terminal = open_terminal()

    terminal.type("$RUN echo started")
    assert "[sso-session-expired]" in terminal.sees(QUESTION)
    terminal.type("")

    terminal.sees(r"\nstarted\r\n")
    assert json.loads(token_file(corp).read_bytes())["accessToken"] != token.access_token


@pytest.mark.parametrize("answer", ["n", "no", "what", "^D"])
def test_anything_else_is_a_no(corp: World, aws: FakeAws, open_terminal: Open, answer: str) -> None:
    """Then it is the failure that it was, with what to type; nobody is asked for anything."""
    terminal = open_terminal()

    terminal.type("$RUN echo started")
    terminal.sees(QUESTION)
    if answer == "^D":
        terminal.press("d")
    else:
        terminal.type(answer)

    said = terminal.sees(r"\[77\]> ")
    assert "try:   runner login sso        # or: aws sso login --sso-session corp" in said
    assert "\nstarted" not in said
    assert aws.calls() == []
    assert not token_file(corp).exists()


@pytest.mark.parametrize("when", ["asked", "waiting"])
def test_an_interrupt_leaves_nothing(corp: World, open_terminal: Open, when: str) -> None:
    """^C at the question, and while the browser is awaited: the shell has its terminal back, and no token is there."""
    Browser(corp, "import time; time.sleep(20); raise SystemExit")
    terminal = open_terminal()
    before = settings(terminal)

    terminal.type("$RUN echo started")
    terminal.sees(QUESTION)
    if when == "waiting":
        terminal.type("")
        terminal.sees("/authorize")
    terminal.press("c")

    said = terminal.sees(r"\[130\]> ")
    assert "\nstarted" not in said
    assert settings(terminal) == before
    assert not token_file(corp).exists()
    assert [path for path in cache(corp).iterdir() if path.suffix != ".json"] == []
    assert corp.private_leftovers() == []


@pytest.mark.parametrize("how", ["--login never", "--no-input", "RUN_LOGIN=never", "CI=true", "no terminal"])
def test_nobody_is_asked_who_must_not_be(corp: World, open_terminal: Open, how: str) -> None:
    """It is the failure at once."""
    terminal = open_terminal()
    option, variable = (how, "") if how.startswith("--") else ("", how if "=" in how else "")
    apart = "setsid -w " if how == "no terminal" else ""

    terminal.type(f"env {variable} {apart}{RUN} -i sso {option} -- echo started")

    said = terminal.sees(r"\[77\]> ")
    assert "[login-required]" in said
    assert "log in now" not in said


def test_one_asks_and_the_others_go_on(corp: World, aws: FakeAws, open_terminal: Open) -> None:
    """Two terminals, one session: the second waits for the first, and starts with its login without a question."""
    first, second = open_terminal(), open_terminal()
    first.type("$RUN echo started")
    first.sees(QUESTION)

    second.type("$RUN echo started")
    waiting = second.sees("waiting for pid")
    first.type("")

    first.sees(r"\nstarted\r\n")
    assert "log in now" not in waiting + second.sees(r"\nstarted\r\n")
    assert len(aws.calls("CreateToken")) == 1


def test_a_no_counts_for_those_who_wait(corp: World, aws: FakeAws, open_terminal: Open) -> None:
    """They are refused as the first is, without a question each."""
    first, second = open_terminal(), open_terminal()
    first.type("$RUN echo started")
    first.sees(QUESTION)
    second.type("$RUN echo started")
    second.sees("waiting for pid")

    first.type("n")

    assert "log in now" not in second.sees(r"\[77\]> ")
    assert aws.calls() == []


def test_a_login_elsewhere_answers_the_question(corp: World, aws: FakeAws, open_terminal: Open) -> None:
    """`runner login` does not wait for whoever has left a question open; Enter there goes on with its login."""
    first, second = open_terminal(), open_terminal()
    first.type("$RUN echo started")
    first.sees(QUESTION)
    second.type("runner login sso")
    second.sees("logged in to corp until")
    assert second.prompt() == 0

    first.type("")

    first.sees(r"started\r\n")
    assert len(aws.calls("CreateToken")) == 1
    assert token_file(corp).exists()
