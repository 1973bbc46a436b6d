"""The tables of a runner.toml while they are being read: every value is checked here, and nothing is Any below."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, TypedDict

from runner.model.failure import Failure
from runner.model.identity import Environment, Identity, PermissionSet, Process, Profile
from runner.settings import entries, roles, shown, users
from runner.settings.entries import (
    ENTRIES,
    Common,
    CredentialsEntry,
    EnvironmentEntry,
    Groups,
    PermissionSetEntry,
    ProfileEntry,
    RoleEntry,
    UserEntry,
    WrongFormError,
)
from runner.settings.environ import is_region
from runner.settings.lines import Lines
from runner.settings.sts_limits import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runner.settings.entries import Form
    from runner.settings.problems import Problems


class Document:
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
        self._lines = Lines(self.text)

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
        try:
            return self._identity(entry, _common(name, where, entry))
        except RefusedError as error:
            raise self.wrong(f"identities.{name}.{error.key}", error.problem, error.allowed) from error

    def _identity(self, entry: Common, common: CommonFields) -> Identity:
        match entry:
            case ProfileEntry():
                return Profile(**common, profile=entry.profile)
            case CredentialsEntry():
                return Process(
                    **common,
                    credential_process=entry.credential_process,
                    timeout_s=roles.duration_s("process_timeout", entry.process_timeout, roles.TIMEOUT_S),
                )
            case RoleEntry():
                return roles.identity(common, entry)
            case EnvironmentEntry():
                return Environment(**common)
            case UserEntry():
                return users.user(entry, roles.duration_s("duration", entry.duration, (900, 129600)), **common)
            case PermissionSetEntry():
                if not entry.account:
                    raise self.wrong(f"identities.{common['name']}", "has no account", 'account = "111111111111"')
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
        said = f"{value} {problem}" if value and not problem.startswith('"') else problem
        return _invalid(f"{self.where(key)} {key}", said, f"allowed: {allowed}", f"$EDITOR {self.path}")

    def where(self, key: str) -> str:
        """Return FILE:LINE of a key or its table; FILE alone when it is written in a form not looked for."""
        number = self._lines.of(key)
        return f"{self.path}:{number}" if number else str(self.path)


def _group_key(groups: object) -> str:
    """Return the key of the first group that is no list of texts; the form's checker does not say which it is."""
    for name, members in groups.items() if isinstance(groups, dict) else ():
        if not isinstance(members, list) or not all(isinstance(each, str) for each in members):
            return f"groups.{name}"
    return "groups"


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
