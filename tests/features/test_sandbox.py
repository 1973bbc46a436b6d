"""`runner sandbox`: a local AWS with identities of several kinds, of which nothing stays."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.harness.eventually import eventually
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn, Running
from tests.harness.world import World

DEV, STAGING, PROD = "111111111111", "222222222222", "333333333333"
PRINCIPALS = {
    "dev": f"arn:aws:iam::{DEV}:user/developer",
    "staging": f"arn:aws:sts::{STAGING}:assumed-role/PowerUser/",
    "prod": f"arn:aws:sts::{PROD}:assumed-role/Deployer/",
    "helper": f"arn:aws:sts::{DEV}:assumed-role/Corporate/developer",
    "demo-dev": f"arn:aws:iam::{DEV}:user/developer",
    "corp-base": f"arn:aws:sts::{DEV}:assumed-role/Corporate/developer",
    "staging-poweruser": f"arn:aws:sts::{STAGING}:assumed-role/PowerUser/",
    "prod-audit": f"arn:aws:sts::{PROD}:assumed-role/ReadOnly/",
}
# Says where it is, and waits: for a signal, or for its standard input to end.
WAIT = 'echo "$HOME $AWS_ENDPOINT_URL"; exec cat'


def inside(running: Running) -> tuple[Path, str]:
    """Return the home and the endpoint that WAIT has printed."""
    home, url = eventually(lambda: running.stdout_so_far().split(), within_s=20, what="the command inside has begun")
    return Path(home), url


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [
        int(line) for line in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, check=False).stdout.split()
    ]


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and that nobody has waited for does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False).stdout
    return bool(state.strip()) and not state.startswith(b"Z")


def refuses(url: str) -> bool:
    """Tell whether nothing listens at `url`."""
    where = urlsplit(url)
    with socket.socket() as client:
        return client.connect_ex((str(where.hostname), where.port or 0)) != 0


def test_every_identity_acts_as_what_it_says(run: RunIn) -> None:
    """A boto3 child under each identity is told the account and the ARN that the identity stands for."""
    each = 'for name; do run -i "$name" -- "$PROBE" || exit; done'

    done = run(
        "sandbox", "--", "sh", "-c", each, "sh", *PRINCIPALS, program="runner", env={"PROBE": BOTO_PROBE}, timeout_s=100
    )

    done.expect_status(0)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for (name, arn), answer in zip(PRINCIPALS.items(), answers, strict=True):
        assert answer["arn"].startswith(arn), name
        assert answer["account"] == arn.split(":")[4], name


def test_a_shell_is_told_what_there_is(run: RunIn) -> None:
    """Without a command $SHELL is started, and stderr names every account, every identity and what to try."""
    done = run("sandbox", program="runner", env={"SHELL": "/bin/true"})

    lines = dict(line.strip().split(": ", 1) for line in done.error_text.splitlines()[1:5])
    names = [name for key in ("profiles", "identities") for name in lines[key].partition("#")[0].split()]
    assert done.status == 0
    assert sorted(names) == sorted(PRINCIPALS)
    assert all(account in lines["accounts"] for account in (DEV, STAGING, PROD))
    assert lines["try"].strip().startswith("run -i ")


def test_a_command_has_stdin_and_stdout_to_itself(run: RunIn) -> None:
    """With a command nothing of ours is printed, and what the command reads and writes goes through untouched."""
    run("sandbox", "--", "cat", program="runner", stdin="a\nb").expect_status(0).expect_stdout("a\nb").expect_stderr("")


@pytest.mark.parametrize(("code", "status"), [("exit 37", 37), ("kill -TERM $$", -signal.SIGTERM)])
def test_the_exit_status_is_the_commands(run: RunIn, code: str, status: int) -> None:
    """A status of the command's own, and death by a signal, come back."""
    run("sandbox", "--", "sh", "-c", code, program="runner").expect_status(status)


def test_a_command_that_is_not_there_gives_127(run: RunIn) -> None:
    """The shell's status, and the failure of `run`."""
    run("sandbox", "--", "no-such-command", program="runner").expect_failure("command-not-found", 127)


def test_a_file_that_is_no_program_gives_126(run: RunIn, world: World) -> None:
    """The shell's status, and the failure of `run`."""
    data = world.cwd / "data"
    data.write_text("no program")

    run("sandbox", "--", data, program="runner").expect_failure("command-not-executable", 126)


@pytest.mark.parametrize("ending", ["by itself", signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(run: RunIn, world: World, ending: signal.Signals | str) -> None:
    """Home, server and port are gone after the command's own end, a signal to both, and SIGKILL of `runner` itself."""
    read, write = os.pipe()
    running = run.start("sandbox", "--", "sh", "-c", WAIT, program="runner", stdin=read)
    os.close(read)
    home, url = inside(running)
    processes = children(running.pid)

    if ending == signal.SIGINT:
        running.send_to_group(signal.SIGINT)
    elif isinstance(ending, signal.Signals):
        running.send(ending)
    if ending in ("by itself", signal.SIGKILL):
        os.close(write)
    else:
        eventually(lambda: running.process.poll() is not None, what="the signal has ended it")
        os.close(write)
    done = running.finish()

    assert done.status == (0 if ending == "by itself" else -int(ending))
    assert len(processes) == 2
    eventually(lambda: not any(alive(pid) for pid in processes), what="server and command are gone")
    assert not home.exists()
    assert refuses(url)
    assert list(world.tmp.iterdir()) == []


def test_the_server_goes_while_the_command_stays(run: RunIn) -> None:
    """After SIGKILL of `runner` the server ends at once, not only when the command does."""
    read, write = os.pipe()
    running = run.start("sandbox", "--", "sh", "-c", WAIT, program="runner", stdin=read)
    os.close(read)
    home, url = inside(running)

    running.send(signal.SIGKILL)

    eventually(lambda: refuses(url), what="the port is closed")
    eventually(lambda: not home.exists(), what="the home is gone")
    os.close(write)


def test_a_silent_connection_holds_nothing_up(run: RunIn) -> None:
    """A client that connects and says nothing keeps neither the server alive nor `runner` waiting for long."""
    read, write = os.pipe()
    running = run.start("sandbox", "--", "sh", "-c", WAIT, program="runner", stdin=read)
    os.close(read)
    home, url = inside(running)
    where = urlsplit(url)

    with socket.create_connection((str(where.hostname), where.port or 0)):
        os.close(write)
        running.finish(within_s=20).expect_status(0)

    assert not home.exists()


def test_the_users_own_identities_are_not_visible(run: RunIn, world: World) -> None:
    """Neither a profile, nor a runner.toml, nor a variable of the user's reaches the command, and none is changed."""
    world.aws_config("[profile users-own]\nregion = eu-west-1\n")
    world.aws_credentials("[users-own]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n")
    world.runner_toml('[identities.my-own]\nkind = "aws/profile"\nprofile = "users-own"\n')
    before, files = world.snapshot(), sorted(world.root.rglob("*"))
    dirty = {
        "AWS_PROFILE": "users-own",
        "AWS_ACCESS_KEY_ID": "AKIAOUTER",
        "AWS_CONFIG_FILE": str(world.home / ".aws" / "config"),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": world.aws.url,
        "RUN_IDENTITY": "users-own",
        "RUN_CONFIG": str(world.config / "runner" / "runner.toml"),
        "XDG_CONFIG_DIRS": str(world.config),
    }

    seen = run("sandbox", "--", "env", program="runner", env=dirty).expect_status(0)
    refused = run("sandbox", "--", "sh", "-c", "run -i users-own true; run -i my-own true", program="runner", env=dirty)

    assert all(value not in seen.text for value in (*dirty.values(), "RUN_IDENTITY", world.aws.url))
    assert refused.error_text.count("[unknown-identity]") == 2
    assert world.aws.calls() == []
    assert world.snapshot() == before
    assert sorted(world.root.rglob("*")) == files


def test_commands_are_those_of_this_installation(run: RunIn) -> None:
    """`run`, `runner` and `python` inside are the ones beside the interpreter that runs the sandbox."""
    done = run("sandbox", "--", "sh", "-c", "command -v run", program="runner", env={"PATH": "/usr/bin:/bin"})

    assert Path(done.text.strip()).parent == Path(done.words[0]).parent


def test_without_moto_the_remedy_names_the_extra(run: RunIn, world: World) -> None:
    """A user who installed without the extra is told what to install."""
    world.tmp.joinpath("sitecustomize.py").write_text("import sys\nsys.modules['moto'] = None\n")

    done = run("sandbox", "--", "true", program="runner", env={"PYTHONPATH": str(world.tmp)})

    done.expect_failure("dependency-missing", 78, contains=["pip install 'runner[sandbox]'"])
