"""Where little is there: no terminal, no home, no name, few descriptors, no room for a process, no room in memory."""

from __future__ import annotations

import itertools
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, let_go
from tests.harness.programs import RUN
from tests.harness.terminal import WITHIN_S, Prefix, installed_prefix_or_override
from tests.harness.world import World

__all__ = ["installed_prefix_or_override"]

BASE = "arn:aws:iam::222222222222:role/Base"

# Without an entry in the password file, and without a process beside one test's own.
UIDS = map(str, itertools.count(1_000_000 + 100 * os.getpid()))


@pytest.fixture
def role(world: World, aws: FakeAws) -> Prefix:
    """Give `run -i role --`, which keeps a lease, for a user whose AWS files are found without a home."""
    files = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
    aws.role(BASE)
    environ = {**world.environ, **{name: str(world.home / ".aws" / file) for name, file in files.items()}}
    return Prefix([RUN, "-i", "role", "--"], environ)


@pytest.fixture
def nobody(world: World, role: Prefix) -> Prefix:
    """Give the same for a user without a name, to whom the world belongs."""
    uid = next(UIDS)
    as_nobody = ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups"]
    try:
        subprocess.run([*as_nobody, sys.executable, "-c", "import runner"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root becomes somebody else, who must be able to start this Python")
    for path in (world.root, *world.root.rglob("*")):
        os.chown(path, int(uid), int(uid))
    return Prefix([*as_nobody, *role.words], role.environ)


def limited(limit: int, value: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(limit, (value, value))


@pytest.mark.parametrize("leased", [False, True], ids=["acquiring", "with a lease"])
def test_without_a_controlling_terminal(role: Prefix, *, leased: bool) -> None:
    """As under cron: a session of its own, from which /dev/tty cannot be opened."""
    if leased:
        role.ran("true")

    ran = role.ran("sh", "-c", "(exec </dev/tty) 2>/dev/null || exit 7", start_new_session=True)

    assert (ran.returncode, ran.stderr) == (7, b"")


@pytest.mark.parametrize("home", [None, "/nonexistent", ""], ids=["unset", "not there", "empty"])
def test_without_a_home(role: Prefix, home: str | None) -> None:
    """Only what needs it could complain; the command sees it as it was."""
    environ = {name: value for name, value in role.environ.items() if name not in ("HOME", "XDG_STATE_HOME")}
    homeless = Prefix(role.words, environ if home is None else {**environ, "HOME": home})

    ran = homeless.ran("sh", "-c", 'echo "${HOME-unset}"')

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode() == f"{'unset' if home is None else home}\n"


def test_a_user_without_a_name(nobody: Prefix, world: World) -> None:
    """As in OpenShift: the uid has no entry in the password file, and HOME may be unset too."""
    for environ in (nobody.environ, {name: value for name, value in nobody.environ.items() if name != "HOME"}):
        ran = Prefix(nobody.words, environ).ran("id", "-u", cwd=world.cwd)

        assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, f"{nobody.words[2]}\n", b"")
    assert world.private_leftovers() == []


@pytest.mark.parametrize("leased", [False, True], ids=["acquiring", "with a lease"])
def test_sixteen_descriptors_suffice(role: Prefix, *, leased: bool) -> None:
    """For all that run itself opens; the limit is the command's too."""
    if leased:
        role.ran("true")

    ran = role.ran("sh", "-c", "ulimit -n", preexec_fn=limited(resource.RLIMIT_NOFILE, 16))

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"16\n", b"")


@pytest.mark.parametrize("leased", [False, True], ids=["acquiring", "with a lease"])
def test_no_room_for_a_process(nobody: Prefix, world: World, *, leased: bool) -> None:
    """fork is refused: 125, four lines that say so, and nothing is left."""
    if leased:
        assert nobody.ran("true", cwd=world.cwd).returncode == 0
    before = [path for path in (world.runtime / "runner").rglob("*") if path.is_file()]

    ran = nobody.ran("touch", "started", cwd=world.cwd, preexec_fn=limited(resource.RLIMIT_NPROC, 1))

    lines = ran.stderr.decode().splitlines()
    assert ran.returncode == 125
    assert len(lines) == 4, lines
    assert "cannot start a process: Resource temporarily unavailable" in lines[0] + lines[2]
    assert not (world.cwd / "started").exists()
    assert world.private_leftovers() == []
    assert [path for path in (world.runtime / "runner").rglob("*") if path.is_file()] == before


def test_two_megabytes_of_environment(prefix: Prefix) -> None:
    """As much as the system takes, less the four kilobytes that are ours; and the longest argument there is."""
    values = {f"LARGE_{number}": "x" * 120_000 for number in range(16)}
    large = Prefix(prefix.words, {**prefix.environ, **values})
    count = 'import os, sys; print(sum(len(v) for k, v in os.environ.items() if k[:6] == "LARGE_"), len(sys.argv[1]))'

    plain, behind = (each.ran(sys.executable, "-SIc", count, "y" * 131_000) for each in (large.bare(), large))

    assert plain.stdout == b"1920000 131000\n"
    assert (behind.returncode, behind.stdout, behind.stderr) == (0, plain.stdout, b"")


def test_more_than_the_system_takes(prefix: Prefix) -> None:
    """What tips over with what we add is said as it is: the command cannot be executed."""
    page = os.sysconf("SC_PAGE_SIZE")
    fill = os.sysconf("SC_ARG_MAX") - sum(len(k) + len(v) + 10 for k, v in prefix.environ.items()) - 2 * page
    values = {f"LARGE_{number}": "x" * 100_000 for number in range(fill // 100_000)}
    large = Prefix(prefix.words, {**prefix.environ, **values, "REST": "x" * (fill % 100_000)})

    ran = large.ran("true", "y" * 3000)

    if ran.returncode:  # how much is ours, and how much the system counts, is not for a test to know exactly
        assert ran.returncode == 126
        assert b"Argument list too long" in ran.stderr


def test_no_room_for_a_helper_process(nobody: Prefix, world: World, aws: FakeAws, tmp_path: Path) -> None:
    """In mid-run: said in one line, tried again, and the command knows nothing of it."""
    if not Path(sys.executable).resolve().is_relative_to("/usr"):
        pytest.skip("the helper process of another user needs a Python that everybody may start")
    aws.role(BASE, lifetime_s=8)
    said = tmp_path / "said"
    with said.open("wb") as errors, nobody.started("sh", "-c", WAITER, cwd=world.cwd, stderr=errors) as run:
        folder = eventually(lambda: list((world.runtime / "runner" / "runs").glob(f"{run.pid}-*/credentials.json")))[0]
        first = folder.read_bytes()

        room_for(nobody, run.pid, "1")
        eventually(lambda: b"cannot start a process: Resource temporarily unavailable" in said.read_bytes())
        room_for(nobody, run.pid, "500")
        eventually(lambda: folder.read_bytes() != first, within_s=15)
        eventually(lambda: b"has been renewed" in said.read_bytes())
        let_go(world)

        assert run.wait(WITHIN_S) == 0
    assert said.read_bytes().count(b"cannot start a process") == 1


def room_for(nobody: Prefix, pid: int, processes: str) -> None:
    """Change, as that user, how many processes the user of a process may have."""
    as_nobody = nobody.words[: -len(["run", "-i", "role", "--"])]
    subprocess.run([*as_nobody, "prlimit", "--pid", str(pid), f"--nproc={processes}:"], check=True)
