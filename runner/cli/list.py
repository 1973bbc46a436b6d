"""`runner list [NAME|PATTERN]...`: which identities there are, from the index; no network, nothing started."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runner.acquire.index import make
from runner.acquire.select import Catalogue, select
from runner.cli import listing, overview
from runner.cli.listing import ConfigOption, ExceptOption, FormatOption, NamesArgument
from runner.index import form as index_form
from runner.index import store
from runner.model.failure import Failure
from runner.settings import files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runner.index.form import Entry, Index
    from runner.settings.files import Files


def list_identities(
    names: NamesArgument = None,
    without: ExceptOption = None,
    config: ConfigOption = "",
    form: FormatOption = "table",
) -> int:
    """List identities and AWS profiles: kind, account, role, and whether a lease or a login is there."""
    listing.check_format(form)
    caller = dict(os.environ)
    looked_at = files.find(config or caller.get("RUN_CONFIG", ""), caller)
    index = _index(looked_at, caller)
    entries = index.entries
    if names or without:
        entries = _selected(names or [], without or [], index)
    found = overview.rows(entries, overview.Known(looked_at, config, caller))
    if form == "json":
        listing.as_json(overview.as_plain(found))
    else:
        listing.table(overview.COLUMNS, [list(row.values()) for row in found])
    return overview.tell(index)


def _index(looked_at: Files, caller: Mapping[str, str]) -> Index:
    path = store.path_of(looked_at, caller)
    found = store.current(path, caller)
    return index_form.parse(make(looked_at, path, caller)) if found is None else found


def _selected(words: Sequence[str], without: Sequence[str], index: Index) -> list[Entry]:
    """Select as `runner check` does; raises no-match, unknown-identity."""
    by_name = {entry.name: entry for entry in index.entries}
    catalogue = Catalogue(
        {name: entry.tagged for name, entry in by_name.items()},
        {group: members for group, *members in index.groups},
    )
    try:
        names = select(words, without, catalogue).names
        unknown = next((name for name in names if name not in by_name), "")
        if unknown:
            raise Failure("unknown-identity", near="", remedy="runner list").at(unknown)
    except Failure:
        overview.tell(index)  # what could not be read may be why
        raise
    return [by_name[name] for name in names]
