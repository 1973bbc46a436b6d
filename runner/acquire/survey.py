"""Everything that is wrong in the configuration that applies here; no network, nothing started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runner.acquire import awsfiles
from runner.acquire.book import Book
from runner.acquire.resolve import resolve_in
from runner.model.failure import Failure
from runner.settings import config, trust
from runner.settings.config import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runner.acquire.awsfiles import AwsFiles
    from runner.acquire.plan import Plan
    from runner.model.request import RunRequest
    from runner.settings.files import Files


@dataclass(frozen=True, slots=True)
class Survey:
    """What was read, by name in the order of the files, and what is wrong: each failure knows its identity, or "".

    `plans` are those of the identities that can be resolved.
    """

    names: tuple[str, ...]
    problems: tuple[Failure, ...]
    book: Book
    plans: dict[str, Plan]


def survey(files: Files, request_of: Callable[[str], RunRequest], environ: Mapping[str, str]) -> Survey:
    """Read all files and resolve all identities; `request_of` makes the request for a name."""
    aws_files, problems = _aws_files(files)
    configs, broken = [], set()
    for path in (files.named,) if files.named else (files.project, files.user):
        read, found = _runner_toml(path, files, environ)
        configs.append(read)
        broken |= {name for name, _ in found if name}
        problems += [failure.at(name) for name, failure in found]
    project = Path(files.project) if files.project else None
    book = Book(tuple(configs), project, None, aws_files)
    names = tuple(book.catalogue.tags)
    via = {key: value for each in reversed(book.configs) for key, value in each.via.items()}
    plans: dict[str, Plan] = {}
    for name in names:
        if _leads_to(name, broken, via):  # what is wrong there has been said
            continue
        try:
            plans[name] = resolve_in(book, request_of(name), files, environ)
        except Failure as failure:
            problems.append(failure.at(name))
    return Survey(tuple(dict.fromkeys((*names, *sorted(broken)))), tuple(problems), book, plans)


def _aws_files(files: Files) -> tuple[AwsFiles, list[Failure]]:
    try:
        return awsfiles.read(files.aws_config, files.aws_credentials), []
    except Failure as failure:
        nothing = awsfiles.AwsFiles(files.aws_config, files.aws_credentials, {}, {}, {}, {})
        return nothing, [failure]


def _runner_toml(path: str, files: Files, environ: Mapping[str, str]) -> tuple[Config, list[tuple[str, Failure]]]:
    """Read a runner.toml; one that is not there is empty, unless it was named."""
    nothing = Config(Path(path))
    if not path:
        return nothing, []
    try:
        content = trust.read_private(Path(path))
        if path == files.project:
            trust.check(Path(path), content, environ)
    except FileNotFoundError:
        missing = Failure("invalid-config", where=path, problem="does not exist", remedy=f"ls -l {path}")
        return nothing, [("", missing)] if files.named else []
    except OSError as error:
        said = {"where": path, "problem": "cannot be read", "remedy": f"ls -l {path}"}
        return nothing, [("", Failure("invalid-config", cause=str(error.strerror), **said))]
    except Failure as refused:
        return nothing, [("", refused)]
    return config.survey(Path(path), content)


def _leads_to(name: str, broken: set[str], via: Mapping[str, str]) -> bool:
    visited: Sequence[str] = ()
    while name and name not in visited:
        if name in broken:
            return True
        visited, name = (*visited, name), via.get(name, "")
    return False
