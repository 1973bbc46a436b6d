"""A name -> the identities to acquire one after the other; no network, nothing started."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from runner.acquire import profiles
from runner.model.failure import Failure
from runner.model.identity import Identity, Profile, Role, WebIdentityRole
from runner.settings import config, trust

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runner.acquire.profiles import AwsFiles
    from runner.model.request import RunRequest
    from runner.settings.config import Config

# Names that are being acquired above us, when a credential_process of ours has started us.
ACQUIRING = "_RUN_ACQUIRING"


@dataclass(frozen=True, slots=True)
class Plan:
    """One identity, resolved: `links` from the first source of credentials to the identity itself."""

    links: tuple[Identity, ...]
    region: str
    profile: str
    aws_files: AwsFiles

    @property
    def partition(self) -> str:
        """The AWS partition of the last role; "aws" when no link says another."""
        for link in reversed(self.links):
            if isinstance(link, Role | WebIdentityRole):
                return link.role_arn.split(":")[1]
        return "aws"


@dataclass(frozen=True, slots=True)
class Book:
    """Where identities are looked up: runner.toml files in order, then AWS profiles."""

    configs: tuple[Config, ...]
    project: Path | None
    refused: Failure | None
    aws_files: AwsFiles

    def find(self, name: str) -> tuple[Identity, str]:
        """Return an identity and the name of its source, "" when it has none; raises unknown-identity."""
        having = [each for each in self.configs if name in each.identities]
        is_profile = self.aws_files.profile(name) is not None
        if having and having[0].path == self.project and (len(having) > 1 or is_profile):
            other = f"{having[1].path}" if len(having) > 1 else f"an AWS profile in {self.aws_files.config_path}"
            raise Failure(
                "invalid-config",
                where=having[0].identities[name].where,
                problem="has the name of another identity",
                cause=f"also: {other}",
                remedy=f"give it another name in {self.project}",
            )
        if having:
            return having[0].identities[name], having[0].via.get(name, "")
        if is_profile:
            return Profile(name=name, where=f"profile {name}", profile=name), ""
        if self.refused is not None:
            raise self.refused
        raise self._unknown(name)

    def _unknown(self, name: str) -> Failure:
        known = [*(each for config in self.configs for each in config.identities), *self.aws_files.names()]
        near = difflib.get_close_matches(name, known, 3)
        looked = [str(each.path) for each in self.configs] + [
            self.aws_files.config_path,
            self.aws_files.credentials_path,
        ]
        return Failure(
            "unknown-identity",
            near=f"; near: {', '.join(near)}" if near else "",
            cause=f"looked in {', '.join(looked)}",
            remedy=f"run --identity {near[0]} -- ..." if near else f"$EDITOR {self.aws_files.config_path}",
        )


def resolve(request: RunRequest, environ: Mapping[str, str]) -> Plan:
    """Return the plan for the identity asked for; raises the failures of configuration."""
    book = open_book(request.config, environ)
    above = environ.get(ACQUIRING, "").split("\n")
    if request.identity in above:
        raise _loop([*above[above.index(request.identity) :], request.identity], "a credential_process that starts run")
    links = _links(request.identity, book, ())
    profile = next((link.profile for link in reversed(links) if isinstance(link, Profile)), "")
    chain = [each for link in links for each in _of_profile(link, book.aws_files)]
    _check_arns(chain)
    return Plan(tuple(_with_duration(chain, request)), _region(chain, request, book, environ), profile, book.aws_files)


def open_book(named: str, environ: Mapping[str, str]) -> Book:
    """Read every file that may define identities; a project's only when it is trusted."""
    origin = origin_of(environ)
    named = named or origin.get("RUN_CONFIG", "")
    aws_files = profiles.read(
        os.path.expanduser(os.path.expandvars(origin.get("AWS_CONFIG_FILE") or "~/.aws/config")),
        os.path.expanduser(os.path.expandvars(origin.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials")),
    )
    if named:
        return Book((_read(Path(named), must_exist=True),), None, None, aws_files)
    user = _read(Path(environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "runner" / "runner.toml")
    project = find_project(Path.cwd(), environ)
    if project is None:
        return Book((user,), None, None, aws_files)
    try:
        content = trust.read_private(project)
        trust.check(project, content, environ)
    except Failure as refused:
        if refused.slug != "config-not-trusted":
            raise
        return Book((user,), project, refused, aws_files)
    return Book((config.parse(project, content), user), project, None, aws_files)


def origin_of(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that lead to the user's own files: of a run around this one, those that it was given."""
    directory = environ.get("RUN_DIR", "")
    if not directory or environ.get("AWS_CONFIG_FILE") != f"{directory}/config":
        return environ
    try:
        lines = Path(directory, "origin").read_bytes().split(b"\0")
    except OSError:
        return environ
    return {name: value for name, _, value in (os.fsdecode(line).partition("=") for line in lines if line)}


def find_project(start: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the nearest runner.toml from a directory upward, not beyond a git root, HOME or the file system."""
    home, device = environ.get("HOME", ""), start.stat().st_dev
    for folder in (start, *start.parents):
        if folder.stat().st_dev != device:
            return None
        if (folder / "runner.toml").is_file():
            return (folder / "runner.toml").resolve()
        if (folder / ".git").exists() or str(folder) == home:
            return None
    return None


def _read(path: Path, *, must_exist: bool = False) -> Config:
    try:
        return config.parse(path, trust.read_private(path))
    except FileNotFoundError:
        if not must_exist:
            return config.Config(path)
        problem, said = "does not exist", ""
    except OSError as error:
        problem, said = "cannot be read", str(error.strerror)
    raise Failure("invalid-config", where=str(path), problem=problem, cause=said, remedy=f"ls -l {path}")


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


def _of_profile(link: Identity, aws_files: AwsFiles) -> Iterator[Identity]:
    """Put in the place of a profile what the SDKs make of it; its own region and guard, if any, on the last link."""
    if not isinstance(link, Profile):
        yield link
        return
    if aws_files.profile(link.profile) is None:
        problem, allowed = (
            f'profile "{link.profile}" does not exist',
            ", ".join(aws_files.names()) or "no profile at all",
        )
        raise profiles.wrong(link.where, problem, allowed)
    *sources, last = profiles.links(link.profile, aws_files)
    yield from sources
    yield replace(last, name=link.name, region=link.region or last.region, account=link.account)


def _with_duration(chain: list[Identity], request: RunRequest) -> Iterator[Identity]:
    if not request.duration_s:
        yield from chain
        return
    roles = [number for number, link in enumerate(chain) if isinstance(link, Role | WebIdentityRole)]
    if not roles:
        origin = request.origins["duration"]
        raise Failure(
            "conflicting-options", problem=f"{origin} is for a role, and none is in the chain", remedy="run --help"
        )
    for number, link in enumerate(chain):
        if number == roles[-1] and isinstance(link, Role | WebIdentityRole):
            yield replace(link, duration_s=request.duration_s)
        else:
            yield link


def _check_arns(chain: list[Identity]) -> None:
    for link in chain:
        if isinstance(link, Role | WebIdentityRole):
            parts = link.role_arn.split(":")
            if len(parts) < 6 or parts[0] != "arn" or parts[2] != "iam" or not parts[5].startswith("role/"):
                example = "arn:aws:iam::111111111111:role/NAME"
                raise profiles.wrong(link.where, f'role_arn "{link.role_arn}" is not the ARN of a role', example)


def _region(chain: list[Identity], request: RunRequest, book: Book, environ: Mapping[str, str]) -> str:
    own = next((link.region for link in reversed(chain) if link.region), "")
    settings = next((each.region for each in book.configs if each.region), "")
    return request.region or own or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or settings


def _loop(names: list[str], cause: str) -> Failure:
    return Failure("identity-loop", loop=" > ".join(names), cause=cause, remedy="take one of them out of the loop")
