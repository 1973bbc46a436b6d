"""A session of an IAM user, with its MFA device if it has one."""

from __future__ import annotations

from runner.acquire import program
from runner.acquire.kinds.contract import Grant
from runner.acquire.mfa import Device

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import User

LASTS_S = 12 * 3600  # AWS's own default for a user


def hops(identity: User) -> tuple[str, ...]:
    """Return the text of this link: whose session it is, and with which device."""
    device = f" with MFA device {identity.mfa_serial.rpartition('/')[2]}" if identity.mfa_serial else ""
    return (f"session of {identity.name}{device}",)


def sources(identity: User, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp the program that prints codes."""
    return program.source(_device(identity).program, environ)


def fetch(identity: User, source: Source | None, reach: Reach) -> Grant:
    """Call GetSessionToken; raises what getting a code may raise, AwsError."""
    assert source is not None  # keys come first
    keys = source.credentials
    parameters: dict[str, object] = {"DurationSeconds": identity.duration_s or LASTS_S}
    if not identity.mfa_serial:
        return Grant(reach.sts.get_session_token(keys, parameters))
    return Grant(
        reach.codes.spend(_device(identity), lambda code: reach.sts.get_session_token(keys, {**parameters, **code}))
    )


def _device(identity: User) -> Device:
    return Device(identity.mfa_serial, identity.mfa_process, identity.where)
