"""`runner`: wires the commands; each is a file of this folder."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from runner import __version__
from runner.cli import accounts, check, config, doctor, explain, export, login, prefix, sandbox, sync, trust
from runner.cli import list as listed
from runner.model.outcome import Outcome


def run(words: list[str]) -> Outcome:
    """Do what the words after `runner` say."""
    ended: list[Outcome] = []
    status = prefix.invoke(_app(ended), "runner", words or ["--help"], "runner --help")
    return ended[0] if ended else Outcome(status or 0)


def _app(ended: list[Outcome]) -> typer.Typer:
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_runner)
    app.command("run", help="Run a command as a named AWS identity; the same as `run`.", add_help_option=False)(_run)
    app.command()(check.check)
    app.command("list")(listed.list_identities)
    app.command()(explain.explain)
    app.command()(config.config)
    app.command()(login.login)
    app.command()(login.logout)
    app.command()(accounts.accounts)
    app.command()(sync.sync)
    app.command()(doctor.doctor)
    app.command("export", help=export.HELP)(export.command([]))  # __main__ has taken it before typer sees it
    app.command()(trust.trust)

    @app.command("sandbox", context_settings={"allow_interspersed_args": False})
    def _sandbox(
        command: Annotated[list[str] | None, typer.Argument(metavar="[--] [COMMAND [ARGUMENT]...]")] = None,
    ) -> None:
        """Start a local AWS with demo accounts and identities, and COMMAND or $SHELL inside it."""
        ended.append(sandbox.sandbox(command or []))

    return app


def _runner(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,  # noqa: FBT002 - typer's shape
) -> None:
    """Everything around `run`, the command prefix that runs any command as a named AWS identity."""
    if version:
        sys.stdout.write(f"runner {__version__}\n")
        raise typer.Exit


def _run() -> None:
    """Stand in the list of commands; `runner run` is `run` before typer sees it."""
