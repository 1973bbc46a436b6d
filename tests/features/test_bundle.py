"""The modules of a start in one file: used while nothing has changed, and nobody's failure when it cannot be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from runner.run import USED_LATER
from tests.guards.wheel import Installation, build, copy_of_the_project, install
from tests.harness.aws import FakeAws
from tests.harness.world import World

COMPARE = """
import sys
LEFT_OUT = {{"__cached__", "annotations"}}  # the spec tells the first when it is asked; what __future__ leaves
{load}
import runner.__main__, runner.run, runner.settings.environ, runner.settings.argv, runner.inject.process
for name, module in sorted(sys.modules.items()):
    if name.startswith("runner."):
        spec = module.__spec__
        print(name, module.__file__, module.__package__, list(getattr(module, "__path__", [])), spec.name, spec.origin)
        print(spec.has_location, spec.cached, spec.submodule_search_locations, type(module.__loader__).__name__)
        print(sorted(set(vars(module)) - LEFT_OUT))
"""
ROLE = "arn:aws:iam::222222222222:role/PowerUser"
# Loaded while the command starts, or when it lives on, as `true` does on a machine under load.
AFTER_A_MOMENT = ("runner.places.leftovers", "runner.renewal", "runner.renewal.helper", *USED_LATER)
READ = "from runner import bundle; bundle.load(); assert not bundle.is_missing"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    return build(copy_of_the_project(folder / "tree"), folder / "dist")


@pytest.fixture
def installed(wheel: Path, tmp_path: Path, world: World, aws: FakeAws) -> Installation:
    """An installation of its own, and a profile `role` whose leases are kept."""
    aws.role(ROLE)
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {ROLE}\nsource_profile = keys\n")
    return install(wheel, tmp_path / "venv")


def bundles(installed: Installation) -> list[Path]:
    """Return the files that hold the modules of a start."""
    return [*installed.prefix.glob("lib/*/site-packages/runner/__pycache__/start.*")]


def package(installed: Installation) -> Path:
    """Return the directory of the package."""
    [found] = installed.prefix.glob("lib/*/site-packages/runner")
    return found


def act(installed: Installation, world: World, **variables: str) -> set[str]:
    """Run a command as that role with two words of Python's own; return what was imported one by one, of ours."""
    command = [str(installed.run), "-i", "role", "--", "true"]
    environ = {**world.environ, "PYTHONPROFILEIMPORTTIME": "1", **variables}
    done = subprocess.run(command, env=environ, cwd=world.cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said = [line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert "site" in said
    return {name for name in said if name.startswith("runner.") and name not in AFTER_A_MOMENT}


def test_the_second_start_imports_nothing_one_by_one(installed: Installation, world: World) -> None:
    """The first writes the file; from then on a start with a fresh lease reads it, and only it."""
    first = act(installed, world)

    second = act(installed, world)

    assert "runner.run" in first
    assert second == {"runner.bundle"}
    assert len(bundles(installed)) == 1


def test_what_is_read_is_what_would_have_been_imported(installed: Installation, world: World) -> None:
    """The same modules, with the same names in them and the same places, packages among them."""
    act(installed, world)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}

    said = []
    for load in (READ, "import runner.bundle"):
        code = COMPARE.format(load=load)  # started where no other package of ours lies
        words = [str(installed.python), "-c", code]
        done = subprocess.run(words, env=plain, cwd=installed.prefix, capture_output=True, text=True, check=True)
        said.append(done.stdout)

    assert said[0] == said[1]
    assert "runner.child.supervise" in said[0]


def test_a_changed_source_counts_at_once(installed: Installation, world: World) -> None:
    """The next start does what the source says now, and writes the file anew."""
    act(installed, world)
    source = package(installed) / "report.py"
    source.write_text(source.read_text().replace('f"run: {clean(text)}', 'f"changed: {clean(text)}'))
    command = [str(installed.run), "-i", "role", "-v", "--", "true"]

    for _ in range(2):
        done = subprocess.run(command, env=world.environ, cwd=world.cwd, capture_output=True, text=True, check=True)
        assert "changed: acting as" in done.stderr

    assert act(installed, world) == {"runner.bundle"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"x" * 4096, b"\xe9\x01\x00\x00\x00", "half"],
    ids=["empty", "zero", "text", "cut", "half"],
)
def test_a_damaged_file_is_passed_over(installed: Installation, world: World, content: bytes | str) -> None:
    """The start imports as ever, says nothing, and mends the file."""
    act(installed, world)
    [path] = bundles(installed)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)

    imported = act(installed, world)

    assert "runner.run" in imported
    assert act(installed, world) == {"runner.bundle"}


def test_where_it_cannot_be_written_nothing_is_said(installed: Installation, world: World) -> None:
    """Python was told to keep no bytecode: there is no file, and the starts are as they were."""
    for _ in range(2):
        assert "runner.run" in act(installed, world, PYTHONDONTWRITEBYTECODE="1")

    assert bundles(installed) == []


def test_it_goes_where_bytecode_goes(installed: Installation, world: World, tmp_path: Path) -> None:
    """PYTHONPYCACHEPREFIX leads both away from the package."""
    elsewhere = tmp_path / "elsewhere"

    act(installed, world, PYTHONPYCACHEPREFIX=str(elsewhere))

    assert len([*elsewhere.rglob("start.*")]) == 1
    assert bundles(installed) == []
    assert act(installed, world, PYTHONPYCACHEPREFIX=str(elsewhere)) == {"runner.bundle"}
