"""External programs that fail: a credential_process that is not there, ends badly, is late, or goes in a circle."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.harness.eventually import eventually
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

SECRET = "CANARYSECRETabcdefghij0123456789KLMN"


def profile(world: World, command: str) -> Path:
    """Give the world a profile x with this credential_process."""
    return world.aws_config(f"[profile x]\ncredential_process = {command}\n")


def test_output_without_end(run: RunIn, world: World) -> None:
    """A program that does not stop printing is stopped."""
    world.program("helper", "exec yes CANARYSECRET")
    profile(world, "helper")

    run("-i", "x", "--", "true").expect_failure("credential-process-invalid", 78, contains=["more than 65536 bytes"])

    eventually(lambda: not started_by(world), what="yes is dead")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("no-such-program --prod", ["cannot be started", "no-such-program: No such file or directory"]),
        ("/nowhere/helper", ["/nowhere/helper: No such file or directory"]),
        ("/etc", ["/etc: Permission denied"]),
        ('helper "prod', ["cannot be split into words"]),
    ],
)
def test_a_program_that_cannot_be_started(fails: Fails, world: World, command: str, said: list[str]) -> None:
    """It is named with the reason; it is a matter of configuration."""
    profile(world, command)

    fails("-i", "x", slug="credential-process-invalid", status=78, contains=said, remedy=command)


def test_an_empty_command(fails: Fails, world: World) -> None:
    """A runner.toml may say nothing for it."""
    path = world.runner_toml('[identities.x]\nkind = "aws/credentials"\ncredential_process = " "\n')

    contains = ["it is empty", str(path)]
    fails("-i", "x", slug="credential-process-invalid", status=78, contains=contains, remedy=str(path))


def test_a_program_that_fails(fails: Fails, world: World) -> None:
    """Its status and the last line of its stderr are shown: controls escaped, what looks like a secret masked."""
    world.program("helper", f"printf 'first\\nlast \\033[31mline: {SECRET} \\r\\n\\n' >&2; echo {SECRET}; exit 3")
    profile(world, "helper prod")

    output = fails(
        "-i",
        "x",
        slug="credential-process-failed",
        status=77,
        contains=["ended with status 3", r"cause: last \x1b[31mline: ****", "credential_process of x (failed here)"],
        remedy="helper prod        # by itself",
    )

    assert "first" not in output.error_text


def test_a_program_that_is_killed(fails: Fails, world: World) -> None:
    """The signal is named."""
    world.program("helper", "kill -SEGV $$")
    profile(world, "helper")

    fails("-i", "x", slug="credential-process-failed", status=77, contains=["ended with signal 11", ".aws/config"])


def test_secrets_in_a_command_line_are_masked(fails: Fails, world: World) -> None:
    """The remedy shows the command, less what looks like a secret in it."""
    profile(world, f"false --client-secret {SECRET}")

    fails("-i", "x", slug="credential-process-failed", status=77, remedy="false --client-secret ****")


def test_a_program_that_is_late(fails: Fails, world: World) -> None:
    """After process_timeout it is ended with all that it has started."""
    world.program("helper", "sleep 3600 & sleep 3600 & wait")
    world.runner_toml(
        '[identities.x]\nkind = "aws/credentials"\ncredential_process = "helper prod"\nprocess_timeout = "1s"\n'
    )

    contains = ["did not end within 1 s"]
    fails("-i", "x", slug="credential-process-timeout", status=75, contains=contains, remedy="helper prod        # by")

    eventually(lambda: not started_by(world), what="its children are dead")


def started_by(world: World) -> list[psutil.Process]:
    """Return the living processes with this world's HOME."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(world.home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_program_that_runs_as_the_identity_it_is_for(run: RunIn, world: World) -> None:
    """The inner run fails at once, naming the loop, and the outer one passes its words on."""
    world.program("helper", "exec run -i x -- true")
    world.program("roundabout", "exec run -i z -- true")
    world.aws_config(
        "[profile x]\ncredential_process = helper\n"
        "[profile y]\ncredential_process = roundabout\n[profile z]\ncredential_process = again\n"
    )
    world.program("again", "exec run -i y -- true")

    own = run("-i", "x", "--", "touch", "started", timeout_s=10)
    far = run("-i", "y", "--", "touch", "started", timeout_s=10)

    own.expect_failure("credential-process-failed", 77, contains=["status 78", "loop: x > x", "[identity-loop]"])
    far.expect_failure("credential-process-failed", 77, contains=["loop: y > z > y", "[identity-loop]"])
    assert not (world.cwd / "started").exists()
    assert world.aws.calls() == []


def test_a_program_is_not_run_for_nothing(run: RunIn, world: World) -> None:
    """With a mistake on the command line, or a broken file, no program of the chain is started."""
    world.program("helper", "touch started; exit 1")
    world.runner_toml(
        """
        [identities.x]
        kind = "aws/credentials"
        credential_process = "helper"
        [identities.role]
        kind = "aws/assume-role"
        via = "x"
        role_arn = "nonsense"
        """
    )

    run("-i", "x", "--account", "1", "--", "true").expect_failure("usage", 64)
    run("-i", "x", "--duration", "1h", "--", "true").expect_failure("conflicting-options", 64)
    run("-i", "role", "--", "true").expect_failure("invalid-config", 78)

    assert not (world.cwd / "started").exists()
