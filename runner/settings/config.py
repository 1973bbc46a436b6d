"""runner.toml -> identities: every value is checked here, and nothing is Any below."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from runner.model.failure import Failure
from runner.model.identity import Identity, PermissionSet, Process, Profile, Role
from runner.settings import entries, shown, users
from runner.settings.durations import seconds, text
from runner.settings.entries import (
    ENTRIES,
    AssumeRoleEntry,
    Common,
    CredentialsEntry,
    Groups,
    PermissionSetEntry,
    ProfileEntry,
    Settings,
    SsoSessionEntry,
    UserEntry,
    WrongFormError,
)
from runner.settings.environ import is_region
from runner.settings.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.settings.entries import Form

TABLES = ("settings", "identities", "groups", "sso_sessions")


@dataclass(frozen=True, slots=True)
class Config:
    """One runner.toml: identities by name, of those with a source its name, tags; groups; settings."""

    path: Path
    identities: dict[str, Identity] = field(default_factory=dict)
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
        document = _Document(path, content)
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


class _Document:
    """A runner.toml while it is being read: knows where things stand, for what is said of them."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        try:
            self.text = content.decode()
            self.tables = tomllib.loads(self.text)
        except UnicodeDecodeError as error:
            raise _invalid(str(path), "is not UTF-8", f"byte {error.start}", f"iconv -t UTF-8 {path}") from error
        except (ValueError, RecursionError) as error:  # a plain ValueError: a number of 5000 digits
            raise _invalid(str(path), "is not TOML", shown.without_content(error), f"$EDITOR {path}") from error

    def subtables(self, kind: str, problems: Problems) -> Iterator[tuple[str, object]]:
        """Yield the tables of [KIND.NAME] by name."""
        tables = self.tables.get(kind, {})
        with problems:
            if not isinstance(tables, dict):
                raise self.wrong(kind, "must be a table of tables", f"[{kind}.NAME]")
            yield from tables.items()

    def groups(self) -> dict[str, list[str]]:
        """Check [groups]: lists of names and patterns."""
        try:
            return entries.read({"groups": self.tables.get("groups", {})}, Groups).groups
        except WrongFormError as error:
            allowed = '[groups] with NAME = ["identity", "prod-*", "@tag:KEY=VALUE", "@group"]'
            raise self.wrong(_group_key(self.tables.get("groups")), f"is wrong: {error.problem}", allowed) from error

    def entry(self, name: str, table: object) -> Common:
        """Check one [identities.NAME]."""
        key = f"identities.{name}"
        kinds = ", ".join(ENTRIES)
        if not name or not isinstance(table, dict):
            raise self.wrong(key, "must be a table with a name", f"[identities.NAME] with kind = one of {kinds}")
        kind = table.get("kind")
        if kind is None:
            raise self.wrong(key, "has no kind", f"kind = one of {kinds}")
        if not isinstance(kind, str) or kind not in ENTRIES:
            raise self.wrong(f"{key}.kind", "is not a kind of identity", kinds)
        entry = self.convert(key, table, ENTRIES[kind])
        if entry.account and not (len(entry.account) == 12 and entry.account.isascii() and entry.account.isdigit()):
            raise self.wrong(f"{key}.account", "is not an account ID", '12 digits, as "111111111111"')
        self.check_region(f"{key}.region", entry.region)
        wrong = users.wrong(entry)
        if wrong is not None:
            raise self.wrong(f"{key}.{wrong.key}".rstrip("."), wrong.problem, wrong.allowed)
        return entry

    def identity(self, name: str, entry: Common) -> Identity:
        """Make of a checked entry what acquiring works with."""
        where = f"{self.where(f'identities.{name}')} [identities.{name}]"
        common = _common(name, where, entry)
        match entry:
            case ProfileEntry():
                return Profile(**common, profile=entry.profile)
            case CredentialsEntry():
                return Process(
                    **common,
                    credential_process=entry.credential_process,
                    timeout_s=self.duration_s(f"identities.{name}.process_timeout", entry.process_timeout, (1, 3600)),
                )
            case AssumeRoleEntry():
                return Role(
                    **common,
                    role_arn=entry.role_arn,
                    role_session_name=entry.role_session_name,
                    external_id=entry.external_id,
                    mfa_serial=entry.mfa_serial,
                    mfa_process=entry.mfa_process,
                    duration_s=self.duration_s(f"identities.{name}.duration", entry.duration, (900, 43200)),
                )
            case UserEntry():
                duration_s = self.duration_s(f"identities.{name}.duration", entry.duration, (900, 129600))
                return users.user(entry, duration_s, **common)
            case PermissionSetEntry():
                if not entry.account:
                    raise self.wrong(f"identities.{name}", "has no account", 'account = "111111111111"')
                return PermissionSet(
                    **common,
                    sso_session=entry.sso_session,
                    start_url="",
                    sso_region="",
                    sso_account=entry.account,
                    permission_set=entry.permission_set,
                )
        raise AssertionError(entry.kind)

    def check_region(self, key: str, value: str) -> None:
        """Raise invalid-config for a region that cannot be one."""
        if value and not is_region(value):
            raise self.wrong(key, "is not a region", 'the name of a region, as "eu-west-1"')

    def duration_s(self, key: str, value: str | int, bounds: tuple[int, int]) -> int:
        """Read a duration that lies within bounds; 0 when there is none."""
        duration_s = value if isinstance(value, int) else seconds(value)
        if duration_s == 0:
            return 0
        if duration_s is None or not bounds[0] <= duration_s <= bounds[1]:
            raise self.wrong(
                key, "is not a duration it may have", f"{text(bounds[0])} to {text(bounds[1])}, as 90s, 15m or 1h30m"
            )
        return duration_s

    def convert(self, key: str, table: object, form: type[Form]) -> Form:
        """Check a table against its form."""
        try:
            checked = entries.read(table, form)
        except WrongFormError as error:
            inner = f"{key}.{error.key}" if error.key else key
            raise self.wrong(inner, f"is wrong: {error.problem}", f"the keys {', '.join(error.allowed)}") from error
        for name in form.__struct_fields__:
            value = getattr(checked, name)
            if isinstance(value, str) and "\0" in value:
                raise self.wrong(f"{key}.{name}", "has a NUL character", "a text without")
        region = getattr(checked, "region", "")
        if region and not is_region(region):
            raise self.wrong(f"{key}.region", "is not a region", "such as eu-west-1")
        return checked

    def wrong(self, key: str, problem: str, allowed: str) -> Failure:
        """Return the failure of one key."""
        value = shown.value(self.tables, key)
        said = f"{value} {problem}" if value else problem
        return _invalid(f"{self.where(key)} {key}", said, f"allowed: {allowed}", f"$EDITOR {self.path}")

    def where(self, key: str) -> str:
        """Return FILE:LINE of a key or its table; FILE alone when it is written in a form not looked for."""
        key = key.replace(" ", "")
        names = key.split(".")
        table, last = ".".join(names[:-1]), names[-1]
        inside = False
        for number, line in enumerate(self.text.splitlines(), 1):
            bare = line.strip().replace('"', "").replace("'", "").replace(" ", "")
            if bare.startswith((f"[{key}]", f"[{key}.")):
                return f"{self.path}:{number}"
            if bare.startswith("["):
                inside = bare.startswith(f"[{table}]")
            elif bare.startswith(f"{last}=") and (inside or not table):
                return f"{self.path}:{number}"
        return str(self.path)


def _group_key(groups: object) -> str:
    """Return the key of the first group that is no list of texts; the form's checker does not say which it is."""
    for name, members in groups.items() if isinstance(groups, dict) else ():
        if not isinstance(members, list) or not all(isinstance(each, str) for each in members):
            return f"groups.{name}"
    return "groups"


def _invalid(where: str, problem: str, cause: str, remedy: str) -> Failure:
    return Failure("invalid-config", where=where, problem=problem, cause=cause, remedy=remedy)


class _CommonFields(TypedDict):
    name: str
    where: str
    region: str
    account: str
    cache: str


def _common(name: str, where: str, entry: Common) -> _CommonFields:
    return {"name": name, "where": where, "region": entry.region, "account": entry.account, "cache": entry.cache}
