"""What stands between us and AWS: certificates nobody trusts, proxies that refuse, endpoints that are dead."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.aws import FOREVER, AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.fake.proxy import Proxy
from tests.harness.run import RunIn
from tests.harness.world import World

PASSWORD = "CANARYPASSWORD0aB"
STS = "https://sts.eu-west-1.amazonaws.com"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Give a proxy that lets nobody through."""
    with Proxy() as refusing:
        yield refusing


def test_a_certificate_that_is_not_trusted(fails: Fails, world: World, aws: FakeAws, dev: AccessKey) -> None:
    """The remedy shows who signed; with that authority named it is trusted, by AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE."""
    url, certificate = aws.behind_tls(world.root)
    address = url.removeprefix("https://")
    other = world.root / "other"
    other.mkdir()
    _, another = aws.behind_tls(other)

    contains = [f"the certificate of {url} is not trusted  [", "GetCallerIdentity: SSLError, self-signed certificate"]
    remedy = f"openssl s_client -showcerts -connect {address} </dev/null"
    env = {"AWS_ENDPOINT_URL": url}
    fails("-i", "dev", slug="proxy-or-tls", status=75, contains=contains, remedy=remedy, env=env)
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        said = [f"{url} is not trusted with {name}"]
        fails("-i", "dev", slug="proxy-or-tls", status=75, contains=said, env={**env, name: str(another)})
        fails.run("-i", "dev", "--", "true", env={**env, name: str(certificate)}).expect_status(0).expect_stderr("")

    assert [call.operation for call in aws.calls()] == ["GetCallerIdentity"] * 2


def test_the_remedy_shows_the_certificate(run: RunIn, world: World, aws: FakeAws, dev: AccessKey) -> None:
    """As it is printed it can be pasted."""
    url, certificate = aws.behind_tls(world.root)
    failed = run("-i", "dev", "--", "true", env={"AWS_ENDPOINT_URL": url})
    command = failed.error_text.splitlines()[-1].partition("try:")[2]

    shown = run("-c", command, program=Path("/bin/sh"))

    assert certificate.read_text().splitlines()[1] in shown.text


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_ca_bundle_that_is_not_there(fails: Fails, world: World, aws: FakeAws, dev: AccessKey, name: str) -> None:
    """The variable that names it is named."""
    url, _ = aws.behind_tls(world.root)
    env = {"AWS_ENDPOINT_URL": url, name: "/nowhere/ca.pem"}

    contains = [f"the CA bundle of {name} is not there", "No such file or directory"]
    fails("-i", "dev", slug="proxy-or-tls", status=75, contains=contains, remedy=f'ls -l "${name}"', env=env)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_a_proxy_that_refuses_to_connect(fails: Fails, proxy: Proxy, dev: AccessKey, name: str) -> None:
    """The proxy and its variable are named, its password never."""
    env = {"AWS_ENDPOINT_URL": None, name: proxy.url("ada", PASSWORD)}

    contains = [f"the proxy http://127.0.0.1:{proxy.server_address[1]} of {name}", "407 Proxy Authentication Required"]
    output = fails("-i", "dev", slug="proxy-or-tls", status=75, contains=contains, remedy=f'-x "${name}"', env=env)

    assert proxy.asked[0].startswith("CONNECT sts.eu-west-1.amazonaws.com:443")
    assert PASSWORD not in output.error_text
    assert "ada" not in output.error_text


def test_a_proxy_that_refuses_a_plain_request(fails: Fails, proxy: Proxy, dev: AccessKey) -> None:
    """An endpoint without TLS: the proxy's page is no answer of AWS."""
    env = {"AWS_ENDPOINT_URL": "http://sts.example.com", "HTTP_PROXY": proxy.url("ada", PASSWORD)}

    contains = ["the proxy of HTTP_PROXY does not let us through to http://sts.example.com", "HTTP 407"]
    output = fails("-i", "dev", slug="proxy-or-tls", status=75, contains=contains, remedy='-x "$HTTP_PROXY"', env=env)

    assert PASSWORD not in output.error_text


def test_a_page_is_no_answer(fails: Fails, aws: FakeAws, dev: AccessKey) -> None:
    """The login page of a network, in the place of AWS."""
    aws.page = b"<html>Welcome to our Wi-Fi</html>"

    contains = [f"whoever answers at {aws.url} is not AWS", "HTTP 200"]
    fails("-i", "dev", slug="proxy-or-tls", status=75, contains=contains, remedy="env | grep -i proxy")


def test_a_proxy_that_is_not_there(fails: Fails, dev: AccessKey) -> None:
    """Nobody listens at its port."""
    env = {"AWS_ENDPOINT_URL": None, "HTTPS_PROXY": f"http://ada:{PASSWORD}@127.0.0.1:9"}

    contains = ["the proxy http://127.0.0.1:9 of HTTPS_PROXY", "Connection refused"]
    output = fails("-i", "dev", slug="proxy-or-tls", status=75, contains=contains, env=env)

    assert PASSWORD not in output.error_text


@pytest.fixture
def silent() -> Iterator[str]:
    """Give the URL of a server that takes every connection and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)  # the kernel takes them
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_an_endpoint_that_never_answers_is_given_up(run: RunIn, dev: AccessKey, silent: str) -> None:
    """It takes the connection and is silent: less than 20 s, all attempts together."""
    since = time.monotonic()

    ended = run("-i", "dev", "--", "true", env={"AWS_ENDPOINT_URL": silent})

    ended.expect_failure("endpoint-unreachable", 75, contains=[f"{silent} cannot be reached", "ReadTimeoutError"])
    assert time.monotonic() - since < 20


def test_two_dead_endpoints_are_given_up_as_one(run: RunIn, world: World, dev: AccessKey, silent: str) -> None:
    """What the first has cost is not spent again at the second: a role over a process, at a silent STS."""
    world.program("helper", f"cat <<'END'\n{world.aws.user('helper').process_json()}\nEND")
    world.aws_config(
        "[profile helper]\ncredential_process = helper\n"
        "[profile x]\nrole_arn = arn:aws:iam::222222222222:role/Base\nsource_profile = helper\n"
    )
    since = time.monotonic()

    ended = run("-i", "x", "--", "true", env={"AWS_ENDPOINT_URL": silent})

    ended.expect_failure("endpoint-unreachable", 75, contains=["role Base in 222222222222 (failed here)"])
    assert time.monotonic() - since < 20


def test_what_passes_is_tried_again(run: RunIn, aws: FakeAws, dev: AccessKey) -> None:
    """Throttled three times, then answered: nobody is told."""
    aws.fail("GetCallerIdentity", "Throttling", times=3, message="Rate exceeded")

    run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")

    assert len(aws.calls("GetCallerIdentity")) == 4


def test_a_service_says_when_to_try_again(run: RunIn, aws: FakeAws, dev: AccessKey) -> None:
    """Retry-After is heeded."""
    aws.fail("GetCallerIdentity", "ServiceUnavailable", 503, times=1, headers={"Retry-After": "2"})

    run("-i", "dev", "--", "true").expect_status(0)

    first, second = aws.calls("GetCallerIdentity")
    assert second.at - first.at >= 1.9


def test_slow_errors_are_bounded(run: RunIn, aws: FakeAws, dev: AccessKey) -> None:
    """Each attempt fails after 5 s: two are enough."""
    aws.delay("GetCallerIdentity", 5)
    aws.fail("GetCallerIdentity", "InternalFailure", 500, times=FOREVER)

    run("-i", "dev", "--", "true").expect_failure("endpoint-unreachable", 75, contains=["HTTP 500"])

    assert len(aws.calls("GetCallerIdentity")) == 2
