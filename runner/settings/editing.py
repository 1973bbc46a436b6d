"""A runner.toml as a text that is changed entry by entry: the rest of it stays, to the byte. The doorway of tomlkit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

import tomlkit
import tomlkit.exceptions
from tomlkit.items import Table, Whitespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    Keys: TypeAlias = Mapping[str, str]

IDENTITIES = "identities"


class NotEditableError(Exception):
    """The text is of a form in which an entry cannot be changed without risk to others."""


@dataclass(frozen=True, slots=True)
class Edits:
    """Entries of [identities] by name: new ones, keys to set in others, names that go."""

    added: Mapping[str, Keys] = field(default_factory=dict)
    changed: Mapping[str, Keys] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


def edited(text: str, edits: Edits) -> str:
    """Return a runner.toml with edits; other keys and all comments stay, those behind a removed entry too.

    The result is read again, and must say exactly what was asked for. Raises NotEditableError.
    """
    try:
        result = _with_entries(_without_or_changed(text, edits), edits.added)
        if _said(result) == _expected(text, edits):
            return result
    except (tomlkit.exceptions.TOMLKitError, ValueError, KeyError) as error:
        raise NotEditableError(type(error).__name__) from error
    raise NotEditableError("its entries are not tables of their own")


def _said(text: str) -> dict[str, Any]:
    """Return what a text says; headers make [identities] be there, and it goes with the last of them."""
    tables = tomllib.loads(text)
    return tables if tables.get(IDENTITIES) else {key: each for key, each in tables.items() if key != IDENTITIES}


def _expected(text: str, edits: Edits) -> dict[str, Any]:
    tables = tomllib.loads(text)
    entries = tables.get(IDENTITIES, {})
    for name, keys in (*edits.added.items(), *edits.changed.items()):
        entries[name] = {**entries.get(name, {}), **keys}
    for name in edits.removed:
        del entries[name]
    tables.pop(IDENTITIES, None)
    return {**tables, IDENTITIES: entries} if entries else tables


def _without_or_changed(text: str, edits: Edits) -> str:
    if not (edits.changed or edits.removed):
        return text
    document = tomlkit.parse(text)
    for container, number, name in list(_entries(document)):
        table = container[number][1]
        if name in edits.removed:
            container[number] = (None, Whitespace(_what_stands_behind(table)))
        elif name in edits.changed and not table.is_super_table():
            table.update(edits.changed[name])
    return document.as_string()


def _entries(document: Any) -> Iterator[tuple[list[Any], int, str]]:
    """Yield where each [identities.NAME] stands: the list it is in, its number there, its name."""
    for key, table in document.body:
        if key is not None and key.key == IDENTITIES and isinstance(table, Table):
            for number, (name, entry) in enumerate(table.value.body):
                if name is not None and isinstance(entry, Table):
                    yield table.value.body, number, name.key


def _what_stands_behind(table: Any) -> str:
    """Return the comments behind the last key of a table: they are about what comes next."""
    behind = ""
    for key, item in reversed(table.value.body):
        if key is not None:
            behind = (_what_stands_behind(item) if isinstance(item, Table) else "") + behind
            break
        behind = item.as_string() + behind
    return behind.lstrip("\r\n")


def _with_entries(text: str, added: Mapping[str, Keys]) -> str:
    """Append new entries, in the line ends that the text has."""
    newline = "\r\n" if "\r\n" in text else "\n"
    blocks = [text if text.endswith("\n") or not text else text + newline]
    for name, keys in added.items():
        lines = [f"[{tomlkit.key([IDENTITIES, name]).as_string()}]"]
        lines += [f"{key} = {tomlkit.item(value).as_string()}" for key, value in keys.items()]
        blocks.append("".join(line + newline for line in lines))
    if not blocks[0]:
        blocks.pop(0)
    return newline.join(blocks)
