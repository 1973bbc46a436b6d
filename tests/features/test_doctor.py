"""`runner doctor`: what stands in the way on a machine, each with its remedy, and never longer than the deadline."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.harness.aws import FakeAws
from tests.harness.run import Changes, RunIn
from tests.harness.sso_profiles import token_file, with_sso
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")


def wrong(run: RunIn, status: int, env: Changes | None = None) -> dict[str, dict[str, Any]]:
    """Return what is wrong, by check."""
    found = run("doctor", "--format", "json", program="runner", env=env).expect_status(status).expect_stderr("").json()
    assert all((each["try"] is None) is (each["state"] == "ok") for each in found)
    return {each["check"]: each for each in found if each["state"] == "wrong"}


def test_a_machine_that_is_well(run: RunIn, world: World) -> None:
    """Status 0; what was looked at is listed; nothing under ~/.aws is written."""
    with_sso(world)
    before = world.snapshot()

    output = run("doctor", program="runner").expect_status(0).expect_stderr("")

    for check in ("endpoint sts us-east-1", "endpoint sso eu-west-1", "endpoint sso-oidc eu-west-1", "clock"):
        output.expect_in_stdout(check)
    output.expect_in_stdout("SSO token corp", "SSO token ours", "locks in", "private directory", "/bin/cat")
    assert all(line.startswith(("STATE ", "ok ")) for line in output.text.splitlines())
    assert world.snapshot() == before


@pytest.mark.parametrize(("skew_s", "where"), [(600, "behind"), (-600, "ahead of")])
def test_the_clock(run: RunIn, aws: FakeAws, skew_s: float, where: str) -> None:
    """It is compared with AWS's Date."""
    aws.skew(skew_s)

    found = wrong(run, 77)

    assert list(found) == ["clock"]
    assert where in found["clock"]["detail"]


def test_an_endpoint_that_is_not_there(run: RunIn) -> None:
    """The host is named, without what stands before it; its clock is not judged."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]

        found = wrong(run, 75, {"AWS_ENDPOINT_URL": f"http://user:hunter2@127.0.0.1:{port}"})

    assert list(found) == ["endpoint sts us-east-1"]
    assert f"http://127.0.0.1:{port}: " in found["endpoint sts us-east-1"]["detail"]
    assert "hunter2" not in str(found)


def test_a_proxy_that_is_not_there(run: RunIn) -> None:
    """The proxy is what is to be looked at."""
    env = {"AWS_ENDPOINT_URL": "http://sts.invalid", "http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": None}

    found = wrong(run, 75, env)

    assert "ProxyConnectionError" in found["endpoint sts us-east-1"]["detail"]
    assert "CA_BUNDLE" in found["endpoint sts us-east-1"]["try"]


def test_an_endpoint_that_does_not_answer(run: RunIn) -> None:
    """It ends, and says so."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = wrong(run, 75, {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"})

    assert list(found) == ["endpoint sts us-east-1"]


def test_modes(run: RunIn, world: World) -> None:
    """What others can change, and keys or tokens they can read; each with its chmod."""
    with_sso(world)
    aws, user = world.home / ".aws", world.config / "runner" / "runner.toml"
    expected = {
        aws: (0o722, f"chmod go-w {aws}"),
        aws / "config": (0o660, f"chmod go-w {aws / 'config'}"),
        aws / "credentials": (0o644, f"chmod 600 {aws / 'credentials'}"),
        user: (0o602, f"chmod go-w {user}"),
        token_file(world): (0o640, f"chmod 600 {token_file(world)}"),
    }
    for path, (mode, _) in expected.items():
        path.chmod(mode)

    found = wrong(run, 78)

    remedies = {check: each["try"] for check, each in found.items() if check.startswith("file ")}
    assert remedies == {f"file {path}": remedy for path, (_, remedy) in expected.items()}


def test_tokens(run: RunIn, world: World, aws: FakeAws) -> None:
    """Ended and broken ones are wrong, with how to log in; nobody being logged in is not, nor what can be refreshed."""
    with_sso(world)
    world.sso_login(aws.sso_token(-60, refreshable=False))
    world.sso_login(aws.sso_token(-60), "ours")
    ended = wrong(run, 77)
    token_file(world).write_text("{")
    broken = wrong(run, 78)
    token_file(world).unlink()
    gone = wrong(run, 0)

    assert list(ended) == ["SSO token corp"]
    assert ended["SSO token corp"]["try"] == "aws sso login --sso-session corp"
    assert list(broken) == ["SSO token corp"]
    assert gone == {}


def test_no_place_and_no_configuration(run: RunIn, world: World) -> None:
    """What is broken elsewhere does not keep the rest from being looked at."""
    world.runner_toml("broken")
    Path(world.runtime / "runner").mkdir(mode=0o755)
    Path(world.runtime / "runner").chmod(0o755)

    found = wrong(run, 78)

    assert found["configuration"]["try"] == "runner config check"


def test_hostile_names(run: RunIn, world: World) -> None:
    """Names in files reach no terminal as control sequences."""
    world.runner_toml(
        '[sso_sessions."\\u001b[2J\\u202e"]\nsso_start_url = "\\u009b31m"\nsso_region = "eu-west-1"\n'
        '[sso_sessions.x]\nsso_start_url = "\\u009b31m"\nsso_region = "eu-west-1"\n'
    )

    for words in (("doctor",), ("doctor", "--format", "json")):
        output = run(*words, program="runner").expect_status(0)
        for character in output.text + output.error_text:
            assert character == "\n" or character.isprintable(), repr(character)
