"""Our wheel, built from a tree and installed as a user's would be, and a record of what its processes import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RECORD = "IMPORTED_MODULES_RECORD"

# Started by a .pth file, as sitecustomize may be taken by the distribution. The hook sees every audited event and
# writes what sys.modules has gained since the last one, so that nothing escapes (importlib.import_module has no event
# of its own); the process id tells a resident from the processes it forks.
RECORDER = f"""
import os, sys

path = os.environ.get({RECORD!r})
seen = set()
busy = False

def record(event, arguments):
    global busy
    if busy or len(sys.modules) == len(seen):
        return
    busy = True
    new = set(sys.modules) - seen
    seen.update(new)
    to = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(to, "".join(f"{{os.getpid()}} {{name}}\\n" for name in new).encode())
    os.close(to)
    busy = False

if path:
    sys.addaudithook(record)
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """A virtual environment that holds the wheel; dependencies come from the environment of the tests."""

    prefix: Path

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return self.prefix / "bin" / "python"

    @property
    def run(self) -> Path:
        """The wheel's own script, with the first line its installer wrote."""
        return self.prefix / "bin" / "run"

    def loaded_by(self, code: str) -> frozenset[str]:
        """Return sys.modules after `code` in a fresh interpreter, the recorder not started."""
        command = [str(self.python), "-c", f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=self.prefix, env=_plain())
        return frozenset(done.stdout.split())


def build(tree: Path, into: Path) -> Path:
    """Build the wheel of the project at `tree` without a network; it appears below `into`."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)]
    subprocess.run(command, cwd=tree, capture_output=True, check=True)
    (wheel,) = into.glob("*.whl")
    return wheel


def install(wheel: Path, prefix: Path) -> Installation:
    """Install the wheel with pip, scripts included, into a new environment at `prefix`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", prefix], check=True)
    made = Installation(prefix)
    command = [sys.executable, "-m", "pip", "--python", str(made.python), "install", "-q", "--no-deps", "--no-index"]
    command.append(str(wheel))
    subprocess.run(command, check=True, capture_output=True, env=_plain() | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(prefix)}))
    site.joinpath("dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    site.joinpath("imported_modules_recorder.py").write_text(RECORDER)
    site.joinpath("imported_modules_recorder.pth").write_text("import imported_modules_recorder\n")
    return made


def copy_of_the_project(into: Path) -> Path:
    """Copy what a wheel is built from, so that a test may change it."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        if (REPOSITORY / name).exists():
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, into)
    for name in ("runner", "completions"):
        shutil.copytree(REPOSITORY / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
    return into


def recorded(record: Path, pid: int) -> frozenset[str]:
    """Return the modules that the process `pid` had loaded, as far as `record` tells."""
    lines = (line.split() for line in record.read_text().splitlines())
    return frozenset(name for number, name in lines if int(number) == pid)


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_", "COVERAGE"))}
