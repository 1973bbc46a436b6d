"""Installations of our wheel as users make them: with `pip install --user`, or unpacked on PYTHONPATH."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEPENDENCIES = ("boto3", "botocore", "dotenv", "filelock", "msgspec", "psutil", "rich", "typer")
NO_PYTHON = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_", "COVERAGE"))}


def built(into: Path) -> Path:
    """Build the wheel without a network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)]
    subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, env=NO_PYTHON)
    (wheel,) = into.glob("*.whl")
    return wheel


def system_python(prefix: Path) -> Path:
    """Make an interpreter that has our dependencies, not us, and a user's site-packages, as a distribution's has."""
    venv.create(prefix, system_site_packages=True, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(prefix)}))
    specs = [importlib.util.find_spec(name) for name in DEPENDENCIES]
    folders = dict.fromkeys(str(Path(spec.origin).parents[1]) for spec in specs if spec and spec.origin)
    site.joinpath("dependencies.pth").write_text("".join(f"{folder}\n" for folder in folders))
    return prefix / "bin" / "python"


def install_for_user(wheel: Path, python: Path, home: Path) -> Path:
    """Run `pip install --user` in a home of its own; return the script `run`."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--user", "--no-deps", "--no-index"]
    environ = {**NO_PYTHON, "HOME": str(home), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([*command, "--ignore-installed", str(wheel)], env=environ, capture_output=True, check=True)
    return home / ".local" / "bin" / "run"


def unpack(wheel: Path, into: Path) -> Path:
    """Unpack the wheel: a directory for PYTHONPATH."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into)
    return into
