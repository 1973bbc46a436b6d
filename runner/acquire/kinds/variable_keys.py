"""Keys of an IAM user that stand in variables which the identity names."""

from __future__ import annotations

from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.credentials import Credentials
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import VariableKeys


def hops(identity: VariableKeys) -> tuple[str, ...]:
    """Return the text of this link."""
    return (f"keys in {identity.key_id_variable} and {identity.secret_variable}",)


def sources(identity: VariableKeys, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp the access key ID alone: the other is a secret."""
    return (stamps.variable(identity.key_id_variable, environ),)


def fetch(identity: VariableKeys, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Read the variables; raises no-credentials."""
    variables = (identity.key_id_variable, identity.secret_variable)
    key_id, secret = (reach.environ.get(name, "") for name in variables)
    missing = [name for name in variables if not reach.environ.get(name)]
    if missing:
        raise Failure(
            "no-credentials",
            source=hops(identity)[0],
            cause=f"not set: {', '.join(missing)}; {identity.where}",
            remedy=f"export {' '.join(missing)}        # after setting what is missing",
        )
    return Grant(Credentials(key_id, secret))
