"""`runner export NAME`: credentials in the formats of `aws configure export-credentials`."""

from __future__ import annotations

import inspect
import json
import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runner.cli.prefix import invoke, parameter, text
from runner.model.failure import Failure
from runner.settings.options import EXPORTED, OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

HELP = "Print an identity's credentials: for a credential_process, or for a shell."
VARIABLES = {
    "AccessKeyId": "AWS_ACCESS_KEY_ID",
    "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
    "SessionToken": "AWS_SESSION_TOKEN",
    "Expiration": "AWS_CREDENTIAL_EXPIRATION",
}
# A line of each format, for a name and a value. What AWS gives needs no quotes; should it ever, they are there.
FORMATS: dict[str, Callable[[str, str], str]] = {
    "env": lambda name, value: f"export {name}={shlex.quote(value)}",
    "env-no-export": lambda name, value: f"{name}={value}",
    "fish": lambda name, value: f"set -gx {name} {_in_single_quotes(value, backslash=True)}",
    "powershell": lambda name, value: f"$Env:{name}={_in_single_quotes(value)}",
    "windows-cmd": lambda name, value: f"set {name}={value}",
}
PROCESS = "process"
TRY = "runner export --help"


def read(argv: list[str]) -> tuple[dict[str, str], str]:
    """Read the words after `runner export`: options by key, and the format; as prefix.read does."""
    found: list[tuple[dict[str, str], str]] = []
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})(command(found))
    status = invoke(app, "runner export", argv, TRY)
    if status is not None or not found:
        raise SystemExit(status or 0)
    return found[0]


def command(found: list[tuple[dict[str, str], str]]) -> Callable[..., None]:
    """Make the function that typer reads: one parameter an option that is about getting credentials."""

    def export(**values: Any) -> None:
        form = values.pop("format")
        if form != PROCESS and form not in FORMATS:
            problem = f'--format "{form}" must be one of {", ".join((PROCESS, *FORMATS))}'
            raise Failure("usage", problem=problem, cause="the command line", remedy=TRY)
        given = {key: text(value) for key, value in values.items() if value not in (None, False, [])}
        found.append((given, form))

    name = Annotated[str, typer.Argument(metavar="NAME", help="An identity or an AWS profile.")]
    how = f"How they are written: {', '.join((PROCESS, *FORMATS))}."
    form = Annotated[str, typer.Option("--format", metavar="FORMAT", help=how)]
    parameters = [
        *(parameter(option) for option in OPTIONS if option.key in EXPORTED),
        inspect.Parameter("identity", inspect.Parameter.KEYWORD_ONLY, annotation=name),
        inspect.Parameter("format", inspect.Parameter.KEYWORD_ONLY, default=PROCESS, annotation=form),
    ]
    export.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect.signature reads first
    export.__annotations__ = {each.name: each.annotation for each in parameters}
    return export


def formatted(body: bytes, form: str) -> bytes:
    """Return the JSON of a credential_process in another format, each variable a line; as it is for "process"."""
    if form == PROCESS:
        return body
    said = json.loads(body)
    lines = [FORMATS[form](variable, said[name]) for name, variable in VARIABLES.items() if name in said]
    return "".join(f"{each}\n" for each in lines).encode()


def _in_single_quotes(value: str, *, backslash: bool = False) -> str:
    """Quote for fish, which escapes by a backslash, or for PowerShell, which doubles the quote."""
    if backslash:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + value.replace("'", "''") + "'"
