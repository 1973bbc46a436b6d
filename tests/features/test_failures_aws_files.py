"""The AWS config and credentials files: what is wrong in a profile is named, and never with what stands in it."""

from __future__ import annotations

import pytest

from tests.harness.fails import Fails
from tests.harness.world import World

ROLE = "role_arn = arn:aws:iam::222222222222:role/Base\n"
# The profile x, and what is said of it.
BROKEN = {
    "no source": (ROLE, ["no source of credentials", "source_profile or credential_source"]),
    "two sources": (
        f"{ROLE}source_profile = dev\ncredential_source = Environment\n",
        ["both source_profile and credential_source", "one of the two"],
    ),
    "unknown source_profile": (f"{ROLE}source_profile = nobody\n", ['source_profile "nobody" does not exist']),
    "bad credential_source": (
        f"{ROLE}credential_source = Ec2\n",
        ['credential_source "Ec2"', "Environment, EcsContainer, Ec2InstanceMetadata"],
    ),
    "bad duration_seconds": (
        f"{ROLE}source_profile = dev\nduration_seconds = 1h\n",
        ['duration_seconds "1h"', "900 to 43200"],
    ),
    "bad role_arn": (
        "role_arn = Base\nsource_profile = dev\n",
        ['role_arn "Base"', "arn:aws:iam::111111111111:role/NAME"],
    ),
    "half a key pair": ("aws_access_key_id = AKIA\n", ["half a key pair", "aws_secret_access_key is missing"]),
    "the other half": ("aws_secret_access_key = CANARYSECRET1\n", ["half a key pair", "aws_access_key_id is missing"]),
    "incomplete SSO": ("sso_account_id = 111111111111\nsso_role_name = R\n", ["sso_start_url"]),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.usefixtures("dev")
def test_a_broken_profile(fails: Fails, world: World, case: str) -> None:
    """Profile and file are named, with what is allowed and the file to open; AWS is not asked."""
    body, parts = BROKEN[case]
    path = world.aws_config(f"[profile dev]\n[profile x]\n{body}")

    contains = [f'profile "x" in {path}', *parts]
    fails("-i", "x", slug="invalid-config", status=78, identity="x", contains=contains, remedy=f"$EDITOR {path}")

    assert world.aws.calls() == []


@pytest.mark.usefixtures("dev")
def test_a_loop_of_source_profile(fails: Fails, world: World) -> None:
    """The loop is printed as `x > y > x`; a profile that is its own source without keys is one too."""
    world.aws_config(
        f"[profile x]\n{ROLE}source_profile = y\n[profile y]\n{ROLE}source_profile = x\n"
        f"[profile z]\n{ROLE}source_profile = x\n[profile own]\n{ROLE}source_profile = own\n"
    )

    fails("-i", "x", slug="identity-loop", status=78, identity="x", contains=["loop: x > y > x  ["], remedy="$EDITOR")
    fails("-i", "z", slug="identity-loop", status=78, identity="z", contains=["loop: x > y > x  ["])
    fails("-i", "own", slug="identity-loop", status=78, contains=["loop: own > own  ["])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[profile x]\nregion = eu-west-1\naws_secret_access_key CANARYSECRET2\n", "line 3"),
        (b"CANARYSECRET3\n[profile x]\n", "line 1"),
        (b"[profile x]\n[profile y\nCANARYSECRET4 = 1\n", ""),
        (b"[profile x]\n[profile x]\n", "line 2"),
        (b"[profile x]\nregion = \xff\n", "byte 21"),
    ],
    ids=["no =", "no section", "no bracket", "twice", "not UTF-8"],
)
@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_file_that_cannot_be_parsed(fails: Fails, world: World, name: str, content: bytes, said: str) -> None:
    """The line is named, and what stands in it is not shown: it may be a secret."""
    path = world.aws_config("") if name == "config" else world.aws_credentials("")
    path.write_bytes(content)

    contains = [str(path), "cannot be read as an AWS file", said]
    fails("-i", "x", slug="invalid-config", status=78, contains=contains, remedy=f"$EDITOR {path}")


def test_files_named_by_variables(fails: Fails, world: World) -> None:
    """AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say where to look, and are named."""
    env = {"AWS_CONFIG_FILE": "~/a", "AWS_SHARED_CREDENTIALS_FILE": "$HOME/b"}

    fails("-i", "x", slug="unknown-identity", status=78, contains=[f"{world.home}/a", f"{world.home}/b"], env=env)
