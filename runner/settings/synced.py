"""Which identities `runner sync` wants in a runner.toml, what they are called, and what that changes. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from runner.settings import naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runner.model.account import Account

# An entry with this key was written by us, from the source it names; without it an entry is somebody's own. A key, and
# no comment: it survives formatters and editors, and whoever takes it out keeps the entry as theirs.
MARK = "synced_from"


class Source(Protocol):
    """Where entries come from: `text` stands in them, and the keys of `found_by` tell which of its entries one is."""

    @property
    def text(self) -> str:
        """What MARK says."""
        ...

    @property
    def found_by(self) -> tuple[str, ...]:
        """The keys that no two entries of the source have the same of."""
        ...

    def entries(self, account: Account) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield what an account gives: a permission set or role, and the keys of its entry."""
        ...


@dataclass(frozen=True, slots=True)
class SsoSource:
    """The permission sets of whoever is logged in to an SSO session."""

    session: str
    found_by: tuple[str, ...] = ("account", "permission_set")

    @property
    def text(self) -> str:
        """What MARK says."""
        return f"sso-session {self.session}"

    def entries(self, account: Account) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield an entry a permission set."""
        for name in account.permission_sets:
            keys = {"sso_session": self.session, "account": account.account_id, "permission_set": name}
            yield name, {"kind": "aws/permission-set", **keys, MARK: self.text}


@dataclass(frozen=True, slots=True)
class OrganizationSource:
    """A role of one name in the accounts of an organization, assumed via an identity."""

    via: str
    role: str
    found_by: tuple[str, ...] = ("account",)

    @property
    def text(self) -> str:
        """What MARK says."""
        return f"organization via {self.via} role {self.role}"

    def entries(self, account: Account) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the entry of an account."""
        arn = f"arn:{account.partition}:iam::{account.account_id}:role/{self.role}"
        keys = {"via": self.via, "role_arn": arn, "account": account.account_id}
        yield self.role.rpartition("/")[2], {"kind": "aws/assume-role", **keys, MARK: self.text}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry that is to be there; `base` is its name if nothing else has it, `account` makes it another."""

    base: str
    account: str
    keys: dict[str, str]

    @property
    def names(self) -> tuple[str, str, str]:
        """Its names, the readable one first; the last is nobody else's."""
        longer = f"{self.base}-{self.account}"
        digest = hashlib.sha256("\0".join(self.keys.values()).encode()).hexdigest()[:6]
        return self.base, longer, f"{longer}-{digest}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sync finds. `in_the_way` are names that are somebody else's, `same` the number of entries that stay."""

    added: dict[str, dict[str, str]] = field(default_factory=dict)
    changed: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    in_the_way: tuple[str, ...] = ()
    same: int = 0


def wanted(source: Source, accounts: Iterable[Account], template: str) -> list[Wanted]:
    """Return the entries of a source, in the order of its accounts."""
    return [
        Wanted(naming.filled_in(template, account.name, account.account_id, role), account.account_id, keys)
        for account in accounts
        for role, keys in source.entries(account)
    ]


def changes(
    source: Source, asked: Sequence[Wanted], there: Mapping[str, Mapping[str, object]], foreign: frozenset[str]
) -> Changes:
    """Compare what is wanted with the entries that are there, by name; `foreign` are names of identities elsewhere.

    An entry of ours is known by its content: it keeps its name, and the keys that somebody has added.
    """
    ours = {name: entry for name, entry in there.items() if entry.get(MARK) == source.text}
    by_content = {_content(source, each.keys): each.keys for each in asked}
    held = {name: by_content.get(_content(source, entry)) for name, entry in ours.items()}
    changed = {
        name: {key: value for key, value in keys.items() if ours[name].get(key) != value}
        for name, keys in held.items()
        if keys is not None and any(ours[name].get(key) != value for key, value in keys.items())
    }
    gone = tuple(name for name, keys in held.items() if keys is None)
    known = {_content(source, entry) for entry in ours.values()}
    new = [each for each in asked if _content(source, each.keys) not in known]
    generated = {name for name, entry in there.items() if MARK in entry}
    added, in_the_way = _named(new, generated, frozenset(there) - generated | foreign)
    return Changes(added, changed, gone, in_the_way, len(ours) - len(changed) - len(gone))


def _content(source: Source, entry: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(entry.get(key) for key in source.found_by)


def _named(
    new: Sequence[Wanted], generated: set[str], foreign: frozenset[str]
) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """Give each a name of its own; those whose name is somebody else's are returned by that name.

    Of several that would be called the same each gets its account ID; one that is there already keeps its name.
    """
    bases = [each.base for each in new]
    added: dict[str, dict[str, str]] = {}
    in_the_way = []
    for each in new:
        short, longer, longest = each.names
        is_ambiguous = bases.count(short) > 1 or short in generated
        name = longer if is_ambiguous else short
        if name in added or name in generated:
            name = longest
        if name in foreign:
            in_the_way.append(name)
        else:
            added[name] = each.keys
    return added, tuple(in_the_way)
