"""A name -> the identities to acquire one after the other; no network, nothing started."""

from __future__ import annotations

import shlex
from dataclasses import replace

from runner.acquire import awsfiles, profiles, sso, users
from runner.acquire import book as books
from runner.acquire.plan import Plan
from runner.model.failure import Failure
from runner.model.identity import Identity, PermissionSet, Profile, Role, User, WebIdentityRole
from runner.settings.environ import is_region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runner.acquire.book import Book
    from runner.model.request import RunRequest
    from runner.settings.files import Files

# Names that are being acquired above us, when a credential_process of ours has started us.
ACQUIRING = "_RUN_ACQUIRING"


def resolve(request: RunRequest, files: Files, environ: Mapping[str, str]) -> Plan:
    """Return the plan for the identity asked for; raises the failures of configuration."""
    return resolve_in(books.read(files, environ), request, files, environ)


def resolve_in(book: Book, request: RunRequest, files: Files, environ: Mapping[str, str]) -> Plan:
    """Do the same with files that have been read."""
    above = environ.get(ACQUIRING, "").split("\n")
    if request.identity in above:
        raise _loop([*above[above.index(request.identity) :], request.identity], "a credential_process that starts run")
    links = _links(request.identity, book, ())
    profile = next((link.profile for link in reversed(links) if isinstance(link, Profile | User)), "")
    chain = [each for link in links for each in _of_profile(link, book)]
    _check_arns(chain)
    settings, sections = awsfiles.settings(profile, book.aws_files) if profile else ((), ())
    return Plan(
        identity=request.identity,
        links=tuple(_with_duration(chain, request)),
        region=region_of(chain, request, book, environ)[0],
        profile=profile,
        settings=settings,
        sections=sections,
        aws_paths=(files.aws_config, files.aws_credentials),
        is_cached=_is_cached(chain, request, book),
        login=login_command(request.identity, files.named),
    )


def login_command(name: str, config: str) -> str:
    """Return the command that logs in for an identity; `config` is the file that was named, "" for none."""
    options = ["--config", config] if config else []
    return shlex.join(["runner", "login", *options, name])


def _links(name: str, book: Book, visited: tuple[str, ...]) -> list[Identity]:
    """Follow `via` down to an identity without; the first source comes first."""
    identity, via = book.find(name)
    if not via:
        return [identity]
    if via in (*visited, name):
        raise _loop([*visited, name, via][[*visited, name].index(via) :], "via")
    try:
        return [*_links(via, book, (*visited, name)), identity]
    except Failure as failure:
        if failure.slug == "unknown-identity" and not failure.identity:
            failure.at(via)
            raise Failure(
                "invalid-config",
                where=identity.where,
                problem=f'via "{via}" is no identity and no AWS profile',
                cause=failure.cause,
                remedy="$EDITOR " + identity.where.partition(":")[0],
            ) from failure
        raise


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


def _with_duration(chain: list[Identity], request: RunRequest) -> Iterator[Identity]:
    if not request.duration_s:
        yield from chain
        return
    roles = [number for number, link in enumerate(chain) if isinstance(link, Role | WebIdentityRole)]
    if isinstance(chain[-1], User):  # whose sessions have a duration too
        roles = [len(chain) - 1]
    if not roles:
        origin = request.origins["duration"]
        raise Failure(
            "conflicting-options", problem=f"{origin} is for a role, and none is in the chain", remedy="run --help"
        )
    for number, link in enumerate(chain):
        if number == roles[-1] and isinstance(link, Role | WebIdentityRole | User):
            yield replace(link, duration_s=request.duration_s)
        else:
            yield link


def _check_arns(chain: list[Identity]) -> None:
    for link in chain:
        if isinstance(link, Role | WebIdentityRole):
            parts = link.role_arn.split(":")
            if len(parts) < 6 or parts[0] != "arn" or parts[2] != "iam" or not parts[5].startswith("role/"):
                example = "arn:aws:iam::111111111111:role/NAME"
                raise awsfiles.wrong(link.where, f'role_arn "{link.role_arn}" is not the ARN of a role', example)


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


def _loop(names: list[str], cause: str) -> Failure:
    return Failure("identity-loop", loop=" > ".join(names), cause=cause, remedy="take one of them out of the loop")
