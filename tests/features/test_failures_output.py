"""What a credential_process may print: everything else is refused, and never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws
from tests.harness.fails import Fails
from tests.harness.world import World

KEYS = {"Version": 1, "AccessKeyId": "AKIAX", "SecretAccessKey": "CANARYSECRET0/+", "SessionToken": "CANARYTOKEN0=="}
SECRET = "CANARYSECRETabcdefghij0123456789KLMN"


def without(name: str) -> dict[str, object]:
    """Return what a program should print, less one key."""
    return {key: value for key, value in KEYS.items() if key != name}


# What it prints, and what is said of it.
PRINTED = {
    "nothing": ("", "printed nothing"),
    "white space": (" \n", "printed nothing"),
    "garbage": (f"export KEY={SECRET}", "not JSON"),
    "half": (json.dumps(KEYS)[:-2], "not JSON"),
    "two": (json.dumps(KEYS) * 2, "not JSON"),
    "too deep": ("[" * 50000, "not JSON"),
    "no UTF-8": ("\udcff", "not JSON"),
    "list": (json.dumps([KEYS]), '"Version": 1'),
    "no version": (json.dumps(without("Version")), '"Version": 1'),
    "version 2": (json.dumps({**KEYS, "Version": 2}), '"Version": 1'),
    "version as text": (json.dumps({**KEYS, "Version": "1"}), '"Version": 1'),
    "version as truth": (json.dumps({**KEYS, "Version": True}), '"Version": 1'),
    "no key": (json.dumps(without("AccessKeyId")), "without AccessKeyId"),
    "empty key": (json.dumps({**KEYS, "AccessKeyId": ""}), "without AccessKeyId"),
    "no secret": (json.dumps(without("SecretAccessKey")), "without SecretAccessKey"),
    "secret no text": (json.dumps({**KEYS, "SecretAccessKey": [SECRET]}), "without SecretAccessKey"),
    "token no text": (json.dumps({**KEYS, "SessionToken": 7}), "SessionToken that is not a text"),
    "token with a line end": (json.dumps({**KEYS, "SessionToken": "CANARYTOKEN0\n"}), "SessionToken with characters"),
    "key with an accent": (json.dumps({**KEYS, "AccessKeyId": "AKIÀ"}), "AccessKeyId with characters"),
    "half a character": (json.dumps({**KEYS, "AccessKeyId": "\ud800"}), "AccessKeyId with characters"),
    "expiration no time": (json.dumps({**KEYS, "Expiration": "tomorrow"}), "Expiration that is not an ISO 8601 time"),
    "expiration without zone": (json.dumps({**KEYS, "Expiration": "2100-01-01T00:00:00"}), "ISO 8601 time with a zone"),
    "expiration a number": (json.dumps({**KEYS, "Expiration": 4102444800}), "Expiration that is not an ISO 8601 time"),
    "too long": (json.dumps({**KEYS, "padding": "x" * 70000}), "printed more than 65536 bytes"),
}


def profile(world: World, command: str) -> Path:
    """Give the world a profile x with this credential_process."""
    return world.aws_config(f"[profile x]\ncredential_process = {command}\n")


@pytest.mark.parametrize("case", PRINTED)
def test_output_that_is_no_credentials(fails: Fails, world: World, case: str) -> None:
    """It is said what is wrong with it, never what it was; the remedy is the program itself."""
    text, said = PRINTED[case]
    (world.cwd / "printed").write_bytes(text.encode("utf-8", "surrogateescape"))
    path = profile(world, f"cat {world.cwd}/printed")

    contains = [f"its credential_process {'' if said.startswith('printed') else 'printed '}", said, str(path)]
    fails("-i", "x", slug="credential-process-invalid", status=78, contains=contains, remedy=f"cat {world.cwd}/printed")

    assert world.aws.calls() == []


def test_credentials_that_have_ended(fails: Fails, world: World, aws: FakeAws) -> None:
    """An Expiration in the past is said with its time; AWS is not asked."""
    (world.cwd / "printed").write_text(
        aws.role_session("arn:aws:iam::222222222222:role/R", lifetime_s=-60).process_json()
    )
    profile(world, f"cat {world.cwd}/printed")

    contains = ["the credentials of credential_process of x expired at 20"]
    fails("-i", "x", slug="credentials-expired", status=77, contains=contains, remedy="does it need a login?")

    assert aws.calls() == []
