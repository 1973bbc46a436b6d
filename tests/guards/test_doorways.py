"""A third-party package comes in by the one doorway that pyproject.toml names; warm reaches cold by cold.py alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.house import House
from tests.guards.imports import PACKAGE, Tree
from tests.guards.test_floors import GOOD, plant
from tests.guards.warm import warm_list

REPOSITORY = Path(__file__).resolve().parents[2]
# Who may name a cold module though it is warm: the crossing itself, and the entry that starts the typer app.
CROSSINGS = {"runner.cold": "runner.", "runner.__main__": "runner.cli"}


def broken_doorways(root: Path, house: House) -> list[str]:
    """List the third-party imports of the tree at `root`, of any kind and depth, that are not inside their doorway."""
    tree, problems = Tree.of(root), house.crowded()
    for found in tree.imports():
        package = found.target.partition(".")[0]
        if package == PACKAGE or package in sys.stdlib_module_names:
            continue
        path = tree.modules[found.source].relative_to(root.parent).as_posix()
        if package not in house.banned:
            problems.append(f"{found}: {package} is not in banned-module-level-imports")
        elif not house.admits(path, package):
            problems.append(f"{found}: {path} is no doorway of {package}")
    return problems


def broken_crossings(root: Path, warm: frozenset[str]) -> list[str]:
    """List where a warm module of the tree at `root` names a cold one (one that is not in `warm`)."""
    tree = Tree.of(root)
    problems = []
    for found in tree.imports():
        target = tree.module_of(found.target)
        if target is None or target == PACKAGE or target in warm or found.source not in warm:
            continue
        if not target.startswith(CROSSINGS.get(found.source, "nowhere")):
            problems.append(f"{found}: from warm to cold, not through runner/cold.py")
    return problems


def test_third_party_packages_come_in_by_their_doorways() -> None:
    """Every third-party import below runner/ is in the module or folder that pyproject.toml names for it."""
    assert broken_doorways(REPOSITORY / PACKAGE, HOUSE) == []


def test_every_doorway_exists() -> None:
    """A doorway that pyproject.toml names is a file or a folder of the repository."""
    assert [place for place in HOUSE.doorways if not (REPOSITORY / place.removesuffix("/*")).exists()] == []


def test_warm_reaches_cold_through_one_file() -> None:
    """No warm module, those of warm_modules.txt, names a cold one, but cold.py, and __main__ the typer app."""
    assert broken_crossings(REPOSITORY / PACKAGE, warm_list()) == []


HOUSE = House.of((REPOSITORY / "pyproject.toml").read_text())
SMALL = House(
    frozenset({"botocore", "typer", "psutil"}),
    {"runner/low/inner.py": frozenset({"botocore"}), "runner/right/*": frozenset({"typer"})},
)
BAD_IMPORTS = {
    "at module level": ("left", "import botocore.session\n", "runner.left:1 imports botocore.session"),
    "in a function": ("left", "def f():\n    from botocore import session\n", "runner.left:2 imports botocore.session"),
    "for the type checker only": (
        "left",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import typer\n",
        "runner/left.py is no doorway of typer",
    ),
    "by another doorway": ("low/inner", "import typer\n", "runner/low/inner.py is no doorway of typer"),
    "without a doorway": ("right/own", "import psutil\n", "runner/right/own.py is no doorway of psutil"),
    "unheard of": ("left", "import requests\n", "requests is not in banned-module-level-imports"),
}


def test_a_good_tree_passes(tmp_path: Path) -> None:
    """The doorway module and any file of the doorway folder may import their package, and all may the library."""
    doors = {"low/inner": "import botocore.session\nx = 1\n", "right/own": "import typer\n", "left": "import json\n"}

    assert broken_doorways(plant(tmp_path, GOOD | doors), SMALL) == []


@pytest.mark.parametrize(("name", "text", "problem"), BAD_IMPORTS.values(), ids=BAD_IMPORTS.keys())
def test_a_bad_tree_fails(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """A third-party import outside its doorway is found, however it is written."""
    problems = broken_doorways(plant(tmp_path, GOOD | {name: text}), SMALL)

    assert len(problems) == 1
    assert problem in problems[0]


def test_two_doorways_for_one_package_fail(tmp_path: Path) -> None:
    """A package comes in by one place: a second per-file ignore for it is reported."""
    house = House(SMALL.banned, SMALL.doorways | {"runner/left.py": frozenset({"typer"})})

    assert broken_doorways(plant(tmp_path, GOOD), house) == ["typer has more than one doorway"]


@pytest.mark.parametrize(
    ("source", "text"),
    {
        "run": "from runner.acquire import aws\n",
        "report": "def f():\n    import runner.acquire.aws\n",
        "places": "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from runner.acquire.aws import X\n",
        "leases": "TABLE = {'a': 'runner.acquire.aws'}\n",
        "__main__": "def f():\n    from runner.acquire import aws\n",
    }.items(),
)
def test_a_warm_module_that_names_a_cold_one_fails(tmp_path: Path, source: str, text: str) -> None:
    """Only cold.py may: not lazily, not for a type, not through a table, and __main__ may only reach cli."""
    tree = {
        "__init__": "",
        "cold": "def f():\n    from runner.acquire import aws\n",
        "acquire/__init__": "",
        "acquire/aws": "",
        "cli/app": "from runner.acquire import aws\n",
    }
    warm = frozenset({"runner.cold", f"runner.{source}"})

    assert broken_crossings(plant(tmp_path, tree), warm) == []
    assert len(broken_crossings(plant(tmp_path, {source: text}), warm)) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("import botocore\n", "TID253"),
        ("from typer import Typer\n", "TID253"),
        ("def f():\n    import json\n", "PLC0415"),
    ],
)
def test_ruff_reports_it_too(text: str, code: str) -> None:
    """With the repository's own configuration ruff refuses a module-level third-party and a lazy import in run.py."""
    configuration, pretended = REPOSITORY / "pyproject.toml", REPOSITORY / "runner" / "run.py"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    command += ["--config", str(configuration), "--stdin-filename", str(pretended), "-"]

    found = subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=REPOSITORY)

    assert f" {code} " in found.stdout
