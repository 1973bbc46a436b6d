"""The command that cannot be started, the place that is not ours alone, and what nobody foresaw."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")


@pytest.mark.parametrize("command", ["no-such-command", "./no-such-command", "/no/such/command", "work/../x", ""])
def test_a_command_that_is_not_there(fails: Fails, command: str) -> None:
    """127, as in a shell."""
    contains = [f'cannot start "{command}": command not found']

    fails("-i", "dev", slug="command-not-found", status=127, contains=contains, command=["--", command, "started"])


def test_a_command_that_cannot_be_executed(fails: Fails, world: World) -> None:
    """126, as in a shell: a file without x, a directory, a script whose interpreter is not there."""
    plain = world.cwd / "plain"
    plain.write_text("#!/bin/sh\ntouch started\n")
    script = world.program("script", "#!/nowhere/sh\n")

    for command, problem in (
        (plain, "Permission denied"),
        (world.cwd, "Is a directory"),
        (script, "its interpreter /nowhere/sh does not exist"),
    ):
        contains = [f'cannot start "{command}": {problem}']
        fails(
            "-i",
            "dev",
            slug="command-not-executable",
            status=126,
            contains=contains,
            remedy=f"ls -l {command}",
            command=["--", command],
        )


def test_a_script_without_a_first_line_is_for_the_shell(run: RunIn, world: World) -> None:
    """As execvp(3) has it."""
    (world.bin / "old").write_text("echo $1; exit 3\n")
    (world.bin / "old").chmod(0o755)

    run("-i", "dev", "old", "school").expect_status(3).expect_stdout("school\n")


# The places that are everybody's, put out of the way for one process: nothing of it is seen outside.
APART = """
    mount -t tmpfs -o {shm} tmpfs /dev/shm
    mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp
    mount --bind {root} {root} && mount -o remount,bind,rw {root}
"""


@pytest.fixture
def apart(run: RunIn, world: World) -> Path:
    """Give a program that runs its arguments where /tmp cannot be written and /dev/shm holds nothing."""
    program = world.program("apart", f'set -e\n{APART.format(shm="mode=1777", root=world.root)}\nexec "$@"')
    world.program("apart-ro", f'set -e\n{APART.format(shm="ro", root=world.root)}\nexec "$@"')
    if run("-m", program, "true", program="/usr/bin/unshare").status:
        pytest.skip("mounting in a namespace of one's own needs root")
    return program


def test_no_safe_place(fails: Fails, world: World, apart: Path) -> None:
    """Each candidate is named with what is wrong with it; the remedy is a directory of one's own."""
    (world.runtime / "runner").mkdir(mode=0o755)
    (world.tmp / "runner-0").symlink_to(world.home)

    output = fails.run("-m", f"{apart}-ro", "run", "-i", "dev", "--", "touch", fails.marker, program="/usr/bin/unshare")
    as_json = fails.run(
        "-m",
        f"{apart}-ro",
        *("run", "--error-format", "json", "-i", "dev", "--", "touch", fails.marker),
        program="/usr/bin/unshare",
    )

    problems = (
        f"{world.runtime}/runner: mode 0755, open to others",
        "/dev/shm/runner-0: ",
        f"{world.tmp}/runner-0: a symbolic link",
        "/tmp/runner-0: ",
        "set XDG_RUNTIME_DIR to a directory of your own",
    )
    output.expect_failure("state-directory-unsafe", 78, contains=problems)
    as_json.expect_failure("state-directory-unsafe", 78, contains=problems, form="json")
    assert not fails.marker.exists()
    assert world.aws.calls() == []


def foreign(path: Path) -> None:
    path.mkdir(mode=0o700)
    shutil.chown(path, 12345)


def loose(path: Path) -> None:
    path.mkdir()
    path.chmod(0o770)


def linked(path: Path) -> None:
    (path.parent / "elsewhere").mkdir(mode=0o700)
    path.symlink_to("elsewhere")


def file(path: Path) -> None:
    path.touch(mode=0o700)


@pytest.mark.parametrize("make", [foreign, loose, linked, file])
def test_a_place_that_is_not_ours_alone_is_passed_over(run: RunIn, world: World, apart: Path, make: object) -> None:
    """The next one is taken; what was there is left as it was."""
    assert callable(make)
    make(world.runtime / "runner")
    before = (world.runtime / "runner").lstat()

    output = run("-m", apart, "run", "-i", "dev", "--", "printenv", "RUN_DIR", program="/usr/bin/unshare")

    assert output.expect_status(0).expect_stderr("").text.startswith("/dev/shm/runner-0/runs/")
    after = (world.runtime / "runner").lstat()
    assert (after.st_mode, after.st_uid, after.st_mtime_ns) == (before.st_mode, before.st_uid, before.st_mtime_ns)


def test_a_runtime_directory_with_another_character(run: RunIn, world: World, apart: Path) -> None:
    """Some clients split a credential_process at spaces: such a path is passed over, and so is a relative one."""
    spaced = world.root / "with space"
    spaced.mkdir(mode=0o700)

    for value in (str(spaced), "xdg", f"{world.root}/nowhere"):
        words = ("-m", apart, "run", "-i", "dev", "--", "printenv", "RUN_DIR")
        output = run(*words, program="/usr/bin/unshare", env={"XDG_RUNTIME_DIR": value})
        assert output.expect_status(0).text.startswith("/dev/shm/runner-0/runs/")

    assert list(spaced.iterdir()) == []


def test_what_nobody_foresaw(run: RunIn, world: World) -> None:
    """A broken installation: `run` says that it failed, where, and no more; with --debug, how it got there."""
    (world.cwd / "msgspec.py").write_text("\nraise RuntimeError('CANARYSECRET')\n")
    env = {"PYTHONPATH": str(world.cwd)}
    words = ("-i", "dev", "--", "touch", "started")

    plain = run(*words, env=env)
    debugging = run("--debug", "--error-format=json", *words, env=env)

    contains = ["RuntimeError at msgspec.py:2", "report it, with what --debug prints"]
    plain.expect_failure("internal", 125, contains=contains)
    debugging.expect_failure("internal", 125, form="json", preceded=True, contains=contains)
    trace = debugging.error_text.splitlines()[:-1]
    assert "run: debug: raised RuntimeError" in trace
    assert all(re.fullmatch(r"run: debug: (\S+:\d+ \S+|raised \w+)", line) for line in trace)
    assert not (world.cwd / "started").exists()


def test_no_secret_in_any_arguments(run: RunIn, world: World, aws: FakeAws) -> None:
    """Of all that is executed on the way to a role over a credential_process, nothing has a secret in its words."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("there is no strace")
    (world.cwd / "printed").write_text(aws.user("helper").process_json())
    role = "arn:aws:iam::222222222222:role/Base"
    aws.role(role)
    world.aws_config(
        f"[profile helper]\ncredential_process = cat {world.cwd}/printed\n"
        f"[profile x]\nrole_arn = {role}\nsource_profile = helper\n"
    )

    trace = world.cwd / "trace"
    traced = ("-f", "-s", "4096", "-e", "trace=execve", "-o", trace)
    output = run(*traced, "run", "--debug", "-i", "x", "--", "sh", "-c", "/bin/true", program=strace)

    output.expect_status(0)
    executed = trace.read_text()
    assert '"/bin/true"' in executed
    assert f'"{world.cwd}/printed"' in executed
    assert not [secret for secret in aws.canaries() if secret in executed]
