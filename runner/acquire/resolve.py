"""A name -> the identities to acquire one after the other; no network, nothing started."""

from __future__ import annotations

import shlex
from dataclasses import replace

from runner.acquire import awsfiles, profiles, roles, sso, users, via
from runner.acquire import book as books
from runner.acquire.plan import Plan
from runner.model.identity import Ambient, Environment, Identity, PermissionSet, Profile, User
from runner.model.request import ROLE_OPTIONS
from runner.settings.environ import is_region
from runner.settings.files import inherited, outer_identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runner.acquire.book import Book
    from runner.model.request import RunRequest
    from runner.settings.files import Files


def resolve(request: RunRequest, files: Files, environ: Mapping[str, str]) -> Plan:
    """Return the plan for the identity asked for; raises the failures of configuration."""
    return resolve_in(books.read(files, environ), request, files, environ)


def resolve_in(book: Book, request: RunRequest, files: Files, environ: Mapping[str, str]) -> Plan:
    """Do the same with files that have been read."""
    options = roles.read(request)  # before anything is called
    links = via.links(request, book, environ)
    profile = next((link.profile for link in reversed(links) if isinstance(link, Profile | User)), "")
    chain = [each for link in links for each in _of_profile(link, book)]
    chain = _again(chain, request, environ) or roles.apply(roles.with_hop(chain, request), options)
    roles.check_arns(chain)
    settings, sections = awsfiles.settings(profile, book.aws_files) if profile else ((), ())
    return Plan(
        identity=request.identity,
        links=tuple(chain),
        region=region_of(chain, request, book, environ)[0],
        profile=profile,
        settings=settings,
        sections=sections,
        aws_paths=(files.aws_config, files.aws_credentials),
        is_cached=_is_cached(chain, request, book),
        login=login_command(request.via or request.identity, files.named),
    )


def login_command(name: str, config: str) -> str:
    """Return the command that logs in for an identity; `config` is the file that was named, "" for none."""
    options = ["--config", config] if config else []
    return shlex.join(["runner", "login", *options, name])


def _of_profile(link: Identity, book: Book) -> Iterator[Identity]:
    """Put in the place of a profile what the SDKs make of it; its own region and guard, if any, on the last link."""
    if isinstance(link, PermissionSet):
        link = sso.with_session(link, book.sso_sessions, book.aws_files)
    if isinstance(link, User):
        yield users.keys(link, book.aws_files)
    if not isinstance(link, Profile):
        yield link
        return
    aws_files = book.aws_files
    if aws_files.profile(link.profile) is None:
        problem, allowed = (
            f'profile "{link.profile}" does not exist',
            ", ".join(aws_files.names()) or "no profile at all",
        )
        raise awsfiles.wrong(link.where, problem, allowed)
    *sources, last = profiles.links(link.profile, aws_files)
    yield from sources
    yield replace(last, name=link.name, region=link.region or last.region, account=link.account, cache=link.cache)


def _again(chain: list[Identity], request: RunRequest, environ: Mapping[str, str]) -> list[Identity]:
    """Return what an identity is inside its own run, when it began in an environment that is not to be seen there.

    Its role has been assumed already: it is the outer run's credentials. Empty when something else is meant.
    """
    outer, last = outer_identity(environ), chain[-1]
    if not outer or outer != request.identity or not isinstance(chain[0], Ambient | Environment):
        return []
    given = inherited(environ)
    asked = {f"--{key.replace('_', '-')}": getattr(request, key) for key in ROLE_OPTIONS if getattr(request, key)}
    if asked != given or request.origins.get("duration") == "--duration":
        return []
    return [Environment(name=last.name, where=last.where, region=last.region, account=last.account, outer=outer)]


def region_of(
    chain: Sequence[Identity], request: RunRequest, book: Book, environ: Mapping[str, str]
) -> tuple[str, str]:
    """Return the region, "" for none, and who says so; raises invalid-config."""
    said = [(request.region, request.origins.get("region", ""))]
    said += [(link.region, link.where) for link in reversed(chain)]
    said += [(environ.get(name, ""), name) for name in ("AWS_REGION", "AWS_DEFAULT_REGION")]
    said += [(each.region, f"[settings] in {each.path}") for each in book.configs]
    region, origin = next(((region, origin) for region, origin in said if region), ("", "nobody"))
    if region and not is_region(region):
        raise awsfiles.wrong(origin, "is not a region", "such as eu-west-1")
    return region, origin


def _is_cached(chain: list[Identity], request: RunRequest, book: Book) -> bool:
    if any(link.cache == "none" for link in chain):
        return False
    return "runtime" in (chain[-1].cache, request.cache) or book.is_cached
