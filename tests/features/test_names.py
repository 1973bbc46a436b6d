"""Names that are in no file: role ARNs, with --via or without, and SSO_SESSION/ACCOUNT/PERMISSION_SET."""

from __future__ import annotations

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
DEEP = "arn:aws:iam::333333333333:role/team/Deep"
SSO = "\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
AS_BASE = "arn:aws:sts::222222222222:assumed-role/Base/"
AS_DEEP = "arn:aws:sts::333333333333:assumed-role/Deep/"


@pytest.fixture(autouse=True)
def roles(world: World, aws: FakeAws, dev: AccessKey) -> None:
    """Give a world two roles and an SSO session that somebody is logged in to."""
    aws.role(BASE)
    aws.role(DEEP)
    path = world.home / ".aws" / "config"
    path.write_text(path.read_text() + SSO)
    world.sso_login(aws.sso_token())
    aws.permission_set("222222222222", "ReadOnly")


def arn_of(run: RunIn, *words: str, env: dict[str, str] | None = None) -> str:
    """Return as whom a boto3 child acts."""
    child = run(*words, "--", BOTO_PROBE, env=env).expect_status(0).expect_stderr("").json()
    return str(child["arn"])


def test_a_role_arn_via_an_identity(run: RunIn, world: World, aws: FakeAws) -> None:
    """A profile, an identity of runner.toml, a permission set or another ARN; RUN_VIA is --via."""
    world.runner_toml('[identities.mine]\nkind = "aws/profile"\nprofile = "dev"\n')

    for via in ("dev", "mine", "corp/222222222222/ReadOnly"):
        assert arn_of(run, "-i", DEEP, "--via", via).startswith(AS_DEEP)
    assert arn_of(run, env={"RUN_IDENTITY": DEEP, "RUN_VIA": "dev"}).startswith(AS_DEEP)
    assert arn_of(run, "-i", DEEP, "--via", BASE, env=aws.user("ci").environ()).startswith(AS_DEEP)


def test_a_role_arn_from_the_environments_own_credentials(run: RunIn, aws: FakeAws) -> None:
    """Keys or a container; each caller has a lease of his own."""
    one, two = aws.user("one"), aws.user("two")

    for key in (one, two, one):
        assert arn_of(run, "-i", BASE, env=key.environ()).startswith(AS_BASE)
    assert arn_of(run, "-i", BASE, env=aws.container(DEEP)).startswith(AS_BASE)

    callers = [call.access_key_id for call in aws.calls("AssumeRole")]
    assert callers[:2] == [one.access_key_id, two.access_key_id]


@pytest.mark.parametrize("mode", ["process", "file"])
def test_a_role_arn_inside_a_run_is_assumed_from_the_outer_identity(run: RunIn, aws: FakeAws, mode: str) -> None:
    """The keys it is signed with are those that the outer run gave."""
    outer = ("-i", BASE, "--via", "dev", "--inject", mode, "--")

    child = run(*outer, "run", "-i", DEEP, "--", BOTO_PROBE).expect_status(0).expect_stderr("").json()

    assert child["arn"].startswith(AS_DEEP)
    by_dev, by_base = (aws.keys.find(call.access_key_id) for call in aws.calls("AssumeRole"))
    assert by_dev is not None
    assert by_base is not None
    assert by_dev.principal.arn.endswith("user/dev")
    assert by_base.principal.role_arn == BASE


def test_one_more_hop_behind_any_identity(run: RunIn, world: World, aws: FakeAws) -> None:
    """--assume-role: behind keys, a role, an ARN, a permission set; the guard and the region are for the last."""
    world.runner_toml(
        f'[identities.mine]\nkind = "aws/assume-role"\nvia = "dev"\nrole_arn = "{BASE}"\naccount = "222222222222"\n'
    )

    for name in ("dev", "mine", "corp/222222222222/ReadOnly"):
        assert arn_of(run, "-i", name, "--assume-role", DEEP, "--account", "333333333333").startswith(AS_DEEP)
    assert arn_of(run, "-i", BASE, "--via", "dev", env={"RUN_ASSUME_ROLE": DEEP}).startswith(AS_DEEP)
    run("-i", "mine", "--assume-role", DEEP, "--", "printenv", "AWS_REGION").expect_stdout("eu-west-1\n")


def test_an_ad_hoc_permission_set(run: RunIn) -> None:
    """Of a session that is configured; no profile is needed."""
    arn = arn_of(run, "-i", "corp/222222222222/ReadOnly", "--region", "eu-west-1")

    assert arn.startswith("arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnly_")


def test_a_name_of_a_file_comes_first(run: RunIn, world: World) -> None:
    """An identity or a profile may be called as these names are."""
    world.runner_toml(f'[identities."{DEEP}"]\nkind = "aws/profile"\nprofile = "dev"\n')

    assert arn_of(run, "-i", DEEP).endswith("user/dev")


def test_names_that_mean_nothing(fails: Fails) -> None:
    """Near names, the form that is meant, and what is configured."""
    unknown = {
        "arn:aws:iam::222222222222:user/ada": ["is an identity when it is a role's", "role/NAME"],
        "arn:aws:s3:::bucket": ["role/NAME"],
        "crop/222222222222/ReadOnly": ["near: corp/222222222222/ReadOnly", 'no sso-session "crop"'],
        "corp/2222/ReadOnly": ["looked in"],
        "a/b": ["looked in"],
    }
    for name, contains in unknown.items():
        fails("-i", name, slug="unknown-identity", status=78, identity=name, contains=contains)


def test_a_via_that_means_nothing(fails: Fails) -> None:
    """Unknown, or beside an identity that has a source of its own."""
    fails("-i", DEEP, "--via", "dec", slug="unknown-identity", status=78, identity="dec", remedy="run --via dev")
    fails("-i", "dev", "--via", "dev", slug="conflicting-options", status=64, contains=["--via", '"dev"'])
    env = {"RUN_VIA": "dev"}
    fails("-i", "corp/222222222222/ReadOnly", slug="conflicting-options", status=64, contains=["RUN_VIA"], env=env)
    fails("-i", DEEP, "--via", DEEP, slug="identity-loop", status=78, contains=[f"{DEEP} > {DEEP}"])


def test_an_arn_in_an_environment_without_credentials(fails: Fails) -> None:
    """What would help is offered."""
    fails("-i", DEEP, slug="no-credentials", status=77, contains=["the environment"], remedy="--via NAME")


def test_a_permission_set_nobody_is_logged_in_for(fails: Fails, world: World) -> None:
    """As for any other of this session."""
    for file in (world.home / ".aws" / "sso" / "cache").iterdir():
        file.unlink()

    fails("-i", "corp/222222222222/ReadOnly", slug="login-required", status=77, remedy="--sso-session corp")
