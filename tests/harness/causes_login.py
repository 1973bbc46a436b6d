"""Causes of failures of those who log in elsewhere: tokens, assertions, SSO; each as the world it comes from."""

from __future__ import annotations

from tests.harness.causes import Cause, run
from tests.harness.fake.oidc import SsoToken
from tests.harness.fake.saml import PRINCIPAL
from tests.harness.lease_files import BASE
from tests.harness.sso_profiles import ACCOUNT, token_file, with_sso
from tests.harness.world import World


def web_identity(world: World, token: str) -> list[str]:
    (world.cwd / "token").write_text(token)
    world.aws.role(BASE)
    world.aws_config(f"[profile web]\nrole_arn = {BASE}\nweb_identity_token_file = {world.cwd}/token\n")
    return run("-i", "web")


def ended_web_identity(world: World) -> list[str]:
    return web_identity(world, world.aws.web_identity_token(lifetime_s=-60))


def foreign_web_identity(world: World) -> list[str]:
    return web_identity(world, world.aws.web_identity_token(audience="somebody-else"))


def untrusted_web_identity(world: World) -> list[str]:
    words = web_identity(world, world.aws.web_identity_token())
    world.aws.role(BASE).subjects = ("repo:other",)
    return words


def saml(world: World, assertion: str) -> list[str]:
    world.program("helper", f"echo {assertion}")
    world.aws.role(BASE)
    entry = f'kind = "aws/saml"\nrole_arn = "{BASE}"\nprincipal_arn = "{PRINCIPAL}"\nsaml_process = "helper --prod"\n'
    world.runner_toml(f"[identities.x]\n{entry}")
    return run("-i", "x")


def ended_assertion(world: World) -> list[str]:
    return saml(world, world.aws.saml_assertion(lifetime_s=-60))


def nobody_logged_in(world: World) -> list[str]:
    with_sso(world)
    token_file(world).unlink()
    return run("-i", "role")


def ended_login(world: World) -> list[str]:
    with_sso(world)
    world.sso_login(world.aws.sso_token(-3600, refreshable=False))
    return run("-i", "sso")


def refused_login(world: World) -> list[str]:
    token: SsoToken = with_sso(world)
    world.aws.oidc.end(token.access_token)
    return run("-i", "role")


def nothing_assigned(world: World) -> list[str]:
    with_sso(world)
    world.aws.portal.withdraw(ACCOUNT, "ReadOnly")
    return run("-i", "role")


def no_aws_login(world: World) -> list[str]:
    world.aws_config("[profile login]\nlogin_session = arn:aws:sts::111111111111:assumed-role/Admin/me\n")
    return run("-i", "login")


CAUSES: dict[str, Cause] = {
    cause.__name__.replace("_", " "): cause
    for cause in (
        ended_web_identity,
        foreign_web_identity,
        untrusted_web_identity,
        ended_assertion,
        nobody_logged_in,
        ended_login,
        refused_login,
        nothing_assigned,
        no_aws_login,
    )
}
