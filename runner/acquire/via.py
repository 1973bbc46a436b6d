"""A name -> the identities that it is made of by `via`: the first source of credentials comes first."""

from __future__ import annotations

from dataclasses import replace

from runner.acquire import names
from runner.model.failure import Failure
from runner.model.identity import Environment, Identity, Role
from runner.settings.files import outer_identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.book import Book
    from runner.model.request import RunRequest

# Names that are being acquired above us, when an external program of ours has started us.
ACQUIRING = "_RUN_ACQUIRING"


def links(request: RunRequest, book: Book, environ: Mapping[str, str]) -> list[Identity]:
    """Follow `via` and --via down to an identity without; raises unknown-identity, identity-loop.

    Also conflicting-options, for a --via that leads nowhere.
    """
    found = _from_source(_links(request.identity, book, ()), request, book, outer_identity(environ))
    _check_above(found, environ)
    return found


def _links(name: str, book: Book, visited: tuple[str, ...]) -> list[Identity]:
    """Follow `via` down to an identity without; the first source comes first."""
    identity, source = book.find(name)
    if not source:
        return [identity]
    if source in (*visited, name):
        raise _loop([*visited, name, source][[*visited, name].index(source) :], "via")
    try:
        return [*_links(source, book, (*visited, name)), identity]
    except Failure as failure:
        if failure.slug == "unknown-identity" and not failure.identity:
            failure.at(source)
            raise Failure(
                "invalid-config",
                where=identity.where,
                problem=f'via "{source}" is no identity and no AWS profile',
                cause=failure.cause,
                remedy="$EDITOR " + identity.where.partition(":")[0],
            ) from failure
        raise


def _from_source(found: list[Identity], request: RunRequest, book: Book, outer: str) -> list[Identity]:
    """Put a source before a role that has none: a role ARN's is --via, or the environment."""
    if request.via:
        if not _is_arn(found[0]) or len(found) > 1:
            problem = f'{request.origins["via"]} is for the ARN of a role, and "{request.identity}" is none'
            raise Failure("conflicting-options", problem=problem, remedy="run --help")
        found = [*_via(request, book), *found]
    if _is_arn(found[0]):
        found = [names.environment(), *found]
    return [replace(link, outer=outer) if isinstance(link, Environment) else link for link in found]


def _is_arn(link: Identity) -> bool:
    return isinstance(link, Role) and link.name == link.role_arn


def _via(request: RunRequest, book: Book) -> list[Identity]:
    if request.via == request.identity:
        raise _loop([request.identity, request.via], request.origins["via"])
    try:
        return _links(request.via, book, (request.identity,))
    except Failure as failure:
        if failure.slug != "unknown-identity":
            raise
        facts = {**failure.facts, "remedy": failure.remedy.replace("--identity", "--via")}
        raise Failure("unknown-identity", cause=failure.cause, **facts).at(request.via) from failure


def _check_above(found: list[Identity], environ: Mapping[str, str]) -> None:
    """Raise identity-loop when one of these is being acquired above us, by a program that has started us."""
    above = environ.get(ACQUIRING, "").split("\n")
    for link in found:
        if link.name in above:
            cause = "an external program of an identity that starts run"
            raise _loop([*above[above.index(link.name) :], link.name], cause)


def _loop(names: list[str], cause: str) -> Failure:
    return Failure("identity-loop", loop=" > ".join(names), cause=cause, remedy="take one of them out of the loop")
