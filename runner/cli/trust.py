"""`runner trust FILE`: let a project's runner.toml be used, as it is now."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from runner import report
from runner.model.failure import Failure
from runner.settings import config
from runner.settings import trust as record


def trust(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A runner.toml, or the directory it is in.")],
) -> None:
    """Trust a project's runner.toml as it is now; a change takes the trust away."""
    path = file / "runner.toml" if file.is_dir() else file
    try:
        content = record.read_private(path)
        known = config.parse(path, content)
        digest = record.trust(path, os.environ)
    except OSError as error:
        raise Failure(
            "usage", problem=f"{path} cannot be trusted", cause=str(error.strerror), remedy=f"ls -l {path}"
        ) from error
    names = ", ".join(known.identities) or "none"
    sys.stdout.write(f"trusted {report.clean(str(path.resolve()))}\n")
    sys.stdout.write(f"  identities: {report.clean(names)}\n")
    sys.stdout.write(f"  in CI:      RUN_TRUST=sha256:{digest}\n")
