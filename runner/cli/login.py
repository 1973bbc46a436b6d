"""`runner login` and `runner logout`: their command lines."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from runner.model.failure import Failure

Name: TypeAlias = Annotated[str | None, typer.Argument(metavar="NAME", help="An identity, or an AWS profile.")]
Session: TypeAlias = Annotated[str | None, typer.Option("--sso-session", metavar="SESSION", help="Or an SSO session.")]
Config: TypeAlias = Annotated[
    str | None, typer.Option("-c", "--config", metavar="FILE", help="Read identities from this file alone.")
]


def login(
    name: Name = None,
    sso_session: Session = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address of the page only.")] = False,  # noqa: FBT002 - typer's shape
    device_code: Annotated[bool, typer.Option("--device-code", help="Log in with a browser of any machine.")] = False,  # noqa: FBT002 - typer's shape
    config: Config = None,
) -> None:
    """Log in to IAM Identity Center, for this and all other AWS tools."""
    _check_names("login", name, sso_session)
    if no_browser and device_code:
        raise _conflict("login", "--no-browser and --device-code")
    from runner.cli import sso  # noqa: PLC0415 - botocore: 0.1 s of every other command

    way: sso.Way = "device-code" if device_code else "no-browser" if no_browser else "browser"
    sso.log_in(sso.Asked(name or "", sso_session or "", config or ""), way)


def logout(
    name: Name = None,
    sso_session: Session = None,
    of_all: Annotated[bool, typer.Option("--all", help="Log out of every SSO session.")] = False,  # noqa: FBT002 - typer's shape
    config: Config = None,
) -> None:
    """Log out of IAM Identity Center, and remove every lease made from the login."""
    if of_all and (name or sso_session):
        raise _conflict("logout", "--all and the name of one")
    from runner.cli import sso  # noqa: PLC0415 - botocore: 0.1 s of every other command

    if of_all:
        sso.log_out_of_all()
        return
    _check_names("logout", name, sso_session)
    sso.log_out(sso.Asked(name or "", sso_session or "", config or ""))


def _check_names(command: str, name: str | None, sso_session: str | None) -> None:
    if name and sso_session:
        raise _conflict(command, "NAME and --sso-session")
    if not name and not sso_session:
        problem = "name an identity, or --sso-session"
        raise Failure("usage", problem=problem, remedy=f"runner {command} --help", cause="the command line")


def _conflict(command: str, these: str) -> Failure:
    remedy = f"runner {command} --help"
    return Failure(
        "conflicting-options", problem=f"{these} exclude each other", remedy=remedy, cause="the command line"
    )
