"""What STS is asked for when a role is assumed: from runner.toml, from AWS profiles, and from the command line."""

from __future__ import annotations

import json

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.fake.saml import PRINCIPAL
from tests.harness.lease_files import acts_as
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
DEEP = "arn:aws:iam::333333333333:role/team/Deep"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
MINE = "arn:aws:iam::222222222222:policy/Mine"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
MINIFIED = json.dumps(POLICY, separators=(",", ":"))
ROLE = f'kind = "aws/assume-role"\nvia = "dev"\nrole_arn = "{BASE}"\n'
WEB = f'kind = "aws/web-identity"\nrole_arn = "{BASE}"\ntoken_file = "token"\n'
SAML = f'kind = "aws/saml"\nrole_arn = "{BASE}"\nprincipal_arn = "{PRINCIPAL}"\nsaml_process = "print-assertion"\n'
COMMON = (
    f'duration = "20m"\nsession_policy = \'{json.dumps(POLICY)}\'\nsession_policy_arns = ["{READ_ONLY}", "{MINE}"]\n'
)
COMMON_ASKED = {
    "RoleArn": BASE,
    "DurationSeconds": "1200",
    "Policy": MINIFIED,
    "PolicyArns.member.1.arn": READ_ONLY,
    "PolicyArns.member.2.arn": MINE,
}
OWN = """
role_session_name = "ada@laptop"
external_id = "ticket:7/x"
source_identity = "ada"
transitive_tag_keys = ["team"]
[identities.role.session_tags]
team = "data platform"
"cost center" = ""
"""
OWN_ASKED = {
    "RoleSessionName": "ada@laptop",
    "ExternalId": "ticket:7/x",
    "SourceIdentity": "ada",
    "Tags.member.1.Key": "team",
    "Tags.member.1.Value": "data platform",
    "Tags.member.2.Key": "cost center",
    "Tags.member.2.Value": "",
    "TransitiveTagKeys.member.1": "team",
}


@pytest.fixture(autouse=True)
def roles(world: World, aws: FakeAws, dev: AccessKey) -> None:
    """Give a world two roles, and profiles of both."""
    for arn in (BASE, DEEP):
        aws.role(arn).max_duration_s = 43200
    path = world.home / ".aws" / "config"
    path.write_text(
        f"{path.read_text()}[profile role]\nrole_arn = {BASE}\nsource_profile = dev\nexternal_id = from-profile\n"
        f"role_session_name = profile-name\n[profile deep]\nrole_arn = {DEEP}\nsource_profile = role\n"
    )
    (world.cwd / "token").write_text(aws.web_identity_token())
    world.program("print-assertion", f"echo {aws.saml_assertion()}\n")


def asked(aws: FakeAws, operation: str = "AssumeRole", *secret: str) -> list[dict[str, str]]:
    """Return the parameters of each call of an operation, without secrets."""
    return [
        {name: value for name, value in call.parameters.items() if name not in secret} for call in aws.calls(operation)
    ]


def test_every_parameter_of_assume_role(run: RunIn, world: World, aws: FakeAws) -> None:
    """As runner.toml has them; the policy without white space."""
    world.runner_toml(f"[identities.mine]\n{ROLE}{COMMON}{OWN.replace('identities.role', 'identities.mine')}")

    run("-i", "mine", "--", BOTO_PROBE).expect_status(0)

    assert asked(aws) == [{**COMMON_ASKED, **OWN_ASKED}]


def test_every_parameter_of_a_web_identity_and_of_saml(run: RunIn, world: World, aws: FakeAws) -> None:
    """What these two calls take: the rest is in the token or the assertion."""
    world.runner_toml(f'[identities.web]\n{WEB}{COMMON}role_session_name = "job-7"\n[identities.saml]\n{SAML}{COMMON}')

    run("-i", "web", "--", "true").expect_status(0)
    run("-i", "saml", "--", "true").expect_status(0)

    by_web = asked(aws, "AssumeRoleWithWebIdentity", "WebIdentityToken")
    by_saml = asked(aws, "AssumeRoleWithSAML", "SAMLAssertion")
    assert by_web == [{**COMMON_ASKED, "RoleSessionName": "job-7"}]
    assert by_saml == [{**COMMON_ASKED, "PrincipalArn": PRINCIPAL}]


def test_options_are_for_the_last_role_of_a_profiles_chain(run: RunIn, world: World, aws: FakeAws) -> None:
    """The role before it is asked for as its profile says; a file is read for the policy."""
    (world.cwd / "policy.json").write_text(json.dumps(POLICY, indent=4))
    options = ["--role-session-name", "me", "--source-identity", "ada", "--session-tag", "a=b=c", "--session-tag=d="]
    options += ["--session-policy", "policy.json", "--session-policy-arn", READ_ONLY, "--session-policy-arn", MINE]

    run("-i", "deep", "--duration", "20m", *options, "--", BOTO_PROBE).expect_status(0)

    first, last = asked(aws)
    assert first == {"RoleArn": BASE, "RoleSessionName": "profile-name", "ExternalId": "from-profile"}
    tags = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b=c", "Tags.member.2.Key": "d", "Tags.member.2.Value": ""}
    names = {"RoleArn": DEEP, "RoleSessionName": "me", "SourceIdentity": "ada"}
    assert last == {**COMMON_ASKED, **names, **tags}


def test_options_come_before_runner_toml_and_variables(run: RunIn, world: World, aws: FakeAws) -> None:
    """Of tags the others stay; RUN_ variables stand in for options."""
    world.runner_toml(f"[identities.mine]\n{ROLE}{OWN.replace('identities.role', 'identities.mine')}")
    env = {"RUN_ROLE_SESSION_NAME": "by-variable", "RUN_SOURCE_IDENTITY": "somebody", "RUN_SESSION_POLICY": MINIFIED}

    run("-i", "mine", "--source-identity", "eve", "--session-tag", "team=web", "--", "true", env=env).expect_status(0)

    [said] = asked(aws)
    changed = {"RoleSessionName": "by-variable", "SourceIdentity": "eve", "Policy": MINIFIED}
    assert said == {"RoleArn": BASE, **OWN_ASKED, **changed, "Tags.member.1.Value": "web"}


def test_the_name_of_a_session_says_who_it_was(run: RunIn, aws: FakeAws) -> None:
    """USER@HOST, in the characters STS takes, when nobody gave it another."""
    run("-i", DEEP, "--via", "dev", "--", "true", env={"LOGNAME": "ada lovelace\u00e9"}).expect_status(0)

    [said] = asked(aws)
    assert said["RoleSessionName"].startswith("ada-lovelace-@")
    assert len(said["RoleSessionName"]) <= 64


def test_another_parameter_is_another_lease(run: RunIn, world: World, aws: FakeAws) -> None:
    """A narrowed lease is never used for a wider run, nor one for the other; the same question is not asked twice."""
    policy = world.cwd / "policy.json"
    policy.write_text(json.dumps(POLICY))
    given = [
        (),
        ("--session-policy", "policy.json"),
        ("--session-policy", MINIFIED),
        ("--session-policy-arn", READ_ONLY),
        ("--session-policy-arn", READ_ONLY, "--session-policy-arn", MINE),
        ("--session-tag", "a=b"),
        ("--source-identity", "ada"),
        ("--role-session-name", "ada"),
        ("--assume-role", DEEP),
    ]

    leases = [acts_as(run, aws, "role", *options).access_key_id for options in given]
    again = [acts_as(run, aws, "role", *options).access_key_id for options in given]
    policy.write_text(json.dumps({**POLICY, "Id": "another"}))
    changed = acts_as(run, aws, "role", "--session-policy", "policy.json").access_key_id

    assert again == leases
    assert len({*leases, changed}) == len(given) + 1


def test_a_run_inside_a_narrowed_run_is_not_wider(run: RunIn, world: World, aws: FakeAws) -> None:
    """Without an identity it is the outer one again, with its policy, tags and last hop, wherever it stands."""
    (world.cwd / "policy.json").write_text(json.dumps(POLICY))
    narrowed = [
        "--session-policy",
        "policy.json",
        "--session-tag",
        "a=b",
        "--session-tag",
        "c=d",
        "--assume-role",
        DEEP,
    ]

    inner = ["sh", "-c", 'cd / && RUN_CACHE=none run -- "$0"', BOTO_PROBE]
    child = run("-i", "role", *narrowed, "--", *inner).expect_status(0).json()
    other = run("-i", "role", *narrowed, "--", "run", "-i", "dev", "--", BOTO_PROBE).expect_status(0).json()

    assert child["arn"].startswith("arn:aws:sts::333333333333:assumed-role/Deep/")
    assert other["arn"].endswith("user/dev")
    _, outer, _, inside, *_ = asked(aws)
    assert outer == inside
    assert (inside["Policy"], inside["Tags.member.2.Key"]) == (MINIFIED, "c")


LONG = "x" * 65
REFUSED = {
    "role_session_name": ('"a b"', ['"a b"', "2 to 64 letters"]),
    "role_session_name too long": (f'"{LONG}"', [LONG, "2 to 64"]),
    "source_identity": ('"x"', ["2 to 64 letters"]),
    "source_identity reserved": ('"aws:x"', ['"aws:x" is refused by STS', "2 to 64"]),
    "external_id": ('"a b"', ['"a b"', "2 to 1224"]),
    "session_tags": ('{ "aws:x" = "1" }', ['"aws:x"', "1 to 128"]),
    "session_tags value": ('{ x = "a*b" }', ['"a*b" is refused by STS as the value of x', "up to 256"]),
    "session_tags twice": ('{ x = "1", X = "2" }', ['"X" is a key twice']),
    "session_tags many": ("{ " + ", ".join(f'k{n} = ""' for n in range(51)) + " }", ["51 tags", "at most 50"]),
    "session_tags type": ("{ x = 1 }", ["str", "int"]),
    "transitive_tag_keys": ('["team"]', ['"team"', "no tag of this session"]),
    "session_policy": ('"{"', ["is not JSON"]),
    "session_policy empty": ('""', ["is empty"]),
    "session_policy list": ('"[]"', ["has no Statement"]),
    "session_policy twice": ("""'{"Statement": [], "Statement": [1]}'""", ["twice"]),
    "session_policy_arns": ('["ReadOnly"]', ['"ReadOnly"', "arn:aws:iam::111111111111:policy/NAME"]),
    "session_policy_arns many": (str([READ_ONLY] * 11), ["11 policies", "at most 10"]),
    "duration": ('"13h"', ["15m to 12h"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_parameter_that_sts_would_refuse(fails: Fails, world: World, aws: FakeAws, case: str) -> None:
    """File, line, key, value and what is allowed; nothing is called."""
    value, contains = REFUSED[case]
    key = case.partition(" ")[0]
    path = world.runner_toml(f"[identities.x]\n{ROLE}{key} = {value}\n")

    contains = [f"{path}:5 identities.x.{key}", *contains]
    fails("-i", "x", slug="invalid-config", status=78, identity="x", contains=contains, remedy=f"$EDITOR {path}")

    assert aws.calls() == []


@pytest.mark.parametrize("kind", [WEB, SAML], ids=["web identity", "saml"])
def test_parameters_of_other_calls(fails: Fails, world: World, kind: str) -> None:
    """Tags and a source identity are in the token or the assertion; a policy has a limit that is known."""
    for line, said in (
        ('external_id = "xx"\n', "external_id"),
        ('source_identity = "xx"\n', "source_identity"),
        (f"session_policy = '{json.dumps({'Statement': 'x' * 2048})}'\n", "has 2064 characters"),
    ):
        world.runner_toml(f"[identities.x]\n{kind}{line}")
        fails("-i", "x", slug="invalid-config", status=78, contains=[said])


@pytest.mark.parametrize(
    ("lines", "contains"),
    [
        ('token_file = "a"\ntoken_env = "B"\n', ["token_env", "stands beside token_file", "token_process"]),
        ('token_env = "A=B"\n', ["token_env", "name of a variable"]),
        ('token_env = "A"\naudience = "x"\n', ["audience", "token_env"]),
        ('token_process = "x"\nprocess_timeout = "2h"\n', ["process_timeout", "1s to 1h"]),
    ],
)
def test_one_source_of_a_token(fails: Fails, world: World, lines: str, contains: list[str]) -> None:
    """More than one, or one that cannot be, is refused."""
    path = world.runner_toml(f'[identities.x]\nkind = "aws/web-identity"\nrole_arn = "{BASE}"\n{lines}')

    fails("-i", "x", slug="invalid-config", status=78, contains=[str(path), *contains])


def test_a_principal_that_is_none(fails: Fails, world: World) -> None:
    """principal_arn is that of a SAML provider."""
    world.runner_toml(f"[identities.x]\n{SAML.replace(PRINCIPAL, BASE)}")

    fails("-i", "x", slug="invalid-config", status=78, contains=["principal_arn", BASE, "saml-provider/NAME"])


@pytest.mark.parametrize("line", ["role_session_name = a b", "external_id = a b"])
def test_a_parameter_of_a_profile_that_sts_would_refuse(fails: Fails, world: World, line: str) -> None:
    """Profile and file are named."""
    path = world.aws_config(f"[profile dev]\n[profile x]\nrole_arn = {BASE}\nsource_profile = dev\n{line}\n")

    contains = [f'profile "x" in {path}', line.partition(" ")[0], '"a b"']
    fails("-i", "x", slug="invalid-config", status=78, contains=contains, remedy=f"$EDITOR {path}")


def test_a_role_option_without_a_role(fails: Fails, world: World) -> None:
    """Keys have no session to tag or to narrow; tags of a web identity are in its token."""
    world.runner_toml(f"[identities.web]\n{WEB}[identities.saml]\n{SAML}")
    given = {
        "--session-tag": "a=b",
        "--session-policy": MINIFIED,
        "--session-policy-arn": READ_ONLY,
        "--source-identity": "ada",
        "--role-session-name": "ada",
    }

    for option, value in given.items():
        fails("-i", "dev", option, value, slug="conflicting-options", status=64, contains=[option, "none is in"])
    env = {"RUN_SESSION_POLICY": MINIFIED}
    fails("-i", "dev", slug="conflicting-options", status=64, contains=["RUN_SESSION_POLICY"], env=env)
    for name, option in (("web", "--session-tag"), ("saml", "--session-tag"), ("saml", "--role-session-name")):
        contains = [f"{option} is not for a role assumed with a"]
        fails("-i", name, option, given[option], slug="conflicting-options", status=64, contains=contains)


def test_more_time_than_a_session_may_have(fails: Fails, run: RunIn, world: World, aws: FakeAws) -> None:
    """A role that is chained has an hour, any role 12; said before AWS is asked."""
    path = world.runner_toml(
        f'[identities.one]\n{ROLE}duration = "12h"\n[identities.two]\nduration = "2h"\n{ROLE.replace("dev", "one")}'
    )

    contains = ["at most 1h, not 2h", "role chaining"]
    fails("-i", "deep", "--duration", "2h", slug="duration-too-long", status=78, contains=[*contains, "--duration"])
    fails("-i", "two", slug="duration-too-long", status=78, contains=[*contains, str(path)], remedy=str(path))
    fails("-i", "role", "--duration", "13h", slug="duration-too-long", status=78, contains=["at most 12h, not 13h"])
    assert aws.calls() == []
    run("-i", "one", "--", "true").expect_status(0)
    run("-i", "role", "--duration", "12h", "--", "true").expect_status(0)
