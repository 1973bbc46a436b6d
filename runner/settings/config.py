"""runner.toml -> identities: every value is checked here, and nothing is Any below."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from runner.model.failure import Failure
from runner.model.identity import Environment, Identity, PermissionSet, Process, Profile
from runner.settings import entries, roles
from runner.settings.durations import seconds, text
from runner.settings.entries import (
    ENTRIES,
    AssumeRoleEntry,
    Common,
    CredentialsEntry,
    EnvironmentEntry,
    PermissionSetEntry,
    ProfileEntry,
    RoleEntry,
    Settings,
    SsoSessionEntry,
    WrongFormError,
)
from runner.settings.environ import is_region
from runner.settings.sts_limits import RefusedError

if TYPE_CHECKING:
    from runner.settings.entries import Form


@dataclass(frozen=True, slots=True)
class Config:
    """One runner.toml: its identities by name, for those with a source its name, and its settings."""

    path: Path
    identities: dict[str, Identity] = field(default_factory=dict)
    via: dict[str, str] = field(default_factory=dict)
    sso_sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    region: str = ""
    cache: str = ""


def parse(path: Path, content: bytes) -> Config:
    """Read a runner.toml from its bytes; raises invalid-config, naming file, line where it can, key and values."""
    document = _Document(path, content)
    for table in document.tables.keys() - {"settings", "identities", "sso_sessions"}:
        raise document.wrong(str(table), "is not a key of runner.toml", "settings, identities, sso_sessions")
    settings = document.convert("settings", document.tables.get("settings", {}), Settings)
    document.check_region("settings.region", settings.region)
    config = Config(path, region=settings.region, cache=settings.cache)
    identities = document.tables.get("identities", {})
    if not isinstance(identities, dict):
        raise document.wrong("identities", "must be a table of tables", "[identities.NAME]")
    for name, table in identities.items():
        entry = document.entry(name, table)
        config.identities[name] = document.identity(name, entry)
        if isinstance(entry, AssumeRoleEntry):
            config.via[name] = entry.via
    sessions = document.tables.get("sso_sessions", {})
    if not isinstance(sessions, dict):
        raise document.wrong("sso_sessions", "must be a table of tables", "[sso_sessions.NAME]")
    for name, table in sessions.items():
        session = document.convert(f"sso_sessions.{name}", table, SsoSessionEntry)
        config.sso_sessions[name] = {"sso_start_url": session.sso_start_url, "sso_region": session.sso_region}
    return config


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
            raise _invalid(str(path), "is not TOML", str(error), f"$EDITOR {path}") from error

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
            case RoleEntry():
                try:
                    return roles.identity(common, entry)
                except RefusedError as error:
                    raise self.wrong(f"identities.{name}.{error.key}", error.problem, error.allowed) from error
            case EnvironmentEntry():
                return Environment(**common)
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
        region = getattr(checked, "region", "")
        if region and not is_region(region):
            raise self.wrong(f"{key}.region", "is not a region", "such as eu-west-1")
        return checked

    def wrong(self, key: str, problem: str, allowed: str) -> Failure:
        """Return the failure of one key."""
        return _invalid(f"{self.where(key)} {key}", problem, f"allowed: {allowed}", f"$EDITOR {self.path}")

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


def _invalid(where: str, problem: str, cause: str, remedy: str) -> Failure:
    return Failure("invalid-config", where=where, problem=problem, cause=cause, remedy=remedy)


class CommonFields(TypedDict):
    """What every identity is made with."""

    name: str
    where: str
    region: str
    account: str
    cache: str


def _common(name: str, where: str, entry: Common) -> CommonFields:
    return {"name": name, "where": where, "region": entry.region, "account": entry.account, "cache": entry.cache}
