"""One identity, resolved and pinned: all that acquiring it again needs, whatever its files say by then."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from runner import __version__
from runner.acquire import awsfiles, profiles
from runner.model import identity as kinds
from runner.model.failure import Failure
from runner.model.identity import AssumedRole, Identity, StaticKeys


@dataclass(frozen=True, slots=True)
class Plan:
    """`links` lead from the first source of credentials to the identity itself.

    `login` is the command that logs in for it, should there be a login at its head.
    `profile` is the AWS profile whose behaviour settings count, "" for none; `settings` and `sections` are those;
    `aws_paths` are the config and the credentials file. `is_cached` tells whether a lease may be kept on disk.
    """

    identity: str
    links: tuple[Identity, ...]
    region: str
    profile: str
    settings: tuple[str, ...]
    sections: tuple[str, ...]
    aws_paths: tuple[str, str]
    is_cached: bool
    login: str

    @property
    def partition(self) -> str:
        """The AWS partition of the last role; "aws" when no link says another."""
        for link in reversed(self.links):
            if isinstance(link, AssumedRole):
                return link.role_arn.split(":")[1]
        return "aws"


def dump(plan: Plan) -> str:
    """Return the plan as JSON, without a secret: keys that stand in a profile are named, not quoted."""
    links = [{"kind": type(link).__name__, **_without_keys(link)} for link in plan.links]
    rest = {field.name: getattr(plan, field.name) for field in fields(plan) if field.name != "links"}
    return json.dumps({"version": __version__, "links": links, **rest})


def _without_keys(link: Identity) -> dict[str, object]:
    return {name: value for name, value in asdict(link).items() if name != "credentials"}


def load(text: str) -> Plan:
    """Read what `dump` wrote; keys that stand in a profile are read again. Raises renewal-failed, invalid-config."""
    said = json.loads(text)
    if said.pop("version") != __version__:
        raise Failure("renewal-failed", problem="run has been upgraded since the command was started")
    links = tuple(_link(link, said["aws_paths"]) for link in said.pop("links"))
    for name in ("settings", "sections", "aws_paths"):
        said[name] = tuple(said[name])
    return Plan(links=links, **said)


def _link(said: dict[str, object], aws_paths: tuple[str, str]) -> Identity:
    kind: type[Identity] = getattr(kinds, str(said.pop("kind")))
    if kind is StaticKeys:
        keys = profiles.keys(str(said["profile"]), awsfiles.read(*aws_paths))
        if keys is None:
            raise Failure("renewal-failed", problem=f"the keys of profile {said['profile']} are gone")
        said["credentials"] = keys
    return kind(**{name: _frozen(value) for name, value in said.items()})  # type: ignore[arg-type]  # what dump wrote


def _frozen(value: object) -> object:
    """Return a value with tuples for the lists of JSON, at any depth."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
