"""A role, assumed with the credentials of the link before."""

from __future__ import annotations

import getpass
import os
import platform

from runner.acquire import program
from runner.acquire.kinds.contract import Grant
from runner.acquire.mfa import Device
from runner.model.identity import AssumedRole, Role, WebIdentityRole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source

IN_SESSION_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-")


def hops(identity: AssumedRole) -> tuple[str, ...]:
    """Return the text of this link: the role's name and account."""
    _, _, _, _, account, role = identity.role_arn.split(":", 5)
    return (f"role {role.removeprefix('role/')} in {account}",)


def sources(identity: Role, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp the program that prints MFA codes; the role itself is configuration."""
    return program.source(_device(identity).program, environ)


def fetch(identity: Role, source: Source | None, reach: Reach) -> Grant:
    """Call AssumeRole; its answer says who we are. Raises what getting an MFA code may raise, AwsError."""
    assert source is not None  # a role is never the first link
    keys = source.credentials
    parameters = {**role_parameters(identity), **_own(identity)}
    if not identity.mfa_serial:
        return Grant(*reach.sts.assume_role(keys, parameters))
    return Grant(
        *reach.codes.spend(_device(identity), lambda code: reach.sts.assume_role(keys, {**parameters, **code}))
    )


def _device(identity: Role) -> Device:
    return Device(identity.mfa_serial, identity.mfa_process, identity.where)


def _own(identity: Role) -> dict[str, object]:
    """Return what AssumeRole alone takes."""
    parameters: dict[str, object] = {}
    if identity.external_id:
        parameters["ExternalId"] = identity.external_id
    if identity.source_identity:
        parameters["SourceIdentity"] = identity.source_identity
    if identity.session_tags:
        parameters["Tags"] = [{"Key": key, "Value": value} for key, value in identity.session_tags]
    if identity.transitive_tag_keys:
        parameters["TransitiveTagKeys"] = list(identity.transitive_tag_keys)
    return parameters


def role_parameters(identity: AssumedRole) -> dict[str, object]:
    """Return what all ways of assuming a role are asked with; a SAML assertion brings the session's name itself."""
    parameters: dict[str, object] = {"RoleArn": identity.role_arn}
    if isinstance(identity, Role | WebIdentityRole):
        parameters["RoleSessionName"] = identity.role_session_name or session_name()
    if identity.duration_s:
        parameters["DurationSeconds"] = identity.duration_s
    if identity.session_policy:
        parameters["Policy"] = identity.session_policy
    if identity.session_policy_arns:
        parameters["PolicyArns"] = [{"arn": arn} for arn in identity.session_policy_arns]
    return parameters


def session_name() -> str:
    """Return USER@HOST in the characters of a role session name, 2 to 64 of them: who it was, for CloudTrail."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without an entry in passwd
        user = f"uid{os.geteuid()}"
    name = f"{user}@{platform.node().partition('.')[0]}"
    return "".join(character if character in IN_SESSION_NAMES else "-" for character in name)[:64]
