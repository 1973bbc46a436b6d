"""Which configuration files a run looks at, found by looking and not by reading: the same, warm and cold."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Files:
    """Absolute paths; `named` and `project` are "" when there is none, the others may not exist."""

    __slots__ = ("aws_config", "aws_credentials", "named", "project", "user")

    def __init__(self, named: str, project: str, user: str, aws: tuple[str, str]) -> None:
        self.named = named
        self.project = project
        self.user = user
        self.aws_config, self.aws_credentials = aws

    def all(self) -> tuple[str, ...]:
        """Return every path that counts, in the order of precedence."""
        configs = (self.named,) if self.named else (self.project, self.user)
        return (*(path for path in configs if path), self.aws_config, self.aws_credentials)


def find(named: str, environ: Mapping[str, str]) -> Files:
    """Find the files for a run; `named` is what --config says. In a run inside a run they are the user's own."""
    own = origin(environ)
    named = named or own.get("RUN_CONFIG", "")
    if named:
        named = os.path.abspath(named)
    config_home = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    user = os.path.join(config_home, "runner", "runner.toml")
    near = "" if named else project(environ)
    return Files(
        named,
        "" if near == os.path.realpath(user) else near,  # we stand in front of it
        user,
        (
            _expanded(own.get("AWS_CONFIG_FILE") or "~/.aws/config"),
            _expanded(own.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"),
        ),
    )


def origin(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that lead to the user's own files: inside a run, those that the outermost was given."""
    directory = environ.get("RUN_DIR", "")
    if not directory or environ.get("AWS_CONFIG_FILE") != f"{directory}/config":
        return environ
    try:
        with open(f"{directory}/origin", "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            entries = file.read().split(b"\0")
    except OSError:
        return environ
    pairs = (os.fsdecode(entry).partition("=") for entry in entries if entry)
    return {name: value for name, _, value in pairs}


def origin_record(environ: Mapping[str, str], named: str) -> bytes:
    """Return what a run inside this one finds the user's own files by: NAME=VALUE, each ended by a zero byte."""
    own = origin(environ)
    given = {name: own[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE") if name in own}
    if named or own.get("RUN_CONFIG"):
        given["RUN_CONFIG"] = os.path.abspath(named or own["RUN_CONFIG"])
    return b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in given.items())


def project(environ: Mapping[str, str]) -> str:
    """Return the nearest runner.toml from the working directory upward, "" when there is none.

    The search does not go beyond a git root, HOME or the border of a file system.
    """
    home = os.path.realpath(environ["HOME"]) if environ.get("HOME") else ""
    try:
        folder = os.getcwd()
        device = os.stat(folder).st_dev
        while os.stat(folder).st_dev == device:
            path = os.path.join(folder, "runner.toml")
            if os.path.isfile(path):
                return os.path.realpath(path)
            above = os.path.dirname(folder)
            if folder in (above, home) or os.path.exists(os.path.join(folder, ".git")):
                return ""
            folder = above
    except OSError:  # a working directory that was removed, or cannot be looked at
        pass
    return ""


def _expanded(path: str) -> str:
    return os.path.abspath(os.path.expanduser(os.path.expandvars(path)))
