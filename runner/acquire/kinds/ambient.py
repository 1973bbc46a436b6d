"""Credentials of the place we run in: environment, container, instance."""

from __future__ import annotations

from runner.acquire.aws import AwsError
from runner.acquire.aws import ambient as providers
from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import Ambient

TEXTS = {
    "Environment": "credentials in the environment",
    "EcsContainer": "credentials of the container",
    "Ec2InstanceMetadata": "credentials of the instance",
    "Anything": "the environment",
    "Outer": "the run we are inside of",
}

REMEDIES = {
    "Anything": "env | cut -d= -f1 | grep ^AWS_        # does one lead to credentials? to a role ARN, --via NAME does",
    "Outer": "run --via NAME        # a source of its own",
}

VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
)


def hops(identity: Ambient) -> tuple[str, ...]:
    """Return the text of this link."""
    return (TEXTS.get(identity.source, f"profile {identity.name} without credentials, so the container or instance"),)


def sources(identity: Ambient, environ: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG001 - the contract of a kind
    """Stamp the variables that lead to the credentials; of keys only the id."""
    return tuple(stamps.variable(name, environ) for name in VARIABLES)


def fetch(identity: Ambient, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Ask botocore's provider; raises no-credentials."""
    try:
        found = providers.credentials(identity.source, reach.environ)
        said = ""
    except AwsError as error:
        found, said = None, f"{error.code} {error.message}"
    if found is None:
        raise Failure(
            "no-credentials",
            source=TEXTS.get(identity.source, f'profile "{identity.name}"'),
            cause=said or f"{identity.where}; nothing was found there, in a container or on an instance",
            remedy=REMEDIES.get(identity.source)
            or f"aws configure --profile {identity.name}        # or give it a source of credentials",
        )
    return Grant(found)
