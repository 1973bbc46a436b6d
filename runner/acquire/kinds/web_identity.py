"""A role, assumed with a web identity token: of a file, a program, a variable or GitHub Actions; got anew each time."""

from __future__ import annotations

import os
from pathlib import Path

from runner.acquire import github, program
from runner.acquire.kinds import assume_role
from runner.acquire.kinds.contract import Grant
from runner.acquire.program import Asked
from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import WebIdentityRole

SHORTEST, LONGEST = 4, 20000  # characters; the limits of STS


def hops(identity: WebIdentityRole) -> tuple[str, ...]:
    """Return the text of this link: the role, and that it takes a token."""
    return (f"{assume_role.hops(identity)[0]} by web identity token",)


def sources(identity: WebIdentityRole, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp where the token is from: a new one may be another caller's. A relative path is one of each directory."""
    if identity.token_file:
        return (stamps.file(_path(identity)),)
    if identity.token_process:
        return program.source(_asked(identity), environ)
    if identity.token_env:
        return (stamps.secret(identity.token_env, environ),)
    return github.sources(environ)


def fetch(identity: WebIdentityRole, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Call AssumeRoleWithWebIdentity; raises web-identity-invalid for a file without a token, AwsError.

    Also what its program raises, and no-credentials where there is no token at all.
    """
    parameters = {**assume_role.role_parameters(identity), "WebIdentityToken": _token(identity, reach)}
    credentials, principal = reach.sts.assume_role_with_web_identity(parameters)
    return Grant(credentials, principal)


def _token(identity: WebIdentityRole, reach: Reach) -> str:
    if identity.token_file:
        return _of_file(identity)
    if identity.token_process:
        asked = _asked(identity)
        token = program.answer(asked, reach).decode("ascii", "replace").strip()
        if not _is_token(token):
            raise asked.invalid("printed nothing" if not token else "printed something that is not a token")
        return token
    if identity.token_env:
        return _of_variable(identity, reach.environ)
    return github.token(identity, reach.environ)


def _of_file(identity: WebIdentityRole) -> str:
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


def _of_variable(identity: WebIdentityRole, environ: Mapping[str, str]) -> str:
    name = identity.token_env
    token = environ.get(name, "").strip()
    if not token:
        raise Failure(
            "no-credentials",
            source=f"token_env {name}",
            cause=f"the variable is not set; {identity.where}",
            remedy=f"printenv {name}        # a job of GitLab sets it, by id_tokens",
        )
    if not _is_token(token):
        cause = f"what {name} holds is not a token"
        raise Failure("web-identity-invalid", source=identity.name, role=identity.role_arn, cause=cause)
    return token


def _is_token(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and all("!" <= character <= "~" for character in text)


def _asked(identity: WebIdentityRole) -> Asked:
    return Asked("token_process", identity.token_process, identity.where, identity.timeout_s)


def _path(identity: WebIdentityRole) -> str:
    return os.path.expanduser(os.path.expandvars(identity.token_file))
