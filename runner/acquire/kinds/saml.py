"""A role, assumed with a SAML assertion, which an external program prints each time: base64, as it is posted."""

from __future__ import annotations

import base64
import binascii

from runner.acquire import program
from runner.acquire.aws import AwsError
from runner.acquire.kinds import assume_role
from runner.acquire.kinds.contract import Grant
from runner.acquire.program import Asked
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import SamlRole

LONGEST = 100000  # characters; the limit of STS
PRINTED_CAP = 2 * LONGEST  # bytes; base64 may stand in lines
# What STS says of an assertion; of everything else it says the same as of any call.
PROBLEM_OF = {
    "ExpiredTokenException": "has ended",
    "InvalidIdentityToken": "is not accepted by AWS: its audience, its provider or its form",
    "IDPRejectedClaim": "is refused by its identity provider",
}


def hops(identity: SamlRole) -> tuple[str, ...]:
    """Return the text of this link: the role, and that it takes an assertion."""
    return (f"{assume_role.hops(identity)[0]} by SAML assertion",)


def sources(identity: SamlRole, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp which program it is."""
    return program.source(_asked(identity), environ)


def fetch(identity: SamlRole, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Call AssumeRoleWithSAML; raises saml-invalid, role-not-assumable, what its program raises, AwsError."""
    parameters = {
        **assume_role.role_parameters(identity),
        "PrincipalArn": identity.principal_arn,
        "SAMLAssertion": _assertion(identity, reach),
    }
    try:
        return Grant(*reach.sts.assume_role_with_saml(parameters))
    except AwsError as error:
        cause = f"sts AssumeRoleWithSAML: {error.code}, {error.message} (HTTP {error.status})"
        if error.code in PROBLEM_OF:
            raise _invalid(identity, PROBLEM_OF[error.code], cause) from error
        if error.code == "AccessDenied":
            facts = {"source": identity.principal_arn, "role": identity.role_arn, "hint": ""}
            raise Failure("role-not-assumable", cause=cause, **facts) from error
        raise


def _assertion(identity: SamlRole, reach: Reach) -> str:
    printed = b"".join(program.answer(_asked(identity), reach).split())
    try:
        response = base64.b64decode(printed, validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(identity, "is not base64", identity.where) from None
    if b"<" not in response:
        raise _invalid(identity, "is not base64 of a SAML response" if printed else "was not printed", identity.where)
    if len(printed) > LONGEST:
        raise _invalid(identity, f"has more than {LONGEST} characters", identity.where)
    return printed.decode("ascii")


def _asked(identity: SamlRole) -> Asked:
    return Asked("saml_process", identity.saml_process, identity.where, identity.timeout_s, PRINTED_CAP)


def _invalid(identity: SamlRole, problem: str, cause: str) -> Failure:
    return Failure("saml-invalid", role=identity.role_arn, problem=problem, command=_asked(identity).shown, cause=cause)
