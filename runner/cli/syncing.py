"""What `runner sync` does and says."""

from __future__ import annotations

import os
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.acquire import destination
from runner.acquire.assigned import assigned
from runner.acquire.lock import Locks
from runner.acquire.login import target
from runner.acquire.members import members
from runner.cli import listing
from runner.inject.scrub import scrubbed
from runner.leases import wanted
from runner.model.failure import Failure
from runner.places import roots
from runner.settings import config, editing, environ, rewrite, synced
from runner.settings.editing import Edits, NotEditableError
from runner.settings.synced import OrganizationSource, SsoSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.destination import Destination
    from runner.model.account import Account
    from runner.settings.argv import Words
    from runner.settings.synced import Changes, Source, Wanted


@dataclass(frozen=True, slots=True)
class Asked:
    """The file to write ("" for the user's), how entries are called, whether old ones go, whether anything is done."""

    config: str
    template: str
    prune: bool
    dry_run: bool


def sync(source: Source | None, asked: Asked) -> None:
    """Write what a source gives, None being the only SSO session there is; say what changes. Raises Failure."""
    caller = dict(os.environ)
    os.environ.clear()
    os.environ.update(scrubbed(caller)[0])
    place = destination.find(environ.request(_given(asked.config), caller).config, caller)
    place.content()  # before anybody is asked
    if source is None:
        source = SsoSource(target.only(place.looked_at, caller, "runner sync"))
    entries = synced.wanted(source, _accounts(source, place, caller), asked.template)
    if asked.dry_run:
        found, text = _compared(source, entries, place)
        _edited(text, _edits(found, text, prune=asked.prune), place.path)
        _tell(found, text, place, asked)
        return
    locks = Locks(roots.private_root(caller), attended=True, doing="writing the same file")
    with locks.hold("sync", os.path.realpath(place.path)):
        found, text = _compared(source, entries, place)
        result = _edited(text, _edits(found, text, prune=asked.prune), place.path)
        if result != text:
            config.parse(Path(place.path), result.encode())
            rewrite.rewrite(place.path, result.encode())
    _tell(found, text, place, asked)


def _accounts(source: Source, place: Destination, caller: Mapping[str, str]) -> list[Account]:
    name = source.via if isinstance(source, OrganizationSource) else ""
    request = environ.request(_given(place.looked_at.named, name), caller)
    order = wanted.ordered(request, place.looked_at.all(), caller)
    if isinstance(source, SsoSource):
        return assigned(target.in_files(source.session, place.looked_at, caller), request, order, caller)
    return members(request, place.looked_at, order, caller)


def _given(named: str, identity: str = "") -> Words:
    return {key: value for key, value in (("config", named), ("identity", identity)) if value}, []


def _compared(source: Source, entries: list[Wanted], place: Destination) -> tuple[Changes, str]:
    """Return what is to change in the file as it is now, and its text."""
    text = place.content().decode()
    there = tomllib.loads(text).get("identities", {})
    return synced.changes(source, entries, there, place.foreign), text


def _edits(found: Changes, text: str, *, prune: bool) -> Edits:
    return Edits(found.added, found.changed, _prunable(found, text) if prune else ())


def _prunable(found: Changes, text: str) -> tuple[str, ...]:
    """Return what is gone and no other entry is built on."""
    entries = tomllib.loads(text).get("identities", {})
    sources = {entry.get("via") for name, entry in entries.items() if name not in found.gone}
    return tuple(name for name in found.gone if name not in sources)


def _edited(text: str, edits: Edits, path: str) -> str:
    if edits == Edits():
        return text
    try:
        return editing.edited(text, edits)
    except NotEditableError as error:
        problem = "has identities in a form that cannot be added to; nothing was written"
        cause, remedy = f"{error}; allowed: tables, as [identities.NAME]", f"$EDITOR {shlex.quote(path)}"
        raise Failure("invalid-config", where=path, problem=problem, cause=cause, remedy=remedy) from error


def _tell(found: Changes, text: str, place: Destination, asked: Asked) -> None:
    """Write a line a change, then what that comes to."""
    removed = _prunable(found, text) if asked.prune else ()
    rows = [(f"added    {name}", _described(keys)) for name, keys in found.added.items()]
    rows += [(f"changed  {name}", ", ".join(keys)) for name, keys in found.changed.items()]
    rows += [(f"removed  {name}", "") for name in removed]
    why = "is the via of another entry" if asked.prune else "runner sync --prune removes it"
    rows += [(f"gone     {name}", why) for name in found.gone if name not in removed]
    rows += [(f"skipped  {name}", "another identity or an AWS profile has this name") for name in found.in_the_way]
    width = max((len(said) for said, _ in rows), default=0)
    listing.lines([f"{said.ljust(width)}  {why}".rstrip() for said, why in rows])
    if not (found.added or found.changed or removed):
        kept = f"{found.same} {'entry is as it' if found.same == 1 else 'entries are as they'} should be"
        listing.lines([f"{place.path}: nothing to change, {kept}"])
        return
    counted = (
        f"{len(found.added)} added, {len(found.changed)} changed, {len(removed)} removed, {found.same} as they were"
    )
    listing.lines([f"{'would write' if asked.dry_run else 'wrote'} {place.path}: {counted}"])
    if place.is_project and not asked.dry_run:
        listing.lines([f"a project's file is used once it is trusted: runner trust {shlex.quote(place.path)}"])


def _described(keys: Mapping[str, str]) -> str:
    return keys.get("role_arn") or f"permission set {keys['permission_set']} in {keys['account']}"
