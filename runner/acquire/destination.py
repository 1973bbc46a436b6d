"""The runner.toml that `runner sync` writes: where it is, what it says, and which names are not to be taken."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from runner.acquire import awsfiles
from runner.model.failure import Failure
from runner.settings import config, files, trust
from runner.settings.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Destination:
    """A file, `looked_at` being what its identities are made of: it and the AWS files, no other runner.toml.

    `foreign` are names of identities elsewhere. `is_project` tells that it is used only while it is trusted.
    """

    path: str
    looked_at: Files
    foreign: frozenset[str]
    is_project: bool

    def content(self) -> bytes:
        """Return the file's bytes, none when it is not there; raises config-not-trusted, invalid-config."""
        return _read(self.path)


def find(named: str, environ: Mapping[str, str]) -> Destination:
    """Return the file that is named, else the user's; raises invalid-config about those whose names count."""
    found = files.find(named, environ)
    path = found.named or found.user
    real = os.path.realpath(path)
    is_project = bool(found.named) and (_is_in_reach(real, environ) or os.path.isfile(trust.record(real, environ)))
    aws = (found.aws_config, found.aws_credentials)
    foreign = set(awsfiles.read(*aws).names())
    if is_project:  # beside the user's file, and one that says a name again is an error
        foreign |= config.parse(Path(found.user), _read(found.user)).identities.keys()
    is_there = bool(found.named) and os.path.exists(path)
    return Destination(path, Files(path if is_there else "", "", path, aws), frozenset(foreign), is_project)


def _is_in_reach(real: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a file is the project's for a run from here, once it is there; the user's own is not."""
    user = files.find("", {**environ, "RUN_CONFIG": ""}).user
    nearest = files.project(environ)
    return real != os.path.realpath(user) and real in (nearest, os.path.join(os.path.realpath("."), "runner.toml"))


def _read(path: str) -> bytes:
    try:
        content = trust.read_private(Path(path))
    except FileNotFoundError:
        return b""
    except OSError as error:
        remedy = f"ls -l {shlex.quote(path)}"
        cause = str(error.strerror)
        raise Failure("invalid-config", where=path, problem="cannot be read", cause=cause, remedy=remedy) from error
    config.parse(Path(path), content)
    return content
