"""Causes of failures on the way to AWS, in regions and by the clock, each as the world it comes from."""

from __future__ import annotations

from tests.harness.aws import FOREVER
from tests.harness.causes import Cause, run, user
from tests.harness.causes_login import web_identity
from tests.harness.lease_files import with_role
from tests.harness.world import World


def clock_behind(world: World) -> list[str]:
    user(world)
    world.aws.skew(7380)
    return run("-i", "dev")


def clock_ahead(world: World) -> list[str]:
    user(world)
    world.aws.skew(-1860)
    return run("-i", "dev")


def clock_of_nobody_who_signs(world: World) -> list[str]:
    world.aws.skew(-7200)
    return web_identity(world, world.aws.web_identity_token())


def region_not_enabled(world: World) -> list[str]:
    user(world)
    world.aws.close_region("af-south-1")
    return run("-i", "dev", "--region", "af-south-1")


def region_without_sts(world: World) -> list[str]:
    with_role(world)
    world.aws.sts.is_active = False
    return run("-i", "role", "--region", "eu-west-2")


def throttled(world: World) -> list[str]:
    user(world)
    world.aws.fail("GetCallerIdentity", "Throttling", times=FOREVER, message="Rate exceeded")
    return run("-i", "dev")


def nobody_listens(world: World) -> list[str]:
    user(world)
    world.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    return run("-i", "dev")


def service_is_down(world: World) -> list[str]:
    user(world)
    world.aws.fail("GetCallerIdentity", "ServiceUnavailable", 503, times=FOREVER)
    return run("-i", "dev")


def login_page(world: World) -> list[str]:
    user(world)
    world.aws.page = b"<html>Welcome to our Wi-Fi</html>"
    return run("-i", "dev")


def foreign_certificate(world: World) -> list[str]:
    user(world)
    world.environ["AWS_ENDPOINT_URL"], _ = world.aws.behind_tls(world.root)
    return run("-i", "dev")


def no_ca_bundle(world: World) -> list[str]:
    words = foreign_certificate(world)
    world.environ["AWS_CA_BUNDLE"] = "/nowhere/ca.pem"
    return words


def proxy_not_there(world: World) -> list[str]:
    user(world)
    del world.environ["AWS_ENDPOINT_URL"]
    world.environ["HTTPS_PROXY"] = "http://ada:CANARYPASSWORD0aB@127.0.0.1:9"
    return run("-i", "dev", "--region", "eu-west-1")


CAUSES: dict[str, Cause] = {
    cause.__name__.replace("_", " "): cause
    for cause in (
        clock_behind,
        clock_ahead,
        clock_of_nobody_who_signs,
        region_not_enabled,
        region_without_sts,
        throttled,
        nobody_listens,
        service_is_down,
        login_page,
        foreign_certificate,
        no_ca_bundle,
        proxy_not_there,
    )
}
