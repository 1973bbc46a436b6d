"""Web identity, SAML and the environment as identities: each alone, and as the base of a chain of two roles."""

from __future__ import annotations

import pytest

from tests.harness.aws import FakeAws
from tests.harness.fails import Fails
from tests.harness.fake.saml import PRINCIPAL
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

FIRST = "arn:aws:iam::111111111111:role/First"
SECOND = "arn:aws:iam::222222222222:role/Second"
THIRD = "arn:aws:iam::333333333333:role/Third"
WEB = f'kind = "aws/web-identity"\nrole_arn = "{FIRST}"\n'
SAML = f'kind = "aws/saml"\nrole_arn = "{FIRST}"\nprincipal_arn = "{PRINCIPAL}"\nsaml_process = "print-assertion"\n'
HERE = 'kind = "aws/environment"\n'
BASES = {
    "token_file": f'{WEB}token_file = "token"\n',
    "token_process": f'{WEB}token_process = "print-token"\n',
    "token_env": f'{WEB}token_env = "AN_ID_TOKEN"\n',
    "github": WEB,
    "saml": SAML,
    "keys": HERE,
    "web identity": HERE,
    "container": HERE,
    "instance": HERE,
}


def with_base(world: World, base: str) -> dict[str, str]:
    """Give a world the identity `base`, and `top` two roles above it; return the variables it needs."""
    aws = world.aws
    for arn in (FIRST, SECOND, THIRD):
        aws.role(arn)
    world.runner_toml(
        f"[identities.base]\n{BASES[base]}"
        f'[identities.middle]\nkind = "aws/assume-role"\nvia = "base"\nrole_arn = "{SECOND}"\n'
        f'[identities.top]\nkind = "aws/assume-role"\nvia = "middle"\nrole_arn = "{THIRD}"\n'
    )
    token = aws.web_identity_token()
    (world.cwd / "token").write_text(token)
    world.program("print-token", f"echo {token}\n")
    world.program("print-assertion", f"echo {aws.saml_assertion()} | fold -w 76\n")
    variables = {
        "token_env": {"AN_ID_TOKEN": token},
        "github": aws.actions_job(),
        "keys": aws.role_session(FIRST).environ(),
        "web identity": {"AWS_WEB_IDENTITY_TOKEN_FILE": str(world.cwd / "token"), "AWS_ROLE_ARN": FIRST},
        "container": aws.container(FIRST) if base == "container" else {},
        "instance": aws.instance(FIRST) if base == "instance" else {},
    }
    return variables.get(base, {})


@pytest.mark.parametrize("base", BASES)
def test_a_boto3_child_acts_as_the_identity_and_as_roles_above_it(run: RunIn, world: World, base: str) -> None:
    """Alone, and two hops further."""
    env = with_base(world, base)

    alone = run("-i", "base", "--", BOTO_PROBE, env=env).expect_status(0).expect_stderr("").json()
    above = run("-i", "top", "--", BOTO_PROBE, env=env).expect_status(0).expect_stderr("").json()

    assert alone["arn"].startswith("arn:aws:sts::111111111111:assumed-role/First/")
    assert above["arn"].startswith("arn:aws:sts::333333333333:assumed-role/Third/")
    assert {alone["method"], above["method"]} == {"custom-process"}


@pytest.mark.parametrize("base", BASES)
def test_a_second_run_uses_the_lease_of_the_first(run: RunIn, world: World, aws: FakeAws, base: str) -> None:
    """What it was made from is as it was: AWS is asked nothing."""
    env = with_base(world, base)

    run("-i", "base", "--", "true", env=env).expect_status(0)
    asked = len(aws.calls())
    run("-i", "base", "--", "true", env=env).expect_status(0)

    assert len(aws.calls()) == asked


@pytest.mark.parametrize("base", BASES)
def test_a_run_inside_a_run_is_the_identity_again(run: RunIn, world: World, base: str) -> None:
    """Also when it began in an environment that the command does not see any more."""
    env = with_base(world, base)

    for name, arn in (("base", "111111111111:assumed-role/First/"), ("top", "333333333333:assumed-role/Third/")):
        for mode in ("process", "file"):
            outer = ("-i", name, "--inject", mode, "--", "run", "--", BOTO_PROBE)
            child = run(*outer, env=env).expect_status(0).expect_stderr("").json()
            assert child["arn"].startswith(f"arn:aws:sts::{arn}")


def test_githubs_audience(run: RunIn, world: World, aws: FakeAws) -> None:
    """That of AWS, or the identity's own; the token is asked for anew each time, the job's bearer stays the child's."""
    env = with_base(world, "github")
    other = world.runner_toml(f'[identities.other]\n{WEB}audience = "else where"\n', world.cwd / "other.toml")

    child = run("-i", "base", "--", "printenv", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", env=env)
    child.may_print_secrets().expect_status(0)
    run("-c", str(other), "-i", "other", "--", "true", env=env).expect_failure("web-identity-invalid", 77)

    audiences = [call.parameters["audience"] for call in aws.calls("ActionsIdToken")]
    assert audiences == ["sts.amazonaws.com", "else where"]


def test_another_token_is_another_caller(run: RunIn, world: World, aws: FakeAws) -> None:
    """A variable, a job, a role of the environment: the lease of one is not used for the other."""
    env = with_base(world, "token_env")
    run("-i", "base", "--", "true", env=env).expect_status(0)
    run("-i", "base", "--", "true", env={"AN_ID_TOKEN": aws.web_identity_token("other")}).expect_status(0)

    env = with_base(world, "web identity")
    for role, account in ((FIRST, "111111111111"), (SECOND, "222222222222")):
        changed = {**env, "AWS_ROLE_ARN": role}
        run("-i", "base", "--", "printenv", "RUN_ACCOUNT_ID", env=changed).expect_stdout(f"{account}\n")

    assert len(aws.calls("AssumeRoleWithWebIdentity")) == 4


def test_no_token_to_be_had(fails: Fails, world: World) -> None:
    """What is missing is named, by kind; AWS is not asked."""
    with_base(world, "github")
    contains = ["ACTIONS_ID_TOKEN_REQUEST_URL", "token_file, token_process or token_env"]
    fails("-i", "top", slug="no-credentials", status=77, identity="top", contains=contains, remedy="id-token: write")

    with_base(world, "token_env")
    fails("-i", "base", slug="no-credentials", status=77, contains=["AN_ID_TOKEN"], remedy="printenv AN_ID_TOKEN")

    with_base(world, "token_process")
    for body, problem in (
        ("true", "printed nothing"),
        ("echo a b", "is not a token"),
        ("echo \u00e9\u00e9\u00e9", "not a token"),
    ):
        world.program("print-token", f"{body}\n")
        contains = [f"token_process printed {problem.removeprefix('printed ')}" if "nothing" in problem else problem]
        fails("-i", "base", slug="credential-process-invalid", status=78, contains=contains, remedy="print-token")

    assert world.aws.calls() == []


def test_github_refuses_or_is_not_there(fails: Fails, run: RunIn, world: World, aws: FakeAws) -> None:
    """A wrong bearer token, and an endpoint that gives errors."""
    env = with_base(world, "github")

    wrong = {**env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "CANARYTOKEN1"}
    fails("-i", "base", slug="web-identity-invalid", status=77, contains=["HTTP 401"], env=wrong)
    aws.fail("ActionsIdToken", "InternalError", 500, times=100)
    fails("-i", "base", slug="endpoint-unreachable", status=75, contains=["HTTP 500", aws.url], env=env)

    assert aws.calls("AssumeRoleWithWebIdentity") == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo '%%%'", "is not base64"),
        ("true", "was not printed"),
        ("echo bm90IHhtbA==", "is not base64 of a SAML response"),
        ("echo {foreign}", "is not accepted by AWS"),
        ("echo {ended}", "has ended"),
        ("echo {elsewhere}", "is not accepted by AWS"),
        ("head -c 150000 /dev/zero | base64 -w 0 | sed s,^....,PGE+,", "more than 100000"),
    ],
    ids=["no base64", "nothing", "no XML", "foreign", "ended", "another audience", "too long"],
)
def test_an_assertion_that_is_none(fails: Fails, world: World, aws: FakeAws, body: str, said: str) -> None:
    """What is wrong is said, with the program to look at; never the assertion."""
    with_base(world, "saml")
    values = {
        "foreign": aws.secrets.add("PHNhbWw+Zm9yZWlnbjwvc2FtbD4="),
        "ended": aws.saml_assertion(-60),
        "elsewhere": aws.saml_assertion(audience="https://elsewhere"),
    }
    for name, value in values.items():
        body = body.replace("{" + name + "}", value)
    world.program("print-assertion", f"{body}\n")

    fails("-i", "top", slug="saml-invalid", status=77, identity="top", contains=[said, FIRST], remedy="print-assertion")


def test_a_saml_role_that_is_not_trusted(fails: Fails, world: World, aws: FakeAws) -> None:
    """AWS does not let this provider's users be this role."""
    with_base(world, "saml")
    del aws.sts.roles[FIRST]

    fails("-i", "base", slug="role-not-assumable", status=77, contains=[PRINCIPAL, FIRST])


@pytest.mark.parametrize(("base", "key"), [("token_process", "token_process"), ("saml", "saml_process")])
def test_a_program_that_fails_is_named_by_its_key(fails: Fails, world: World, base: str, key: str) -> None:
    """Its status and its last words."""
    with_base(world, base)
    for name in ("print-token", "print-assertion"):
        world.program(name, "echo 'no ticket' >&2; exit 3\n")

    contains = [f"its {key} ended with status 3", "no ticket"]
    fails("-i", "base", slug="credential-process-failed", status=77, contains=contains)


@pytest.mark.parametrize("base", ["token_process", "saml"])
def test_a_program_that_runs_as_its_own_identity_is_a_loop(fails: Fails, world: World, base: str) -> None:
    """By its own name, or by one that is assumed from it; said at once, by the innermost."""
    with_base(world, base)

    for inner, loop in (("base", "base > base"), ("top", "base > base")):
        for name in ("print-token", "print-assertion"):
            world.program(name, f"exec run -i {inner} -- true\n")
        contains = [loop, "identity-loop"]
        fails("-i", "base", slug="credential-process-failed", status=77, identity="base", contains=contains)


def test_nothing_in_the_environment(fails: Fails, world: World) -> None:
    """All the places that were looked at hold nothing."""
    with_base(world, "keys")

    fails("-i", "base", slug="no-credentials", status=77, contains=["the environment"], remedy="AWS_")


def test_a_web_identity_of_the_environment_without_its_role(fails: Fails, world: World) -> None:
    """AWS_WEB_IDENTITY_TOKEN_FILE needs AWS_ROLE_ARN."""
    env = {**with_base(world, "web identity"), "AWS_ROLE_ARN": ""}

    fails("-i", "base", slug="invalid-config", status=78, contains=["AWS_ROLE_ARN"], env=env)
