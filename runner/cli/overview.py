"""All identities with what is known of each without asking anybody: from the index, the leases and the SSO tokens."""

from __future__ import annotations

import json
import os
from time import gmtime, strftime, time

from runner import report
from runner.cli import plain
from runner.leases import store, wanted
from runner.model.failure import Failure
from runner.model.outcome import worst
from runner.places import roots
from runner.settings import environ, files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runner.index.form import Entry, Index
    from runner.model.lease import Lease
    from runner.settings.files import Files

COLUMNS = ("NAME", "KIND", "ACCOUNT", "ROLE", "STATE", "EXPIRES", "SOURCE")
BESIDE = ("config-not-trusted",)  # what else there is can be used without it


class Known:
    """What the files of one caller tell of identities: their leases, and by token file which login is missing."""

    __slots__ = ("_leases", "_logins")

    def __init__(self, looked_at: Files, config: str, caller: Mapping[str, str]) -> None:
        self._leases = _leases(looked_at, config, caller)
        self._logins: dict[str, str] = {}

    def state(self, entry: Entry) -> str:
        """Return fresh, due or none, of a lease; else the slug of what stands in the way."""
        lease = self._leases.get(entry.name)
        if entry.problem or (lease is not None and time() < lease.renew_at):
            return entry.problem or "fresh"
        if entry.token not in self._logins:
            self._logins[entry.token] = _missing_login(entry.token)
        return self._logins[entry.token] or ("none" if lease is None else "due")

    def expires(self, entry: Entry) -> str:
        """Return when its lease ends, "" when there is none."""
        lease = self._leases.get(entry.name)
        return "" if lease is None or entry.problem else strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(lease.expires_at))


def rows(entries: Sequence[Entry], known: Known) -> list[dict[str, str]]:
    """Return what a listing says of each identity; "" for what is not known."""
    return [
        {
            "name": entry.name,
            "kind": entry.kind,
            "account": entry.account,
            "role": entry.role,
            "state": known.state(entry),
            "expires": known.expires(entry),
            "source": entry.source,
        }
        for entry in entries
    ]


def as_plain(found: Sequence[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """Return rows as JSON has them."""
    return [{key: value or None for key, value in row.items()} for row in found]


def write(index: Index, looked_at: Files, form: str, caller: Mapping[str, str]) -> int:
    """Write all identities in plain columns or as JSON; return the exit status."""
    found = rows(index.entries, Known(looked_at, "", caller))
    if form == "json":
        plain.as_json(as_plain(found))
    else:
        plain.columns(COLUMNS, [plain.cells(list(row.values())) for row in found])
    return tell(index)


def tell(index: Index) -> int:
    """Say which files could not be read, and return the exit status that this makes."""
    for slug, sentence, remedy in index.problems:
        report.notice(f"not listed: {sentence} [{slug}]; {remedy}")
    return worst([Failure(slug) for slug, *_ in index.problems if slug not in BESIDE])


def _leases(looked_at: Files, config: str, caller: Mapping[str, str]) -> dict[str, Lease]:
    """Return the leases that runs without further options would find, by the name of the identity."""
    root = roots.lease_root(caller, roots.private_root(caller))
    try:
        names = os.listdir(f"{root}/leases")
    except OSError:
        return {}
    found = {}
    for name in names:
        path = store.path_of(root, name)
        lease = store.current(path, caller)
        if lease is None or time() >= lease.expires_at:
            continue
        given = {"identity": lease.identity, **({"config": config} if config else {})}
        if wanted.ordered(environ.request((given, []), caller), looked_at.all(), caller).lease_path == path:
            found[lease.identity] = lease
    return found


def _missing_login(path: str) -> str:
    """Return the slug of what a run would say of an SSO token, "" when it is there or can be refreshed."""
    if not path:
        return ""
    from datetime import datetime  # noqa: PLC0415 - 0.1 of a start, and many have no SSO

    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib would cost 1.2 starts
            token = json.loads(file.read())
        ends_at = datetime.fromisoformat(str(token["expiresAt"]).replace("UTC", "Z")).timestamp()
        return "sso-session-expired" if ends_at <= time() and not token.get("refreshToken") else ""
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return "login-required"


def asked_form(words: Sequence[str]) -> str:
    """Return table or json when the words after `runner` are the plainest form of `runner list`, else ""."""
    rest = list(words[1:]) if words[:1] == ["list"] else ["?"]
    if rest[:1] == ["--format"]:
        return rest[1] if rest[1:] in (["json"], ["table"]) else ""
    return {(): "table", ("--format=json",): "json", ("--format=table",): "table"}.get(tuple(rest), "")


def looked_at_by(caller: Mapping[str, str]) -> Files:
    """Return the files that a run without options looks at."""
    return files.find(caller.get("RUN_CONFIG", ""), caller)
