"""`runner sync`: identities for all there is of an SSO session or an organization, written into a runner.toml."""

from __future__ import annotations

from typing import Annotated

import typer

from runner.model.failure import Failure
from runner.settings import naming, synced

ROLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-/")  # IAM: a path, a role name


def sync(  # noqa: PLR0913, PLR0917 - typer's shape: a parameter an option
    sso_session: Annotated[
        str, typer.Option("--sso-session", metavar="SESSION", help="Of this SSO session.", show_default=False)
    ] = "",
    organization: Annotated[bool, typer.Option("--organization", help="Of the accounts of an organization.")] = False,  # noqa: FBT002 - typer's shape
    via: Annotated[
        str, typer.Option("--via", metavar="NAME", help="The identity that lists them.", show_default=False)
    ] = "",
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="The role in each of them.", show_default=False)
    ] = "",
    config: Annotated[
        str, typer.Option("--config", "-c", metavar="FILE", help="Write into this file.", show_default=False)
    ] = "",
    name: Annotated[
        str, typer.Option("--name", metavar="TEMPLATE", help="How identities are called.")
    ] = naming.TEMPLATE,
    prune: Annotated[bool, typer.Option("--prune", help="Remove entries of sync that are gone.")] = False,  # noqa: FBT002 - typer's shape
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change.")] = False,  # noqa: FBT002 - typer's shape
) -> None:
    """Write identities for all accounts and permission sets into a runner.toml, and leave the rest of it as it is."""
    from runner.cli import syncing  # noqa: PLC0415 - tomlkit: 30 ms of every other command

    source: synced.Source | None = None
    if organization:
        if sso_session:
            raise _conflict("--organization and --sso-session exclude each other")
        if not via or not role:
            raise _usage("--organization needs --via NAME and --role ROLE")
        if not set(role) <= ROLE or role.startswith("/") or role.endswith("/"):
            raise _usage(f'--role "{role}" is not the name of a role, as Auditor or path/Auditor')
        source = synced.OrganizationSource(via, role)
    elif via or role:
        raise _conflict("--via and --role are for --organization")
    elif sso_session:
        source = synced.SsoSource(sso_session)
    if not naming.is_template(name):
        words = "{account_name}, {account}, {permission_set} (or {role})"
        raise _usage(f'--name "{name}" must be made of letters, digits, ".", "_", "-" and {words}')
    syncing.sync(source, syncing.Asked(config, name, prune=prune, dry_run=dry_run))


def _usage(problem: str) -> Failure:
    return Failure("usage", problem=problem, cause="the command line", remedy="runner sync --help")


def _conflict(problem: str) -> Failure:
    return Failure("conflicting-options", problem=problem, cause="the command line", remedy="runner sync --help")
