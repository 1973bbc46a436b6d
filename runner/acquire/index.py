"""Making the index of identities: every file read, every identity resolved; what is broken is said in it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from runner.acquire.login import tokens
from runner.acquire.sso import session_of
from runner.acquire.survey import survey
from runner.index import form, store
from runner.index.form import Entry, Index
from runner.leases import stamps
from runner.model.failure import Failure
from runner.model.identity import PermissionSet
from runner.settings import environ as settings
from runner.settings import trust

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.plan import Plan
    from runner.acquire.survey import Survey
    from runner.model.request import RunRequest
    from runner.settings.files import Files

PROFILE = "aws/profile"


def make(looked_at: Files, path: str, environ: Mapping[str, str]) -> bytes:
    """Return the bytes of an index, and keep them at `path` if it has a folder.

    The region and the like of the caller's environment do not count: what is wrong with them is wrong with no identity.
    """
    made_from = [stamps.file(each) for each in looked_at.all()]  # before they are read
    if looked_at.project:
        made_from.append(stamps.presence(trust.record(looked_at.project, environ)))
    found = survey(looked_at, _request, store.shaping(environ))
    index = _index(found, Index(path.rpartition("/")[2], tuple(made_from)))
    if "/" in path and stamps.hold(index.stamps, environ):  # else it would stand for files that are gone
        with contextlib.suppress(Failure, OSError):  # then the next who asks makes it again
            store.write(path, index)
    return form.dump(index)


def _request(name: str) -> RunRequest:
    return settings.request(({"identity": name}, []), {})


def _index(found: Survey, index: Index) -> Index:
    book = found.book
    index.groups = [(name, *members) for name, members in book.catalogue.groups.items()]
    index.sso_sessions = list(dict.fromkeys([*book.sso_sessions, *book.aws_files.sso_sessions]))
    general = [failure for failure in found.problems if not failure.identity]
    index.problems = [(failure.slug, failure.sentence, failure.remedy) for failure in general]
    slugs = {failure.identity: failure.slug for failure in reversed(found.problems)}
    for name in found.names:
        entry = _entry(name, found)
        if name in found.plans:
            _describe(entry, found.plans[name])
        entry.problem = slugs.get(name, "")
        index.add(entry)
    return index


def _entry(name: str, found: Survey) -> Entry:
    """Return an identity as far as its own file tells."""
    for each in found.book.configs:
        if name in each.kinds:
            entry = Entry(name, each.kinds[name], str(each.path))
            entry.tags = tuple(text for pair in each.tags.get(name, {}).items() for text in pair)
            return entry
    aws_files = found.book.aws_files
    return Entry(name, PROFILE, aws_files.config_path if name in aws_files.config else aws_files.credentials_path)


def _describe(entry: Entry, plan: Plan) -> None:
    """Add what the chain tells: whose account, as what, and by which login."""
    last = plan.links[-1]
    role_arn = str(getattr(last, "role_arn", ""))  # each kind of role has one
    entry.account = last.account or (role_arn.split(":")[4] if role_arn else "")
    entry.role = role_arn.partition(":role/")[2]
    if isinstance(last, PermissionSet):
        entry.account, entry.role = last.sso_account, last.permission_set
    for link in plan.links:
        if isinstance(link, PermissionSet):
            entry.token = tokens.token_path(session_of(link))
