"""Causes of failures in what AWS says of credentials and roles, each as the world it comes from."""

from __future__ import annotations

from tests.harness.aws import FOREVER
from tests.harness.causes import Cause, run, user
from tests.harness.lease_files import BASE, OTHER, age, with_role
from tests.harness.run import Run
from tests.harness.world import World

ELSEWHERE = "999999999999"
DENIED = "User: arn:aws:iam::111111111111:user/dev is not authorized to perform: sts:GetCallerIdentity"


def two_roles(world: World) -> list[str]:
    """Give a world the profile b, a role over a role over keys."""
    with_role(world)
    hops = (
        f"[profile a]\nrole_arn = {BASE}\nsource_profile = keys\n[profile b]\nrole_arn = {OTHER}\nsource_profile = a\n"
    )
    world.aws_config(hops)
    world.aws.role(OTHER)
    return run("-i", "b")


def deactivated_key(world: World) -> list[str]:
    user(world)
    [key] = world.aws.keys.issued()
    world.aws.revoke(key)
    return run("-i", "dev")


def key_under_two_roles(world: World) -> list[str]:
    words = two_roles(world)
    [key] = world.aws.keys.issued()
    world.aws.revoke(key)
    return words


def key_that_was_accepted(world: World) -> list[str]:
    with_role(world)
    Run("-i", "role", "--", "true", world=world).expect_status(0)
    age(world, left_s=60)
    world.aws.revoke(next(key for key in world.aws.keys.issued() if not key.session_token))
    return run("-i", "role")


def wrong_secret(world: World) -> list[str]:
    mine, other = world.aws.user("mine"), world.aws.user("other")
    secret = f"aws_secret_access_key = {other.secret_access_key}\n"
    world.aws_credentials(f"[x]\naws_access_key_id = {mine.access_key_id}\n{secret}")
    return run("-i", "x")


def ended_session(world: World) -> list[str]:
    world.aws_credentials(f"[old]\n{world.aws.role_session(BASE, lifetime_s=-60).ini()}")
    return run("-i", "old")


def revoked_session(world: World) -> list[str]:
    session = world.aws.role_session(BASE)
    world.program("helper", f"cat <<'END'\n{session.process_json()}\nEND")
    role = f"[profile x]\nrole_arn = {OTHER}\nsource_profile = helper\n"
    world.aws_config(f"[profile helper]\ncredential_process = helper --prod\n{role}")
    world.aws.role(OTHER)
    world.aws.revoke_sessions(BASE)
    return run("-i", "x")


def refused_call(world: World) -> list[str]:
    user(world)
    world.aws.fail("GetCallerIdentity", "AccessDenied", 403, times=FOREVER, message=DENIED)
    return run("-i", "dev")


def refused_role(world: World) -> list[str]:
    with_role(world).trusts = ("nobody",)
    return run("-i", "role")


def refused_second_role(world: World) -> list[str]:
    words = two_roles(world)
    world.aws.role(OTHER, "nobody")
    return words


def with_mfa(world: World) -> list[str]:
    with_role(world).mfa = True
    serial = "arn:aws:iam::111111111111:mfa/dev"
    world.aws.mfa(serial, "271828")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nmfa_serial = {serial}\n")
    return run("-i", "role")


def nobody_may_be_asked(world: World) -> list[str]:
    return [*with_mfa(world)[:3], "--no-input", "--", "touch", "started"]


def nobody_can_be_asked(world: World) -> list[str]:
    return with_mfa(world)


def wrong_code(world: World) -> list[str]:
    world.environ["RUN_MFA_CODE"] = "000000"
    return with_mfa(world)


def another_account(world: World) -> list[str]:
    with_role(world)
    return run("-i", "role", "--account", ELSEWHERE)


def another_principal(world: World) -> list[str]:
    user(world)
    return run("-i", "dev", "--expect-arn", "arn:aws:iam::*:user/ada")


def longer_than_the_role(world: World) -> list[str]:
    with_role(world)
    return run("-i", "role", "--duration", "12h")


def longer_than_a_chain(world: World) -> list[str]:
    return [*two_roles(world)[:3], "--duration", "2h", "--", "touch", "started"]


def shorter_than_asked(world: World) -> list[str]:
    with_role(world).lifetime_s = 1800
    return run("-i", "role", "--min-ttl", "45m")


CAUSES: dict[str, Cause] = {
    cause.__name__.replace("_", " "): cause
    for cause in (
        deactivated_key,
        key_under_two_roles,
        key_that_was_accepted,
        wrong_secret,
        ended_session,
        revoked_session,
        refused_call,
        refused_role,
        refused_second_role,
        nobody_may_be_asked,
        nobody_can_be_asked,
        wrong_code,
        another_account,
        another_principal,
        longer_than_the_role,
        longer_than_a_chain,
        shorter_than_asked,
    )
}
