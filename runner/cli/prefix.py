"""`run` with all its options, made from the table of settings/options.py; it only reads the command line."""

from __future__ import annotations

import inspect
import sys
from signal import SIGINT
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from runner import __version__
from runner.model.failure import Failure
from runner.model.outcome import SIGNALLED
from runner.settings.options import OPTIONS, SEPARATOR

if TYPE_CHECKING:
    from runner.settings.argv import Words
    from runner.settings.options import Option

TRY = "run --help"
INTERRUPTED = SIGNALLED + SIGINT
EPILOG = "Everything after the first word that is no option, or after --, is the command; it is not changed."


class PrefixCommand(TyperCommand):
    """A command whose usage says what a command prefix is."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's shape
        """Return the words after the program's name."""
        return ["[OPTION]...", "[--]", "COMMAND", "[ARGUMENT]..."]


def read(argv: list[str]) -> Words:
    """Read `run`'s command line; prints help and raises SystemExit when that is asked for. Raises usage."""
    found: list[Words] = []
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(
        cls=PrefixCommand,
        help="Run a command as a named AWS identity.",
        epilog=EPILOG,
        context_settings={"allow_interspersed_args": False, "help_option_names": ["-h", "--help"]},
    )(_reader(found))
    status = invoke(app, "run", argv, TRY)
    if status is not None or not found:
        raise SystemExit(status or 0)
    return found[0]


def invoke(app: typer.Typer, program: str, argv: list[str], remedy: str) -> int | None:
    """Let typer read a command line and call what it names; its complaints become usage failures.

    Returns the status of help and the like, None when a command was called.
    """
    try:
        status = typer.main.get_command(app)(args=argv, prog_name=program, standalone_mode=False)
    except typer.TyperException as error:
        said = error.format_message()
        raise Failure(
            "usage", problem=said[:1].lower() + said[1:].rstrip("."), remedy=remedy, cause="the command line"
        ) from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    if status == INTERRUPTED:  # typer's word for ^C: we end by it
        raise KeyboardInterrupt
    return status if isinstance(status, int) else None


def _reader(found: list[Words]) -> Any:
    """Make the function whose signature typer reads: one parameter an option, then the command."""

    def reader(**values: Any) -> None:
        command = values.pop("command") or []
        if not command:
            raise Failure("usage", problem="no command to run", remedy="run -i X -- $SHELL", cause="the command line")
        names = values["identity"] or [None]
        if len(names) > 1:
            several = f"--identity is given {len(names)} times, and a run is one identity"
            raise Failure("usage", problem=several, remedy=f"run -i {names[0]} -- ...", cause="the command line")
        values["identity"] = names[0]
        given = {key: text(value) for key, value in values.items() if value not in (None, False, [])}
        found.append((given, command))

    parameters = [parameter(option) for option in OPTIONS]
    parameters.append(_version())
    argument = typer.Argument(hidden=True)
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters.append(
        inspect.Parameter("command", kind, default=None, annotation=Annotated[list[str] | None, argument])
    )
    reader.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect.signature reads first
    reader.__annotations__ = {each.name: each.annotation for each in parameters}
    return reader


def text(value: str | list[str] | bool) -> str:  # noqa: FBT001 - what typer gives
    """Return what was given as one text: a repeated one's values with SEPARATOR between, "1" for a flag."""
    if isinstance(value, list):
        return SEPARATOR.join(value)
    return "1" if value is True else str(value)


def parameter(option: Option) -> inspect.Parameter:
    """Make of a row of the table what typer reads: one parameter."""
    names = [each for each in (option.short, option.name) if each]
    told = f"{option.text} [{option.variable}]" if option.variable else option.text
    info = typer.Option(*names, metavar=option.metavar or None, help=told, show_default=False)
    of_type: Any = Annotated[str | None, info] if option.metavar else Annotated[bool, info]
    if option.repeats or option.key == "identity":  # of two, typer would take one
        of_type = Annotated[list[str] | None, info]
    default = None if option.metavar else False
    return inspect.Parameter(option.key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=of_type)


def _version() -> inspect.Parameter:
    def show(wanted: bool) -> None:  # noqa: FBT001 - typer's shape of a callback
        if wanted:
            sys.stdout.write(f"run {__version__}\n")
            raise typer.Exit

    info = typer.Option("--version", help="Print the version.", is_eager=True, callback=show, show_default=False)
    return inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, info])
