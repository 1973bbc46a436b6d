"""What `runner explain`, `config check` and `login` say of kinds and names that came with roles' parameters."""

from __future__ import annotations

import pytest

from tests.harness.browser import Browser, cache
from tests.harness.fails import Fails
from tests.harness.fake.saml import PRINCIPAL
from tests.harness.mfa import CODES, SERIAL
from tests.harness.run import RunIn
from tests.harness.sso_profiles import with_sso
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
DEEP = "arn:aws:iam::333333333333:role/Deep"
SECRET = "hunter2"
WEB = f'kind = "aws/web-identity"\nrole_arn = "{BASE}"\n'
ROLE = f'kind = "aws/assume-role"\nvia = "here"\nrole_arn = "{BASE}"\nmfa_serial = "{SERIAL}"\n'
OF_BASE = f"sts AssumeRoleWithWebIdentity of {BASE}, with"
ENTRIES = {
    "here": ('kind = "aws/environment"\n', "the environment, the container's or the instance's endpoint"),
    "file": (f'{WEB}token_file = "/run/token"\n', f"{OF_BASE} the token in /run/token"),
    "program": (f'{WEB}token_process = "mint {SECRET}"\n', f"{OF_BASE} a token from the program mint with 1 argument"),
    "variable": (f'{WEB}token_env = "ID_TOKEN"\n', f"{OF_BASE} the token in ID_TOKEN"),
    "github": (WEB, f"{OF_BASE} a token of GitHub Actions"),
    "audience": (f'{WEB}audience = "corp"\n', f"{OF_BASE} a token of GitHub Actions for corp"),
    "saml": (
        f'kind = "aws/saml"\nrole_arn = "{BASE}"\nprincipal_arn = "{PRINCIPAL}"\nsaml_process = "assert {SECRET}"\n',
        f"sts AssumeRoleWithSAML of {BASE}, with an assertion from the program assert with 1 argument",
    ),
    "asked": (ROLE, f"sts AssumeRole of {BASE}, with a code of {SERIAL}"),
    "printed": (
        f'{ROLE}mfa_process = "code {SECRET}"\n',
        f"sts AssumeRole of {BASE}, with a code of {SERIAL} from the program code with 1 argument",
    ),
}


@pytest.fixture(autouse=True)
def kinds(world: World) -> None:
    """Give an identity of every kind, an SSO session, and a user over a device."""
    with_sso(world)
    user = f'[identities.ada]\nkind = "aws/user"\nprofile = "keys"\nmfa_serial = "{SERIAL}"\n'
    world.runner_toml(user + "".join(f"[identities.{name}]\n{entry}" for name, (entry, _) in ENTRIES.items()))
    world.aws_credentials(f"[keys]\n{world.aws.user('ada').ini()}")
    world.aws.mfa(SERIAL, *CODES)


@pytest.mark.parametrize("name", ENTRIES)
def test_what_acquiring_calls(run: RunIn, world: World, name: str) -> None:
    """The call, and where the token, assertion or code for it comes from; of a program nothing but its first word."""
    output = run("explain", name, program="runner").expect_status(0).expect_stderr("")

    output.expect_in_stdout(f"    {ENTRIES[name][1]}\n")
    assert SECRET not in output.text
    assert world.aws.calls() == []


def test_names_that_are_in_no_file(run: RunIn, world: World) -> None:
    """A role ARN over the environment or --via, a permission set by its parts, one more hop; nothing is asked."""
    arn = run("explain", BASE, program="runner").expect_status(0)
    by_parts = run("explain", "corp/222222222222/ReadOnly", program="runner").expect_status(0)
    options = ("-i", BASE, "--via", "sso", "--assume-role", DEEP, "--dry-run", "--", "true")
    dry = run(*options).expect_status(0)

    arn.expect_in_stdout("  credentials of the environment\n", f"    sts AssumeRole of {BASE}\n")
    by_parts.expect_in_stdout("    sso GetRoleCredentials in eu-west-1\n")
    dry.expect_in_stdout("permission set", f"    sts AssumeRole of {BASE}\n", f"    sts AssumeRole of {DEEP}\n")
    assert world.aws.calls() == []


def test_another_role_option_is_another_lease(run: RunIn, world: World) -> None:
    """A dry run finds the lease of the same options, and of no others."""
    world.aws.role(BASE)
    words = ("-i", BASE, "--via", "keys")
    run(*words, "--role-session-name", "ada", "--", "true").expect_status(0)

    same = run(*words, "--role-session-name", "ada", "--dry-run", "--", "true").expect_status(0)
    other = run(*words, "--role-session-name", "bob", "--dry-run", "--", "true").expect_status(0)

    same.expect_in_stdout("a fresh lease")
    other.expect_in_stdout("no lease")


def test_role_options_in_variables_are_for_a_run(run: RunIn, world: World) -> None:
    """They are no problem of the configuration, and do not keep anybody from logging in."""
    env = {"RUN_ASSUME_ROLE": DEEP, "RUN_VIA": "keys", "RUN_ROLE_SESSION_NAME": "ada", "RUN_DURATION": "1h"}

    run("config", "check", program="runner", env=env).expect_status(0).expect_in_stdout("nothing is wrong")
    run("login", "keys", program="runner", env=env).expect_status(0).expect_in_stdout("needs no login")


def test_a_login_for_a_name_that_is_in_no_file(run: RunIn, fails: Fails, world: World) -> None:
    """What a run names logs in: the permission set by its parts, or what a role ARN is assumed by."""
    for file in cache(world).iterdir():
        file.unlink()
    world.aws.role(BASE)
    name = "corp/222222222222/ReadOnly"
    with_browser = Browser(world).env

    fails("-i", BASE, "--via", "sso", slug="login-required", status=77, contains=["try:   runner login sso"])
    fails("-i", name, slug="login-required", status=77, contains=[f"try:   runner login {name}"])
    run("login", name, program="runner", env=with_browser).expect_status(0).expect_in_stdout("logged in to")
    run("-i", BASE, "--via", "sso", "--", "true").expect_status(0)


def test_role_parameters_beside_a_code(run: RunIn, world: World) -> None:
    """A role that wants a code gets it with everything else, in one call."""
    world.aws.role(BASE)
    world.program("print-code", f"echo {CODES[0]}")
    entry = f'kind = "aws/assume-role"\nvia = "keys"\nrole_arn = "{BASE}"\nmfa_serial = "{SERIAL}"\n'
    world.runner_toml(f'[identities.role]\n{entry}mfa_process = "print-code"\nsource_identity = "ada"\n')

    run("-i", "role", "--session-tag", "team=ops", "--", "true").expect_status(0)

    [call] = world.aws.calls("AssumeRole")
    asked = {"SerialNumber": SERIAL, "TokenCode": CODES[0], "SourceIdentity": "ada", "Tags.member.1.Key": "team"}
    assert asked.items() <= call.parameters.items()


def test_a_role_over_a_users_session_is_chained(fails: Fails, world: World) -> None:
    """It lasts an hour at most, which is said before a code is asked for; the user's own session may last longer."""
    world.runner_toml(
        f'[identities.ada]\nkind = "aws/user"\nprofile = "keys"\nduration = "36h"\nmfa_serial = "{SERIAL}"\n'
        f'[identities.role]\nkind = "aws/assume-role"\nvia = "ada"\nrole_arn = "{BASE}"\nduration = "2h"\n'
    )

    fails(
        "-i", "role", slug="duration-too-long", status=78, contains=["role chaining", "at most 1h", "try:   $EDITOR "]
    )
    fails("-i", "ada", "--session-tag", "a=b", slug="conflicting-options", status=64, contains=["for a role"])
    assert world.aws.calls() == []
