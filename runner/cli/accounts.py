"""`runner accounts`: the accounts and permission sets of whoever is logged in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from runner.acquire.assigned import assigned
from runner.acquire.login import target
from runner.cli import listing
from runner.cli.listing import ConfigOption, FormatOption
from runner.inject.scrub import scrubbed
from runner.leases import wanted
from runner.settings import environ, files

if TYPE_CHECKING:
    from runner.model.account import Account

COLUMNS = ("ACCOUNT", "NAME", "EMAIL", "PERMISSION SETS")


def accounts(
    sso_session: Annotated[
        str, typer.Option("--sso-session", metavar="SESSION", help="An SSO session.", show_default=False)
    ] = "",
    config: ConfigOption = "",
    form: FormatOption = "table",
) -> None:
    """List the accounts that whoever is logged in may use, with their permission sets."""
    listing.check_format(form)
    caller = dict(os.environ)
    os.environ.clear()
    os.environ.update(scrubbed(caller)[0])
    asked = environ.request(({"config": config} if config else {}, []), caller)
    looked_at = files.find(asked.config, caller)
    name = sso_session or target.only(looked_at, caller, "runner accounts")
    order = wanted.ordered(asked, looked_at.all(), caller)
    found = assigned(target.in_files(name, looked_at, caller), asked, order, caller)
    if form == "json":
        listing.as_json([_plain(each) for each in found])
        return
    listing.table(
        COLUMNS, [(each.account_id, each.name, each.email, ", ".join(each.permission_sets)) for each in found]
    )


def _plain(account: Account) -> dict[str, object]:
    return {
        "account": account.account_id,
        "name": account.name,
        "email": account.email,
        "permission_sets": list(account.permission_sets),
    }
