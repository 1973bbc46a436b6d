"""Which configuration files a run looks at, found by looking and not by reading: the same, warm and cold."""

from __future__ import annotations

import os

from runner.model.request import ROLE_OPTIONS
from runner.settings.options import BY_NAME, SEPARATOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.request import RunRequest


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


def outer_identity(environ: Mapping[str, str]) -> str:
    """Return the name of the identity of the run that we are inside of, "" when we are in none."""
    own = origin(environ)
    return "" if own is environ else own.get("RUN_IDENTITY", "")


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the role options of the run that we are inside of, by name: without --identity we are it again."""
    outer = outer_identity(environ)
    if not outer or outer != environ.get("RUN_IDENTITY"):
        return {}
    given = {name: value for name, value in origin(environ).items() if name.startswith("--")}
    return {
        name: value.replace("\n", SEPARATOR) if name in BY_NAME and BY_NAME[name].repeats else value
        for name, value in given.items()
    }


def origin_record(environ: Mapping[str, str], request: RunRequest) -> bytes:
    """Return what a run inside this one finds the user's own files by, and how its role was assumed.

    NAME=VALUE, each ended by a zero byte; values that were checked, so of those that repeat none has a line end.
    """
    own = origin(environ)
    given = {name: own[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE") if name in own}
    if request.config or own.get("RUN_CONFIG"):
        given["RUN_CONFIG"] = os.path.abspath(request.config or own["RUN_CONFIG"])
    given["RUN_IDENTITY"] = request.identity
    for key in ROLE_OPTIONS:
        if getattr(request, key):
            given["--" + key.replace("_", "-")] = getattr(request, key).replace(SEPARATOR, "\n")
    policy = policy_file(request.session_policy)
    if policy:
        given["--session-policy"] = os.path.abspath(policy)
    return b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in given.items())


def policy_file(session_policy: str) -> str:
    """Return the path that --session-policy is, "" when it is the policy itself."""
    return "" if session_policy.lstrip().startswith("{") else session_policy


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
