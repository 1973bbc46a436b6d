"""runner.toml -> what it says: identities, groups, settings. Nothing that was not checked is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.settings.document import Document
from runner.settings.entries import AssumeRoleEntry, Settings, SsoSessionEntry
from runner.settings.problems import Problems

if TYPE_CHECKING:
    from pathlib import Path

    from runner.model.failure import Failure
    from runner.model.identity import Identity

TABLES = ("settings", "identities", "groups", "sso_sessions")


@dataclass(frozen=True, slots=True)
class Config:
    """One runner.toml: identities by name, of those with a source its name, tags; groups; settings.

    `kinds` are as written, also those of identities that are broken otherwise.
    """

    path: Path
    identities: dict[str, Identity] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    via: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    sso_sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    region: str = ""
    cache: str = ""


def parse(path: Path, content: bytes) -> Config:
    """Read a runner.toml from its bytes; raises invalid-config, naming file, line where it can, key and values."""
    config, problems = survey(path, content)
    if problems:
        raise problems[0][1]
    return config


def survey(path: Path, content: bytes) -> tuple[Config, list[tuple[str, Failure]]]:
    """Read what can be read of a runner.toml, and return all that is wrong in it, each with its identity or "".

    Of one table that is the first thing wrong.
    """
    config, problems = Config(path), Problems()
    with problems:
        document = Document(path, content)
        for unknown in document.tables.keys() - set(TABLES):
            with problems:
                raise document.wrong(unknown, "is not a key of runner.toml", ", ".join(TABLES))
        with problems:
            settings = document.convert("settings", document.tables.get("settings", {}), Settings)
            config = Config(path, region=settings.region, cache=settings.cache)
        with problems:
            config.groups.update(document.groups())
        for name, table in document.subtables("identities", problems):
            with problems.of(name):
                config.kinds[name] = str(table.get("kind", "")) if isinstance(table, dict) else ""
                entry = document.entry(name, table)
                config.identities[name] = document.identity(name, entry)
                config.tags[name] = entry.tags
                if isinstance(entry, AssumeRoleEntry):
                    config.via[name] = entry.via
        for name, table in document.subtables("sso_sessions", problems):
            with problems:
                session = document.convert(f"sso_sessions.{name}", table, SsoSessionEntry)
                config.sso_sessions[name] = session.described()
    return config, problems.found
