"""The AWS SDKs' cases of profiles that assume roles: what each makes of a config and a credentials file."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from runner.acquire import awsfiles, profiles
from runner.model.failure import Failure
from runner.model.identity import Ambient, Identity, PermissionSet, Process, Role, StaticKeys, WebIdentityRole

ROLE_A = "arn:aws:iam::111111111111:role/A"
ROLE_B = "arn:aws:iam::222222222222:role/B"
WEB = f"role_arn = {ROLE_A}\nweb_identity_token_file = t\n"
KEYS = "aws_access_key_id = AK{0}\naws_secret_access_key = s{0}\n"
A = f"[profile A]\nrole_arn = {ROLE_A}\n"
B = f"[profile B]\nrole_arn = {ROLE_B}\n"
SSO = (
    "sso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n"
    "sso_account_id = 111111111111\nsso_role_name = R\n"
)

# name -> the config file, the credentials file, and the links of profile A, the first source of credentials first.
CASES = {
    "keys of a source": (f"{A}source_profile = B\n", f"[B]\n{KEYS.format('B')}", ["keys AKB", ROLE_A]),
    "keys of a source in the config file": (
        f"{A}source_profile = B\n[profile B]\n{KEYS.format('B')}",
        "",
        ["keys AKB", ROLE_A],
    ),
    "both files have keys": (
        f"{A}source_profile = B\n[profile B]\n{KEYS.format('C')}",
        f"[B]\n{KEYS.format('B')}",
        ["keys AKB", ROLE_A],
    ),
    "keys beside role_arn are the profile's own source": (
        f"{A}source_profile = A\n{KEYS.format('A')}",
        "",
        ["keys AKA", ROLE_A],
    ),
    "keys beside role_arn, the source another": (
        f"{A}source_profile = B\n{KEYS.format('A')}",
        f"[B]\n{KEYS.format('B')}",
        ["keys AKB", ROLE_A],
    ),
    "keys of the source come before its role": (
        f"{A}source_profile = B\n{B}source_profile = C\n{KEYS.format('B')}",
        f"[C]\n{KEYS.format('C')}",
        ["keys AKB", ROLE_A],
    ),
    "two roles": (
        f"{A}source_profile = B\n{B}source_profile = C\n",
        f"[C]\n{KEYS.format('C')}",
        ["keys AKC", ROLE_B, ROLE_A],
    ),
    "two roles, the last source its own": (
        f"{A}source_profile = B\n{B}source_profile = B\n",
        f"[B]\n{KEYS.format('B')}",
        ["keys AKB", ROLE_A],
    ),
    "credential_source": (f"{A}credential_source = EcsContainer\n", "", ["EcsContainer", ROLE_A]),
    "credential_source below": (
        f"{A}source_profile = B\n{B}credential_source = Ec2InstanceMetadata\n",
        "",
        ["Ec2InstanceMetadata", ROLE_B, ROLE_A],
    ),
    "web identity": (f"{A}web_identity_token_file = t\n", "", [f"token {ROLE_A}"]),
    "web identity comes before source_profile": (
        f"{A}web_identity_token_file = t\nsource_profile = B\n",
        f"[B]\n{KEYS.format('B')}",
        [f"token {ROLE_A}"],
    ),
    "web identity as a source": (
        f"{A}source_profile = B\n{B}web_identity_token_file = t\n",
        "",
        [f"token {ROLE_B}", ROLE_A],
    ),
    "web identity two below": (
        f"{A}source_profile = B\n{B}source_profile = C\n[profile C]\n{WEB}",
        "",
        [f"token {ROLE_A}", ROLE_B, ROLE_A],
    ),
    "a program as a source": (
        f"{A}source_profile = B\n[profile B]\ncredential_process = x\n",
        "",
        ["program x", ROLE_A],
    ),
    "SSO as a source": (f"{A}source_profile = B\n[profile B]\n{SSO}", "", ["permission set R", ROLE_A]),
    "role_arn in the credentials file": (
        "",
        f"[A]\nrole_arn = {ROLE_A}\nsource_profile = B\n[B]\n{KEYS.format('B')}",
        ["keys AKB", ROLE_A],
    ),
    "SSO comes before keys": (f"[profile A]\n{SSO}{KEYS.format('A')}", "", ["permission set R"]),
    "keys of the credentials file come before a program": (
        "[profile A]\ncredential_process = x\n",
        f"[A]\n{KEYS.format('A')}",
        ["keys AKA"],
    ),
    "a program comes before keys of the config file": (
        f"[profile A]\ncredential_process = x\n{KEYS.format('A')}",
        "",
        ["program x"],
    ),
}

# name -> the config file, the credentials file, the slug, and what is said.
BROKEN = {
    "its own source without keys": (f"{A}source_profile = A\n", "", "identity-loop", "A > A"),
    "a loop": (f"{A}source_profile = B\n{B}source_profile = A\n", "", "identity-loop", "A > B > A"),
    "a loop below": (
        f"{A}source_profile = B\n{B}source_profile = C\n[profile C]\nrole_arn = {ROLE_A}\nsource_profile = B\n",
        "",
        "identity-loop",
        "B > C > B",
    ),
    "no source": (A, "", "invalid-config", "no source of credentials"),
    "keys beside role_arn alone": (f"{A}{KEYS.format('A')}", "", "invalid-config", "no source of credentials"),
    "two sources": (
        f"{A}source_profile = B\ncredential_source = Environment\n",
        f"[B]\n{KEYS.format('B')}",
        "invalid-config",
        "both source_profile and credential_source",
    ),
    "a source that is not there": (f"{A}source_profile = B\n", "", "invalid-config", '"B" does not exist'),
    "an unknown credential_source": (f"{A}credential_source = Ec2\n", "", "invalid-config", '"Ec2" is unknown'),
    "half a key pair": (
        "[profile A]\naws_access_key_id = x\n",
        "",
        "invalid-config",
        "aws_secret_access_key is missing",
    ),
    "half a key pair of a source": (
        f"{A}source_profile = B\n",
        "[B]\naws_secret_access_key = x\n",
        "invalid-config",
        "aws_access_key_id is missing",
    ),
    "halves in two files": (
        "[profile A]\naws_access_key_id = x\n",
        "[A]\naws_secret_access_key = x\n",
        "invalid-config",
        "aws_access_key_id is missing",
    ),
    "a source of a source without any": (
        f"{A}source_profile = B\n{B}",
        "",
        "invalid-config",
        "no source of credentials",
    ),
    "a session name that STS refuses": (
        f"{A}source_profile = B\nrole_session_name = a b\n",
        f"[B]\n{KEYS.format('B')}",
        "invalid-config",
        'role_session_name "a b"',
    ),
}


def links_of(folder: Path, config: str, credentials: str) -> list[Identity]:
    """Return what becomes of profile A."""
    for name, content in (("config", config), ("credentials", credentials)):
        (folder / name).write_text(textwrap.dedent(content))
    return profiles.links("A", awsfiles.read(str(folder / "config"), str(folder / "credentials")))


def said(link: Identity) -> str:
    """Return a link as the table above has it."""
    match link:
        case StaticKeys():
            text = f"keys {link.credentials.access_key_id}"
        case Process():
            text = f"program {link.credential_process}"
        case PermissionSet():
            text = f"permission set {link.permission_set}"
        case Ambient():
            text = link.source
        case WebIdentityRole():
            text = f"token {link.role_arn}"
        case Role():
            text = link.role_arn
        case _:
            text = repr(link)
    return text


@pytest.mark.parametrize("case", CASES)
def test_what_a_profile_is(tmp_path: Path, case: str) -> None:
    """From the first source of credentials to the profile's own role."""
    config, credentials, expected = CASES[case]

    assert [said(link) for link in links_of(tmp_path, config, credentials)] == expected


@pytest.mark.parametrize("case", BROKEN)
def test_a_profile_that_is_none(tmp_path: Path, case: str) -> None:
    """A slug, and what is wrong; never one of two sources taken."""
    config, credentials, slug, contained = BROKEN[case]

    with pytest.raises(Failure) as raised:
        links_of(tmp_path, config, credentials)

    assert raised.value.slug == slug
    assert contained in raised.value.sentence
