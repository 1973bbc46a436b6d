"""`runner sandbox [-- cmd]`: a local AWS with demo accounts and identities, and a command or a shell inside it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from runner import report
from runner.model.failure import Failure
from runner.model.outcome import Outcome
from runner.sandbox.home import ACCOUNTS, IDENTITIES, PROFILES, environment, with_first_on_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

NEEDED = ("moto", "flask")
WHO = """python -c 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'"""
GOODBYE_S = 10

# The server finds its modules where we found ours, never in the working directory.
SERVER = "import sys; sys.path[:] = {path!r}; from runner.sandbox.server import main; main()"


def sandbox(command: list[str]) -> Outcome:
    """Run `command`, or $SHELL when it is empty, inside a local AWS, and take all of it away afterwards.

    Raises dependency-missing without moto, command-not-found and command-not-executable.
    """
    if not all(find_spec(name) for name in NEEDED):
        raise Failure(
            "dependency-missing", needs="runner sandbox", package="moto", remedy="pip install 'runner[sandbox]'"
        )
    with _local_aws() as inside:
        if not command:
            report.write(_welcome(inside))
        return _wait_for(command or [inside.get("SHELL") or "/bin/sh"], inside)


@contextmanager
def _local_aws() -> Iterator[dict[str, str]]:
    """Start the server and yield the environment of a process inside.

    The server ends, and removes the home, at the end of its standard input: however we end, that comes.
    """
    path = [folder for folder in sys.path if os.path.isabs(folder)]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [sys.executable, "-I", "-c", SERVER.format(path=path)],
            env=environment("/", "http://127.0.0.1:9", os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,  # ^C is for the command
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        port, _, home = server.stdout.readline().strip().partition(" ")
        if not home:
            said.seek(0)
            raise Failure("internal", cause=said.read().decode()[-500:], problem="the local AWS did not start")
        inside = environment(home, f"http://127.0.0.1:{port}", os.environ)
        try:
            yield with_first_on_path(os.path.dirname(sys.executable), inside)
        finally:
            server.stdin.close()
            _see_off(server)
            shutil.rmtree(home, ignore_errors=True)


def _see_off(server: subprocess.Popen[str]) -> None:
    try:
        server.wait(GOODBYE_S)
    except subprocess.TimeoutExpired:
        server.kill()


def _wait_for(command: list[str], environ: dict[str, str]) -> Outcome:
    """Run the command; what the terminal sends reaches it without us, TERM and HUP sent to us are passed on."""
    try:
        child = subprocess.Popen(command, env=environ)
    except FileNotFoundError as error:
        raise Failure("command-not-found", command=command[0]) from error
    except OSError as error:
        raise Failure("command-not-executable", command=command[0], problem=error.strerror or "") from error

    def forward(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    def leave_to_the_child(_: int, __: FrameType | None) -> None:
        pass

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, leave_to_the_child)
    return Outcome.of_exitcode(child.wait())


def _welcome(inside: dict[str, str]) -> str:
    accounts = ", ".join(f"{account} ({name})" for account, name in ACCOUNTS.items())
    return (
        f"runner sandbox: a local AWS at {inside['AWS_ENDPOINT_URL']}, until this shell ends\n"
        f"  accounts:   {accounts}\n"
        f"  profiles:   {' '.join(PROFILES)}        # {inside['AWS_CONFIG_FILE']}\n"
        f"  identities: {' '.join(IDENTITIES)}        # {inside['XDG_CONFIG_HOME']}/runner/runner.toml\n"
        f"  try:        run -i prod-audit -- {WHO}\n"
        f"              run -i staging -- sh -c 'env | grep AWS_'\n"
        f"              run -i prod --account 111111111111 -- true        # refused: another account\n"
    )
