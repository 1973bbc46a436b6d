"""Executables for tests, made at import: their first line names the Python that runs the tests."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent  # not resolved: a virtual environment's python is a link out of it
RUN = str(BIN / "run")
RUNNER = str(BIN / "runner")
AWS_CLI = str(BIN / "aws")


def executable(path: Path, body: str) -> Path:
    """Write an executable script; a body without a first line of its own is for /bin/sh."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body if body.startswith("#!") else f"#!/bin/sh\n{body}")
    path.chmod(0o755)
    return path


def _script(name: str, options: str) -> str:
    body = Path(__file__).with_name(f"{name}.py").read_text()
    return str(executable(_directory / name, f"#!{sys.executable}{options}\n{body}"))


_directory = Path(tempfile.mkdtemp(prefix="probe-", dir="/tmp")).resolve()
atexit.register(shutil.rmtree, _directory, ignore_errors=True)

PROBE = _script("probe", " -SI")
BOTO_PROBE = _script("boto_probe", "")
CALLER = _script("caller", "")
