"""What stays in memory while a command runs is small: sys.modules of the installed wheel against warm_modules.txt."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.guards.imports import Tree
from tests.guards.warm import LIST, NEVER, allowed, warm_list
from tests.guards.wheel import RECORD, REPOSITORY, Installation, build, copy_of_the_project, install, recorded
from tests.harness.aws import AccessKey
from tests.harness.world import World

ROLE = "arn:aws:iam::222222222222:role/PowerUser"
COMMANDS = {
    "the hot form": ["-i", "dev"],
    "the full command": ["-idev", "-v"],
    "a report": ["-i", "dev", "--report", "report.json"],
    "a role of runner.toml": ["--identity", "power", "--region", "eu-west-1"],
    "a role through the full command": ["-ipower"],
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel of the repository, installed."""
    folder = tmp_path_factory.mktemp("wheel")
    return install(build(copy_of_the_project(folder / "tree"), folder / "dist"), folder / "venv")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The same, with `import json` in run.py."""
    folder = tmp_path_factory.mktemp("spoilt")
    tree = copy_of_the_project(folder / "tree")
    file = tree / "runner" / "run.py"
    future = "from __future__ import annotations\n"
    file.write_text(file.read_text().replace(future, f"{future}import json\n", 1))
    return install(build(tree, folder / "dist"), folder / "venv")


@pytest.fixture
def environ(world: World, dev: AccessKey) -> dict[str, str]:
    """The environment of a user with the profile dev and a role reached from it."""
    world.aws.role(ROLE)
    world.runner_toml(f'[identities.power]\nkind = "aws/assume-role"\nvia = "dev"\nrole_arn = "{ROLE}"\n')
    return world.environ


def held(installed: Installation, options: list[str], environ: dict[str, str], record: Path) -> frozenset[str]:
    """Run a command and return the modules that the resident had loaded, from its start to its end."""
    command = [str(installed.run), *options, "--", "sh", "-c", "exit 7"]
    variables = environ | {RECORD: str(record)}
    resident = subprocess.Popen(
        command, env=variables, cwd=environ["HOME"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )

    _, said = resident.communicate(timeout=60)

    assert resident.returncode == 7, said
    return recorded(record, resident.pid)


def imported_by_warm(installed: Installation) -> frozenset[str]:
    """Return what importing every warm module loads."""
    return installed.loaded_by("\n".join(f"import {name}" for name in sorted(warm_list())))


def unlisted(installed: Installation, loaded: frozenset[str]) -> list[str]:
    """Return what is loaded, is not loaded by an empty program, and is not in the allow-list."""
    return sorted(loaded - installed.loaded_by("pass") - allowed())


def test_a_warm_module_is_one_of_the_tree() -> None:
    """Every module of ours in the list has its file."""
    assert sorted(warm_list() - Tree.of(REPOSITORY / "runner").modules.keys()) == []


def test_the_list_names_nothing_expensive() -> None:
    """What may never be warm cannot be allowed by adding a line."""
    assert sorted(name for name in allowed() if name.partition(".")[0] in NEVER) == []


def test_importing_all_that_is_warm_loads_only_what_is_listed(installed: Installation) -> None:
    """No warm module imports, at module level, anything beyond the list."""
    assert unlisted(installed, imported_by_warm(installed)) == []


@pytest.mark.parametrize("options", COMMANDS.values(), ids=COMMANDS.keys())
def test_the_resident_holds_only_what_is_listed(
    installed: Installation, environ: dict[str, str], tmp_path: Path, options: list[str]
) -> None:
    """The process that waits for the child has loaded only the list, also when cold code has worked for it."""
    assert unlisted(installed, held(installed, options, environ, tmp_path / "record")) == []


def test_nothing_is_listed_in_vain(installed: Installation, environ: dict[str, str], tmp_path: Path) -> None:
    """A line of the list that no warm module and no resident needs is taken out."""
    needed = imported_by_warm(installed) | held(installed, COMMANDS["the hot form"], environ, tmp_path / "record")

    assert sorted(allowed() - needed) == [], f"not needed any more in {LIST.name}"


def test_an_import_of_json_in_run_fails(spoilt: Installation, environ: dict[str, str], tmp_path: Path) -> None:
    """A tree whose run.py imports json is caught both by importing it and by running it."""
    assert "json" in unlisted(spoilt, imported_by_warm(spoilt))
    assert "json" in unlisted(spoilt, held(spoilt, COMMANDS["the hot form"], environ, tmp_path / "record"))


def test_the_record_sees_lazy_imports_and_tells_processes_apart(installed: Installation, tmp_path: Path) -> None:
    """The guard's own instrument: importlib's imports are seen, and those of a forked process are not the parent's."""
    record = tmp_path / "record"
    code = """
import importlib, os, signal
importlib.import_module("colorsys")
if os.fork() == 0:
    importlib.import_module("stringprep")
    os._exit(0)
os.wait()
os.kill(os.getpid(), signal.SIGKILL)
"""

    done = subprocess.Popen([installed.python, "-c", code], env={RECORD: str(record)})
    done.wait(timeout=30)

    assert done.returncode == -signal.SIGKILL
    assert "colorsys" in recorded(record, done.pid)
    assert "stringprep" not in recorded(record, done.pid)
    assert "stringprep" in record.read_text()
