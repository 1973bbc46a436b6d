"""Endpoints and the clock: all are asked at the same time, and nobody is waited for longer than the deadline."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from runner.acquire.aws import AwsError, reachable
from runner.acquire.aws.reachable import Endpoint
from runner.cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEADLINE_S = 15  # a client tries for 13 s, but looking up a name may take a minute
SKEW_S = 4 * 60  # AWS refuses signatures that are 5 min off
PROXY_OR_TLS = ("ProxyConnectionError", "SSLError", "InvalidProxiesConfigError")
NTP = "sudo timedatectl set-ntp true        # or set the clock"


def endpoints(sso_regions: Sequence[str], caller: Mapping[str, str]) -> list[Finding]:
    """Ask STS, and the SSO endpoints of these regions; the clock is compared with the Date that STS answers."""
    session = reachable.session()
    region = caller.get("RUN_REGION") or caller.get("AWS_REGION") or caller.get("AWS_DEFAULT_REGION") or "us-east-1"
    wanted = [("sts", region), *((service, each) for each in sso_regions for service in ("sso", "sso-oidc"))]
    found: list[Finding] = []
    asked: dict[str, Endpoint] = {}
    for service, each in wanted:
        try:
            asked[f"{service} {each}"] = Endpoint(service, each, session)
        except AwsError as error:
            found.append(_wrong(f"endpoint {service} {each}", f"{error.code} {error.message}", error.code))
    answers = _answers(asked)
    for name, endpoint in asked.items():
        found += _judged(name, endpoint.host, answers.get(name))
    return found


def _answers(asked: Mapping[str, Endpoint]) -> dict[str, tuple[AwsError | float | None, float]]:
    """Return for each that answered in time its Date, or what was wrong, and our time at the answer."""
    arrived: queue.SimpleQueue[tuple[str, AwsError | float | None, float]] = queue.SimpleQueue()

    def ask(name: str, endpoint: Endpoint) -> None:
        try:
            answer: AwsError | float | None = endpoint.date()
        except AwsError as error:
            answer = error
        arrived.put((name, answer, time.time()))

    for name, endpoint in asked.items():
        threading.Thread(target=ask, args=(name, endpoint), daemon=True).start()
    deadline = time.monotonic() + DEADLINE_S
    answers: dict[str, tuple[AwsError | float | None, float]] = {}
    while len(answers) < len(asked):
        try:
            name, answer, at = arrived.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        answers[name] = (answer, at)
    return answers


def _judged(name: str, url: str, answered: tuple[AwsError | float | None, float] | None) -> list[Finding]:
    check = f"endpoint {name}"
    if answered is None:
        return [_wrong(check, f"{url}: no answer within {DEADLINE_S} s", "")]
    answer, at = answered
    if isinstance(answer, AwsError):
        return [_wrong(check, f"{url}: {answer.code}", answer.code)]
    reached = Finding(check, f"{url} answers")
    return [reached, _clock(answer - at)] if answer is not None and name.startswith("sts ") else [reached]


def _clock(skew_s: float) -> Finding:
    if abs(skew_s) < SKEW_S:
        return Finding("clock", f"within {max(1, round(abs(skew_s)))} s of AWS")
    where = "behind" if skew_s > 0 else "ahead of"
    return Finding("clock", f"{round(abs(skew_s))} s {where} AWS, which refuses 5 min", "authentication", NTP)


def _wrong(check: str, detail: str, code: str) -> Finding:
    if code in PROXY_OR_TLS:
        return Finding(
            check, detail, "temporary", "env | grep -i -e proxy -e CA_BUNDLE        # proxy and certificates"
        )
    return Finding(check, detail, "temporary", "env | grep -i -e AWS_ENDPOINT_URL -e proxy        # and the network")
