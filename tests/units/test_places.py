"""Private directories: which is taken, and what is refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.failure import Failure
from runner.places import roots
from runner.places.roots import PLAIN, lease_root, private_root


@pytest.fixture
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory whose path is within the characters of a private one."""
    return tmp_path_factory.mktemp("plain")


def refusal(path: str) -> str:
    """Return what is said of a runtime directory that is passed over; "" when it is taken."""
    try:
        chosen = private_root({"XDG_RUNTIME_DIR": path})
    except Failure as failure:
        return failure.cause.partition("; ")[0]
    return "" if chosen == os.path.join(path, "runner") else "passed over"


@pytest.fixture(autouse=True)
def only_the_runtime_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the first candidate away from the machine's: none of these tests writes to /dev/shm or /tmp/runner-UID."""
    candidates = roots.candidates

    def first(environ: dict[str, str]) -> list[tuple[str, str]]:
        mine = f"runner-{os.geteuid()}"
        return [each for each in candidates(environ) if each[1] not in (f"/dev/shm/{mine}", f"/tmp/{mine}")]

    monkeypatch.setattr(roots, "candidates", first)


def test_it_is_made_for_us_alone(plain: Path) -> None:
    """0700, whatever the umask."""
    before = os.umask(0o377)
    try:
        path = private_root({"XDG_RUNTIME_DIR": str(plain)})
    finally:
        os.umask(before)

    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o700
    assert private_root({"XDG_RUNTIME_DIR": str(plain)}) == path


def test_the_order(plain: Path) -> None:
    """XDG_RUNTIME_DIR before TMPDIR; one that is empty is not set."""
    one, two = plain / "one", plain / "two"
    one.mkdir()
    two.mkdir()

    assert private_root({"XDG_RUNTIME_DIR": str(one), "TMPDIR": str(two)}) == f"{one}/runner"
    assert private_root({"XDG_RUNTIME_DIR": "", "TMPDIR": str(two)}) == f"{two}/runner-{os.geteuid()}"


def test_the_machines_own_come_between() -> None:
    """/dev/shm before TMPDIR, /tmp last."""
    mine = f"runner-{os.geteuid()}"
    environ = {"XDG_RUNTIME_DIR": "/run/user/1", "TMPDIR": "/var/tmp"}

    source = roots.candidates.__closure__
    assert source is not None
    candidates = source[0].cell_contents
    paths = [path for _, path in candidates(environ)]
    assert paths == ["/run/user/1/runner", f"/dev/shm/{mine}", f"/var/tmp/{mine}", f"/tmp/{mine}"]


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o704, 0o750, 0o777, 0o1777])
def test_one_that_is_open_to_others_is_refused(plain: Path, mode: int) -> None:
    """Whatever they may do in it; it is left as it was."""
    (plain / "runner").mkdir()
    (plain / "runner").chmod(mode)

    assert refusal(str(plain)) == f"{plain}/runner: mode {mode & 0o777:04o}, open to others"
    assert stat.S_IMODE((plain / "runner").stat().st_mode) == mode


def test_a_link_a_file_and_nothing_are_refused(plain: Path) -> None:
    """Also a link to a directory of our own, and a parent that is not there."""
    (plain / "ours").mkdir(mode=0o700)
    (plain / "runner").symlink_to("ours")
    assert refusal(str(plain)).endswith("a symbolic link")
    (plain / "runner").unlink()
    (plain / "runner").touch(mode=0o700)
    assert refusal(str(plain)).endswith("not a directory")

    assert refusal(f"{plain}/nowhere") == f"{plain}/nowhere/runner: {plain}/nowhere is not a directory"
    (plain / "dangling").symlink_to("nowhere")
    assert "not a directory" in refusal(f"{plain}/dangling")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives directories away")
def test_one_of_another_user_is_refused(plain: Path) -> None:
    """Whoever that is."""
    (plain / "runner").mkdir(mode=0o700)
    os.chown(plain / "runner", 12345, -1)

    assert refusal(str(plain)) == f"{plain}/runner: owned by uid 12345"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_only_plain_paths_are_taken(name: str) -> None:
    """Nothing that a shell or an INI file could take for something else."""
    problem = roots._unusable("/nowhere", f"/nowhere/{name}/runner")

    assert problem == (
        "/nowhere is not a directory"
        if PLAIN.issuperset(name)
        else "not an absolute path of the characters A-Za-z0-9._/-"
    )


@pytest.mark.parametrize("path", ["", ".", "xdg", "./xdg", "~/xdg"])
def test_a_relative_path_is_not_taken(path: str) -> None:
    """It would be another directory for each command."""
    assert "absolute" in roots._unusable(path, f"{path}/runner") or not path


def test_leases_of_a_ci_job(plain: Path) -> None:
    """In CI they are kept where the job ends, or nowhere."""
    root = "/run/root"

    assert lease_root({}, root) == root
    assert lease_root({"CI": "true", "XDG_RUNTIME_DIR": "/x"}, root) == root
    assert lease_root({"CI": "true", "RUNNER_TEMP": str(plain)}, root) == f"{plain}/runner"
    assert lease_root({"CI": "true", "RUNNER_TEMP": f"{plain}/nowhere"}, root) == "none"
    assert lease_root({"CI": "true"}, root) == "none"
