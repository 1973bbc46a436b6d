"""Writing private files and directories: ours alone, whole or not at all, and gone afterwards."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from runner.model.failure import Failure
from runner.places.files import not_private, remove_tree, replace, write_new
from runner.places.runs import RunDirectory


@pytest.fixture
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory whose path is within the characters of a private one."""
    return tmp_path_factory.mktemp("plain")


def test_the_directory_of_a_run(plain: Path) -> None:
    """0700 in 0700, files of 0600, and all of it gone afterwards; a link in it is removed, not followed."""
    kept = plain / "kept"
    kept.mkdir()
    (kept / "file").touch()
    before = os.umask(0)
    try:
        with RunDirectory(str(plain)) as directory:
            path = Path(directory.write("credentials", b"secret"))
            modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parent.parent)]
            (path.parent / "link").symlink_to(kept)
    finally:
        os.umask(before)

    assert modes == [0o600, 0o700, 0o700]
    assert list((plain / "runs").iterdir()) == []
    assert (kept / "file").exists()


def test_a_place_for_runs_that_is_not_ours_alone(plain: Path) -> None:
    """Refused at once."""
    (plain / "runs").mkdir()
    (plain / "runs").chmod(0o755)

    with pytest.raises(Failure, match="state-directory-unsafe") as caught, RunDirectory(str(plain)):
        pytest.fail("it was entered")

    assert caught.value.cause == f"{plain}/runs: mode 0755, open to others"


def test_a_new_file_is_new(plain: Path) -> None:
    """A file or a link that is there is not written to."""
    (plain / "there").write_bytes(b"old")
    (plain / "link").symlink_to("there")

    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            write_new(str(plain / name), b"new")
    assert (plain / "there").read_bytes() == b"old"


def test_a_replaced_file_is_replaced_whole(plain: Path) -> None:
    """A link is replaced, not followed; when it cannot be, nothing is lost and nothing is left."""
    (plain / "there").write_bytes(b"old")
    (plain / "link").symlink_to("there")

    replace(str(plain / "link"), b"new")
    assert (plain / "link").read_bytes() == b"new"
    assert (plain / "there").read_bytes() == b"old"
    (plain / "folder" / "x").mkdir(parents=True)
    with pytest.raises(Failure, match="state-directory-unsafe"):
        replace(str(plain / "folder"), b"new")
    assert sorted(path.name for path in plain.iterdir()) == ["folder", "link", "there"]


def test_removing_what_is_not_there(plain: Path) -> None:
    """Is nobody's failure."""
    remove_tree(str(plain / "nowhere"))

    with pytest.raises(FileNotFoundError):
        not_private(str(plain / "nowhere"))
