"""Where names are looked up: runner.toml files in their order, then AWS profiles."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from runner.acquire import awsfiles, names
from runner.acquire.select import Catalogue
from runner.model.failure import Failure
from runner.model.identity import Identity, Profile
from runner.settings import config, trust

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.awsfiles import AwsFiles
    from runner.settings.config import Config
    from runner.settings.files import Files


@dataclass(frozen=True, slots=True)
class Book:
    """All that was read. `refused` says why the project's file is not among it, when it is not."""

    configs: tuple[Config, ...]
    project: Path | None
    refused: Failure | None
    aws_files: AwsFiles

    @property
    def is_cached(self) -> bool:
        """Whether leases may be kept on disk; the first file that says something about it counts."""
        return next((each.cache for each in self.configs if each.cache), "runtime") != "none"

    @property
    def sso_sessions(self) -> dict[str, dict[str, str]]:
        """The [sso_sessions] of all files; the first that names one counts."""
        return {name: each for config in reversed(self.configs) for name, each in config.sso_sessions.items()}

    @property
    def catalogue(self) -> Catalogue:
        """All identities that have a name, those of runner.toml first; of two files that name one, the first counts."""
        tags: dict[str, dict[str, str]] = {}
        groups: dict[str, list[str]] = {}
        for each in self.configs:
            for name in each.identities:
                tags.setdefault(name, each.tags[name])
            for group, members in each.groups.items():
                groups.setdefault(group, members)
        for name in self.aws_files.names():
            tags.setdefault(name, {})
        return Catalogue(tags, groups)

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
        said = names.role(name) if name.startswith("arn:") else names.permission_set(name, self)
        if said is not None:
            return said, ""
        if self.refused is not None:
            raise self.refused
        raise self._unknown(name)

    def _unknown(self, name: str) -> Failure:
        known = [*(each for config in self.configs for each in config.identities), *self.aws_files.names()]
        by_lower = {each.lower(): each for each in known}
        near = [by_lower[each] for each in difflib.get_close_matches(name.lower(), by_lower, 3)]
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


def read(files: Files, environ: Mapping[str, str]) -> Book:
    """Read every file that may define identities; a project's only when it is trusted."""
    aws_files = awsfiles.read(files.aws_config, files.aws_credentials)
    if files.named:
        return Book((_read(Path(files.named), must_exist=True),), None, None, aws_files)
    user = _read(Path(files.user))
    if not files.project:
        return Book((user,), None, None, aws_files)
    project = Path(files.project)
    try:
        content = trust.read_private(project)
        trust.check(project, content, environ)
    except Failure as refused:
        if refused.slug != "config-not-trusted":
            raise
        return Book((user,), project, refused, aws_files)
    except OSError as error:
        said = {"path": str(project), "problem": "cannot be read", "remedy": f"ls -l {project}"}
        unreadable = Failure("config-not-trusted", cause=str(error.strerror), **said)
        return Book((user,), project, unreadable, aws_files)
    return Book((config.parse(project, content), user), project, None, aws_files)


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
