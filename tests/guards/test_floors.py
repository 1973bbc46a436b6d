"""A part imports only lower floors: the map in runner/__init__.py is read, and every import is checked against it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.guards.imports import PACKAGE, Tree

REPOSITORY = Path(__file__).resolve().parents[2]
FLOOR = re.compile(r"^(\d+) · (.+)$", re.MULTILINE)


def floors(root: Path) -> dict[str, int]:
    """Read the map, part -> floor, out of the docstring of the package at `root`."""
    docstring = ast.get_docstring(ast.parse((root / "__init__.py").read_text())) or ""
    return {part: int(floor) for floor, parts in FLOOR.findall(docstring) for part in parts.split()}


def broken_floors(root: Path) -> list[str]:
    """List what the tree at `root` does against its own map, one sentence each."""
    floor_of, tree = floors(root), Tree.of(root)
    problems = [f"{part} is not in the map" for part in sorted(tree.parts - floor_of.keys())]
    problems += [f"{part} is in the map and does not exist" for part in sorted(floor_of.keys() - tree.parts)]
    for found in tree.imports():
        target = tree.module_of(found.target)
        if target is None or PACKAGE in (target, found.source):
            continue
        here, there = found.source.split(".")[1], target.split(".")[1]
        if here != there and floor_of.get(here, -1) <= floor_of.get(there, -1):
            problems.append(f"{found}: floor {floor_of.get(here)} may not reach floor {floor_of.get(there)}")
    return problems


def test_every_import_goes_down_the_floors() -> None:
    """Every part is in the map, every mapped part exists, and no import goes upward or sideways."""
    assert broken_floors(REPOSITORY / PACKAGE) == []


MAP = '"""A house.\n\n2 · top\n1 · left right\n0 · low\n"""\n'
GOOD = {
    "__init__": MAP,
    "top": "from runner import left, right\nfrom runner.low.inner import x\n",
    "left": "import runner.low.inner\nNAME = 'runner.toml'\n",
    "right/__init__": "from . import own\n",
    "right/own": "from runner.right import own\n",
    "low/__init__": "",
    "low/inner": "x = 1\n",
}
BAD = {
    "upward": ("low/inner", "from runner.left import y\n", "runner.low.inner:1 imports runner.left.y"),
    "upward, the module as a name": ("low/inner", "from runner import top\n", "runner.low.inner:1 imports runner.top"),
    "upward, relative": ("low/inner", "from ..left import y\n", "runner.low.inner:1 imports runner.left.y"),
    "sideways": ("left", "import runner.right.own\n", "runner.left:1 imports runner.right.own"),
    "lazy": ("left", "def f():\n    from runner import right\n", "runner.left:2 imports runner.right"),
    "for the type checker only": (
        "left",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from runner.top import T\n",
        "runner.left:3 imports runner.top.T",
    ),
    "by importlib": (
        "left",
        "import importlib\nm = importlib.import_module('runner.top')\n",
        "runner.left:2 imports runner.top",
    ),
    "through a table of strings": ("left", "T = {'a': 'runner.right.own'}\n", "runner.left:1 imports runner.right.own"),
    "through a table with attributes": ("left", "T = {'a': 'runner.top:f'}\n", "runner.left:1 imports runner.top"),
    "through a computed string": ("low/inner", "def f(n):\n    return f'runner.right.{n}'\n", "imports runner.right"),
    "in code for another interpreter": ("left", "C = 'from runner.top import m; m()'\n", "imports runner.top"),
    "a part that is not in the map": ("cellar", "", "cellar is not in the map"),
    "a package that is not in the map": ("attic/__init__", "", "attic is not in the map"),
    "a mapped part that is not there": (
        "__init__",
        MAP.replace("left", "left gone"),
        "gone is in the map and does not exist",
    ),
}


def plant(folder: Path, files: dict[str, str]) -> Path:
    """Write a small package below `folder` and return where it is."""
    for name, text in files.items():
        path = folder / PACKAGE / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / PACKAGE


def test_a_good_tree_passes(tmp_path: Path) -> None:
    """Downward imports, a part's own modules and the name of a file are no offence."""
    assert broken_floors(plant(tmp_path, GOOD)) == []


@pytest.mark.parametrize(("name", "text", "problem"), BAD.values(), ids=BAD.keys())
def test_a_bad_tree_fails(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """Each way around the map is found, and only that is reported."""
    problems = broken_floors(plant(tmp_path, GOOD | {name: text}))

    assert len(problems) == 1
    assert problem in problems[0]
