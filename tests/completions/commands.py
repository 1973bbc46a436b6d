"""What can stand on the command lines of `run` and `runner`, read from the table of options and from the typer app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import typer

from runner.cli import app
from runner.settings.options import OPTIONS, Option

# What an option or an argument takes is said by its metavar, the same in help and here: a file, some words, names that
# `run --complete KIND` knows, or something that cannot be offered.
FILE = "FILE"
COMMAND = "COMMAND"  # another command, with its own completion, to the end of the line

KINDS = {
    "NAME": "identities",
    "[NAME]": "identities",
    "[NAME|PATTERN]...": "patterns",
    "GLOB": "patterns",
    "SESSION": "sso-sessions",
}

HELP = Option("-h --help", "", "", "Show this message and exit.")
VERSION = Option("--version", "", "", "Print the version.")


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `argument` is the metavar of what stands behind its options, or ""."""

    name: str
    text: str
    options: tuple[Option, ...]
    argument: str


def of_run() -> Command:
    """Return the command prefix."""
    return Command("run", "", (*OPTIONS, VERSION, HELP), COMMAND)


def of_runner() -> tuple[Command, tuple[Command, ...]]:
    """Return `runner` itself and its commands."""
    group: Any = typer.main.get_command(app._app([]))
    runner = _command(group, "|".join(group.commands))
    # Where its command stands is found by the first word without a dash.
    assert not any(option.metavar for option in runner.options), "the shells' files expect flags before the command"
    commands = (_command(each, _argument(each)) for each in group.commands.values() if not each.hidden)
    return runner, tuple(_prefix(each) if each.name == "run" else each for each in commands)


def names(option: Option) -> list[str]:
    """Return the spellings of an option, the short one first."""
    return [name for name in (option.short, option.name) if name]


def sentence(text: str) -> str:
    """Return a help text as it stands beside a candidate."""
    return text.rstrip(".")


def _prefix(command: Command) -> Command:
    """Put the options of `run` into `runner run`, which typer does not read."""
    prefix = of_run()
    return Command("run", command.text, prefix.options, prefix.argument)


def _command(command: Any, argument: str) -> Command:
    options = [option for each in command.params if each.param_type_name == "option" for option in _options(each)]
    return Command(command.name or "runner", command.help.partition("\n")[0], (*options, HELP), argument)


def _options(parameter: Any) -> list[Option]:
    if parameter.hidden:
        return []
    metavar = "" if parameter.is_flag else parameter.metavar or parameter.name.upper()
    spelt = [" ".join(sorted(parameter.opts, key=len)), *parameter.secondary_opts]
    return [Option(each, metavar, "", parameter.help or "") for each in spelt]


def _argument(command: Any) -> str:
    if command.context_settings.get("allow_interspersed_args") is False:  # nothing behind the first word is its own
        return COMMAND
    arguments = [each.metavar or "" for each in command.params if each.param_type_name == "argument"]
    return arguments[0] if arguments else ""
