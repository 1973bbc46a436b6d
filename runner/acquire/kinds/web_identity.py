"""A role, assumed with a web identity token that stands in a file; the file is read each time."""

from __future__ import annotations

import os
from pathlib import Path

from runner.acquire.kinds import assume_role
from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import WebIdentityRole

LONGEST = 20000  # characters; the limit of STS


def hops(identity: WebIdentityRole) -> tuple[str, ...]:
    """Return the text of this link: the role, and that it takes a token."""
    return (f"{assume_role.hops(identity)[0]} by web identity token",)


def sources(identity: WebIdentityRole, environ: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG001 - the contract of a kind
    """Stamp the token's file: a new token may be another caller's. A relative path is one of each working directory."""
    return (stamps.file(_path(identity)),)


def fetch(identity: WebIdentityRole, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Call AssumeRoleWithWebIdentity; raises web-identity-invalid for a file without a token, AwsError."""
    parameters = {**assume_role.role_parameters(identity), "WebIdentityToken": _token(identity)}
    credentials, principal = reach.sts.assume_role_with_web_identity(parameters)
    return Grant(credentials, principal)


def _token(identity: WebIdentityRole) -> str:
    path = Path(_path(identity)).absolute()
    try:
        with path.open(encoding="ascii") as file:
            token = file.read(LONGEST + 1)
    except OSError as error:
        said = f"{path}: {error.strerror}"
    except UnicodeDecodeError:
        said = f"{path} is not a token"
    else:
        if 0 < len(token) <= LONGEST:
            return token
        said = f"{path} is empty" if not token else f"{path} is longer than a token"
    raise Failure("web-identity-invalid", source=identity.name, role=identity.role_arn, cause=said)


def _path(identity: WebIdentityRole) -> str:
    return os.path.expanduser(os.path.expandvars(identity.token_file))
