"""Whatever the process finds in its own environment, as the SDKs do: keys, a web identity, a container, an instance.

Inside a run it is what that run gives: the outer identity.
"""

from __future__ import annotations

from runner.acquire.kinds import ambient, web_identity
from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.failure import Failure
from runner.model.identity import Ambient, Environment, WebIdentityRole
from runner.settings import sts_limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source

VARIABLES = (*ambient.VARIABLES, "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "RUN_DIR")


def hops(identity: Environment) -> tuple[str, ...]:
    """Return the text of this link."""
    return (f"outer identity {identity.outer}" if identity.outer else "credentials of the environment",)


def sources(identity: Environment, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp the variables that lead to the credentials, of keys only the id; and the token's file, if there is one."""
    role = _web_identity(identity, environ)
    stamped = tuple(stamps.variable(name, environ) for name in VARIABLES)
    return stamped if role is None else (*stamped, *web_identity.sources(role, environ))


def fetch(identity: Environment, source: Source | None, reach: Reach) -> Grant:
    """Take what comes first in the order of the SDKs; raises no-credentials, what a web identity raises, AwsError."""
    role = _web_identity(identity, reach.environ)
    if role is not None:
        return web_identity.fetch(role, source, reach)
    place = Ambient(name=identity.name, where=identity.where, source="Outer" if identity.outer else "Anything")
    return ambient.fetch(place, source, reach)


def _web_identity(identity: Environment, environ: Mapping[str, str]) -> WebIdentityRole | None:
    """Return the role that the variables of a web identity name; keys come before it."""
    path, arn = environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", ""), environ.get("AWS_ROLE_ARN", "")
    if not path or environ.get("AWS_ACCESS_KEY_ID"):
        return None
    if not sts_limits.is_arn(arn, "iam", "role/"):
        raise Failure(
            "invalid-config",
            where="AWS_ROLE_ARN",
            problem=f'"{arn}" is not the ARN of a role',
            cause=f"AWS_WEB_IDENTITY_TOKEN_FILE is set; allowed: {sts_limits.ROLE_EXAMPLE}",
            remedy="printenv AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE",
        )
    name = environ.get("AWS_ROLE_SESSION_NAME", "")
    return WebIdentityRole(
        name=identity.name, where="the environment", role_arn=arn, token_file=path, role_session_name=name
    )
