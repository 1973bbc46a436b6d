"""A name -> the identities to acquire one after the other; no network, nothing started."""

from __future__ import annotations

from dataclasses import replace

from runner.acquire import awsfiles, profiles, roles, sso, via
from runner.acquire import book as books
from runner.acquire.plan import Plan
from runner.model.identity import Ambient, Environment, Identity, PermissionSet, Profile
from runner.settings.environ import is_region
from runner.settings.files import inherited, outer_identity
from runner.settings.options import ROLE_OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runner.acquire.book import Book
    from runner.model.request import RunRequest
    from runner.settings.files import Files


def resolve(request: RunRequest, files: Files, environ: Mapping[str, str]) -> Plan:
    """Return the plan for the identity asked for; raises the failures of configuration."""
    options = roles.read(request)  # before anything is read or called
    book = books.read(files, environ)
    links = via.links(request, book, environ)
    profile = next((link.profile for link in reversed(links) if isinstance(link, Profile)), "")
    chain = [each for link in links for each in _of_profile(link, book)]
    chain = _again(chain, request, environ) or roles.apply(roles.with_hop(chain, request), options)
    roles.check_arns(chain)
    settings, sections = awsfiles.settings(profile, book.aws_files) if profile else ((), ())
    return Plan(
        identity=request.identity,
        links=tuple(chain),
        region=_region(chain, request, book, environ),
        profile=profile,
        settings=settings,
        sections=sections,
        aws_paths=(files.aws_config, files.aws_credentials),
        is_cached=_is_cached(chain, request, book),
    )


def _of_profile(link: Identity, book: Book) -> Iterator[Identity]:
    """Put in the place of a profile what the SDKs make of it; its own region and guard, if any, on the last link."""
    if isinstance(link, PermissionSet):
        link = sso.with_session(link, book.sso_sessions, book.aws_files)
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


def _region(chain: list[Identity], request: RunRequest, book: Book, environ: Mapping[str, str]) -> str:
    own = next((link.region for link in reversed(chain) if link.region), "")
    settings = next((each.region for each in book.configs if each.region), "")
    ambient = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
    region = request.region or own or ambient or settings
    if region and not is_region(region):
        where = chain[-1].where if own and not request.region else "AWS_REGION or AWS_DEFAULT_REGION"
        raise awsfiles.wrong(where, "is not a region", "such as eu-west-1")
    return region


def _is_cached(chain: list[Identity], request: RunRequest, book: Book) -> bool:
    if any(link.cache == "none" for link in chain):
        return False
    return "runtime" in (chain[-1].cache, request.cache) or book.is_cached
