"""Renewal finds the package wherever the command found it, and nothing of the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.installation import built, install_for_user, system_python, unpack
from tests.harness.private import WAITER, directory, key_in, let_go, next_key
from tests.harness.programs import executable
from tests.harness.run import RunIn, Running
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
WHERE = "import runner; print(runner.__file__)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return system_python(tmp_path_factory.mktemp("system"))


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, whose credentials last 12 s."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    aws.role(BASE, lifetime_s=12)


def plant(folder: Path) -> None:
    """Put modules into a directory that nobody should import."""
    (folder / "runner").mkdir()
    for name in ("runner/__init__.py", "botocore.py", "filelock.py", "json.py", "marshal.py"):
        (folder / name).write_text(f"open({str(folder / 'imported')!r}, 'a').write({name!r})\nraise SystemExit(3)\n")


def expect_renewal(world: World, running: Running) -> None:
    """Wait until a run has been renewed twice, and end it."""
    seen = directory(world, running)
    second = next_key(seen, key_in(seen), within_s=20)
    next_key(seen, second, within_s=20)
    let_go(world)

    running.finish().expect_status(0).expect_stderr("")
    assert not (world.cwd / "imported").exists()


def test_a_user_installation_renews(run: RunIn, world: World, wheel: Path, python: Path) -> None:
    """`pip install --user`: the helper process finds the user's site-packages; the working directory is left alone."""
    script = install_for_user(wheel, python, world.home)
    plant(world.cwd)

    where = run("-c", WHERE, program=python, cwd=world.home).expect_status(0).text.strip()
    running = run.start("-i", "role", "--", "sh", "-c", WAITER, program=script)

    assert Path(where).is_relative_to(world.home / ".local")
    expect_renewal(world, running)


@pytest.mark.parametrize("form", ["module", "script"])
def test_an_unpacked_wheel_renews(run: RunIn, world: World, wheel: Path, python: Path, form: str) -> None:
    """PYTHONPATH, as `python -m runner run` and through a script of the user's own: the helper process has it too."""
    environ = {"PYTHONPATH": str(unpack(wheel, world.root / "unpacked"))}
    own = executable(world.bin / "own", f"#!{python}\nfrom runner.__main__ import run\nrun()\n")

    words = ("-m", "runner", "run") if form == "module" else ()
    program = python if form == "module" else own
    running = run.start(*words, "-i", "role", "--", "sh", "-c", WAITER, program=program, env=environ)
    directory(world, running)
    plant(world.cwd)  # by then `python -m`, which puts the working directory first, has imported what it needs

    expect_renewal(world, running)
