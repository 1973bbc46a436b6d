"""A role, assumed with the credentials of the link before."""

from __future__ import annotations

import getpass
import os
import platform

from runner.acquire import program
from runner.acquire.kinds.contract import Grant
from runner.acquire.mfa import Device

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import Role, WebIdentityRole

IN_SESSION_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-")


def hops(identity: Role | WebIdentityRole) -> tuple[str, ...]:
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
    parameters = role_parameters(identity)
    if identity.external_id:
        parameters["ExternalId"] = identity.external_id
    if not identity.mfa_serial:
        return Grant(*reach.sts.assume_role(keys, parameters))
    return Grant(
        *reach.codes.spend(_device(identity), lambda code: reach.sts.assume_role(keys, {**parameters, **code}))
    )


def _device(identity: Role) -> Device:
    return Device(identity.mfa_serial, identity.mfa_process, identity.where)


def role_parameters(identity: Role | WebIdentityRole) -> dict[str, object]:
    """Return what all ways of assuming a role are asked with."""
    parameters: dict[str, object] = {
        "RoleArn": identity.role_arn,
        "RoleSessionName": identity.role_session_name or session_name(),
    }
    if identity.duration_s:
        parameters["DurationSeconds"] = identity.duration_s
    return parameters


def session_name() -> str:
    """Return USER@HOST in the characters of a role session name, 2 to 64 of them: who it was, for CloudTrail."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without an entry in passwd
        user = f"uid{os.geteuid()}"
    name = f"{user}@{platform.node().partition('.')[0]}"
    return "".join(character if character in IN_SESSION_NAMES else "-" for character in name)[:64]
