"""Others' tools: those on PyPI, installed into an environment of their own, and the machine's AWS CLI 2."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.timing import NotWorkingError
from tests.harness.world import SYSTEM_PATH

VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment that pip installs into."""

    prefix: Path

    @property
    def python(self) -> str:
        """The interpreter of the environment."""
        return self.program("python")

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        return str(self.prefix / "bin" / name)

    def installed(self, package: str) -> str:
        """Install what is not there yet and return its version; raise NotWorkingError with pip's last words."""
        version = self._version(package)
        if not version:
            pip = [self.python, "-m", "pip", "install", "--quiet", package]
            done = subprocess.run(pip, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if done.returncode:
                raise NotWorkingError(f"pip: {done.stderr.strip().rpartition(chr(10))[2]}")
            version = self._version(package)
        return version

    def _version(self, package: str) -> str:
        asked = [self.python, "-c", VERSION, package]
        return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()


@contextmanager
def environment(prefix: Path | None) -> Iterator[Environment]:
    """Give the environment at `prefix`, made if it is not there, or one that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="peers-") as temporary:
        made = Environment(prefix or Path(temporary, "venv"))
        if not Path(made.python).exists():
            subprocess.run([sys.executable, "-m", "venv", str(made.prefix)], check=True)
        yield made


@dataclass(frozen=True, slots=True)
class AwsCli:
    """An AWS CLI 2 of the machine."""

    path: str
    version: str

    @property
    def python(self) -> str:
        """Its interpreter; ours for one that brings its own in a form that runs nothing else."""
        with Path(self.path).open("rb") as file:
            first = file.readline(200)
        return first[2:].decode().strip() if first.startswith(b"#!/") else sys.executable


def aws_cli_2() -> AwsCli | None:
    """Find the first AWS CLI on PATH or where systems keep it that says it is of version 2."""
    for folder in (*os.environ["PATH"].split(":"), *SYSTEM_PATH.split(":")):
        path = Path(folder, "aws")
        if path.is_file() and os.access(path, os.X_OK):
            asked = [str(path), "--version"]
            said = subprocess.run(
                asked, check=False, capture_output=True, text=True
            ).stdout  # aws-cli/2.9.19 Python/...
            if said.startswith("aws-cli/2."):
                return AwsCli(str(path), said.split()[0].partition("/")[2])
    return None
