"""What a kind of identity is: a module with `hop` and `fetch`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.aws.session import AwsSession
    from runner.acquire.aws.sts import Sts
    from runner.acquire.lock import Locks
    from runner.acquire.mfa import Codes
    from runner.model.credentials import Credentials
    from runner.model.identity import Identity
    from runner.model.principal import Principal

I_contra = TypeVar("I_contra", bound="Identity", contravariant=True)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a kind may use: AWS, the caller's environment, locks, MFA codes, and whether a program may ask somebody.

    `login` is the command that logs in for the identity asked for.
    """

    aws: AwsSession
    sts: Sts
    locks: Locks
    codes: Codes
    environ: Mapping[str, str]
    attended: bool
    login: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The link before: its credentials, and its text for sentences."""

    credentials: Credentials
    text: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link gave. `principal` is None when AWS has not been asked yet.

    Credentials without an end are given one `lasts_s` ahead. A source is asked again every hour: that is so much later
    than the 20 min ahead of an end at which credentials are renewed.
    """

    credentials: Credentials
    principal: Principal | None = None
    lasts_s: int = 3600 + 20 * 60


class Kind(Protocol[I_contra]):
    """A module of this folder, in KINDS."""

    def hops(self, identity: I_contra) -> tuple[str, ...]:
        """Return the texts of this link in a chain, one a hop; never a secret."""
        ...

    def sources(self, identity: I_contra, environ: Mapping[str, str]) -> tuple[str, ...]:
        """Return stamps of what its credentials come from, beside the configuration files."""
        ...

    def fetch(self, identity: I_contra, source: Source | None, reach: Reach) -> Grant:
        """Get credentials, with those of the link before when there is one; raises Failure or AwsError."""
        ...
