"""Every kind of identity: a boto3 child and the AWS CLI act as it."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.programs import AWS_CLI, BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
DEEP = "arn:aws:iam::333333333333:role/team/Deep"

AWS_CONFIG = f"""
    [profile keys]
    region = eu-west-1
    [profile role]
    role_arn = {BASE}
    source_profile = keys
    [profile deep]
    role_arn = {DEEP}
    source_profile = role
    [profile helper]
    credential_process = print-keys
    [profile helper-role]
    role_arn = {BASE}
    source_profile = helper
    [profile from-environment]
    role_arn = {BASE}
    credential_source = Environment
    [profile web]
    role_arn = {DEEP}
    web_identity_token_file = token
    """
RUNNER_TOML = f"""
    [identities.from-profile]
    kind = "aws/profile"
    profile = "role"
    region = "ap-south-1"

    [identities.from-helper]
    kind = "aws/credentials"
    credential_process = "print-keys"
    region = "us-west-2"

    [identities.profile-role]
    kind = "aws/assume-role"
    via = "keys"
    role_arn = "{BASE}"

    [identities.profile-profile-role]
    kind = "aws/assume-role"
    via = "from-profile"
    role_arn = "{DEEP}"
    account = "333333333333"

    [identities.helper-role]
    kind = "aws/assume-role"
    via = "from-helper"
    role_arn = "{BASE}"
    external_id = "ticket-7"

    [identities.helper-role-role]
    kind = "aws/assume-role"
    via = "helper-role"
    role_arn = "{DEEP}"
    role_session_name = "deployer"
    """


@pytest.fixture
def identities(world: World, aws: FakeAws) -> AccessKey:
    """Give a world with an identity of every kind, and two roles to assume."""
    key = aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    world.aws_config(AWS_CONFIG)
    world.runner_toml(RUNNER_TOML)
    (world.cwd / "token").write_text(aws.web_identity_token())
    helper = aws.user("helper").process_json()
    world.program("print-keys", f"cat <<'END'\n{helper}\nEND\n")
    aws.role(BASE)
    aws.role(DEEP)
    return key


NAMES = [
    ("keys", "arn:aws:iam::111111111111:user/dev"),
    ("role", "arn:aws:sts::222222222222:assumed-role/Base/"),
    ("deep", "arn:aws:sts::333333333333:assumed-role/Deep/"),
    ("helper", "arn:aws:iam::111111111111:user/helper"),
    ("web", "arn:aws:sts::333333333333:assumed-role/Deep/"),
    ("from-profile", "arn:aws:sts::222222222222:assumed-role/Base/"),
    ("from-helper", "arn:aws:iam::111111111111:user/helper"),
    ("profile-role", "arn:aws:sts::222222222222:assumed-role/Base/"),
    ("profile-profile-role", "arn:aws:sts::333333333333:assumed-role/Deep/"),
    ("helper-role", "arn:aws:sts::222222222222:assumed-role/Base/"),
    ("helper-role-role", "arn:aws:sts::333333333333:assumed-role/Deep/deployer"),
]


@pytest.mark.parametrize(("name", "arn"), NAMES, ids=[name for name, _ in NAMES])
@pytest.mark.usefixtures("identities")
def test_a_boto3_child_acts_as_the_identity(run: RunIn, name: str, arn: str) -> None:
    """The child's default chain finds the identity, and nothing but a credential_process."""
    child = run("-i", name, "--", BOTO_PROBE).expect_status(0).expect_stderr("").json()

    assert child["arn"].startswith(arn)
    assert child["method"] == "custom-process"


@pytest.mark.parametrize(("name", "arn"), NAMES, ids=[name for name, _ in NAMES])
@pytest.mark.usefixtures("identities")
def test_the_aws_cli_acts_as_the_identity(run: RunIn, name: str, arn: str) -> None:
    """The AWS CLI, started as a child, is the identity too."""
    answer = (
        run("-i", name, "--region", "eu-west-1", "--", AWS_CLI, "sts", "get-caller-identity").expect_status(0).json()
    )

    assert answer["Arn"].startswith(arn)


@pytest.mark.usefixtures("identities")
def test_a_role_with_the_callers_environment_as_source(run: RunIn, aws: FakeAws) -> None:
    """credential_source = Environment takes the keys `run` was given; the child does not see them."""
    caller = aws.user("caller")
    keys = {"AWS_ACCESS_KEY_ID": caller.access_key_id, "AWS_SECRET_ACCESS_KEY": caller.secret_access_key}

    child = run("-i", "from-environment", "--", BOTO_PROBE, env=keys).expect_status(0).json()

    assert child["arn"].startswith("arn:aws:sts::222222222222:assumed-role/Base/")
    assert aws.calls("AssumeRole")[0].access_key_id == caller.access_key_id


def test_a_role_with_a_container_or_an_instance_as_source(run: RunIn, world: World, aws: FakeAws) -> None:
    """credential_source = EcsContainer and Ec2InstanceMetadata go through botocore's own providers."""
    aws.role(BASE)
    aws.role(DEEP)
    world.aws_config(
        f"""
        [profile container]
        role_arn = {BASE}
        credential_source = EcsContainer
        [profile instance]
        role_arn = {BASE}
        credential_source = Ec2InstanceMetadata
        [profile nothing]
        region = eu-west-1
        """
    )
    container, instance = aws.container(DEEP), aws.instance(DEEP)

    for name, variables in (("container", container), ("instance", instance)):
        child = run("-i", name, "--", BOTO_PROBE, env=variables).expect_status(0).json()
        assert child["arn"].startswith("arn:aws:sts::222222222222:assumed-role/Base/")
    child = run("-i", "nothing", "--", BOTO_PROBE, env=container).expect_status(0).json()
    assert child["arn"].startswith("arn:aws:sts::333333333333:assumed-role/Deep/")


@pytest.mark.usefixtures("identities")
def test_options_and_variables_reach_sts_and_the_child(run: RunIn, aws: FakeAws) -> None:
    """--duration is for the last role, --region and RUN_REGION are the child's, RUN_IDENTITY names the identity."""
    env = {"RUN_IDENTITY": "deep", "RUN_REGION": "eu-north-1", "RUN_DURATION": "30m", "RUN_ACCOUNT": "333333333333"}

    run("--", sys.executable, "-c", "import os; print(os.environ['AWS_REGION'])", env=env).expect_stdout("eu-north-1\n")
    run("--region", "eu-south-1", "--duration", "900", "printenv", "AWS_DEFAULT_REGION", env=env).expect_stdout(
        "eu-south-1\n"
    )

    durations = [call.parameters.get("DurationSeconds") for call in aws.calls("AssumeRole")]
    assert durations == [None, "1800", None, "900"]


@pytest.mark.usefixtures("identities")
def test_the_region_is_inherited_along_via(run: RunIn) -> None:
    """An identity without a region has that of the nearest source that has one; without any, the child gets none."""
    run("-i", "helper-role-role", "printenv", "AWS_REGION").expect_stdout("us-west-2\n")
    run("-i", "role", "printenv", "AWS_REGION").expect_status(1)
    run("-i", "role", "printenv", "AWS_REGION", env={"AWS_DEFAULT_REGION": "sa-east-1"}).expect_stdout("sa-east-1\n")


@pytest.mark.usefixtures("identities")
def test_a_role_is_asked_for_once_and_not_asked_who_it_is(run: RunIn, aws: FakeAws) -> None:
    """AssumeRole's own answer is the validation: two roles are two calls."""
    run("-i", "deep", "--", "true").expect_status(0)

    assert [call.operation for call in aws.calls()] == ["AssumeRole", "AssumeRole"]


@pytest.mark.usefixtures("identities")
def test_a_run_inside_a_run_resolves_from_the_users_own_files(run: RunIn) -> None:
    """The inner run is its own identity; without one it is the outer one's again."""
    inner = run("-i", "keys", "--", "run", "-i", "deep", "--", BOTO_PROBE).expect_status(0).json()
    again = run("-i", "deep", "--", "run", "--", BOTO_PROBE).expect_status(0).json()

    assert inner["arn"].startswith("arn:aws:sts::333333333333:assumed-role/Deep/")
    assert again["arn"].startswith("arn:aws:sts::333333333333:assumed-role/Deep/")


def test_config_is_the_only_file_read_when_named(run: RunIn, world: World, aws: FakeAws) -> None:
    """--config FILE and RUN_CONFIG name the one runner.toml; an inner run finds it again."""
    key = aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    named = world.runner_toml('[identities.named]\nkind = "aws/profile"\nprofile = "keys"\n', world.cwd / "other.toml")
    world.runner_toml('[identities.user]\nkind = "aws/profile"\nprofile = "keys"\n')

    run("-c", str(named), "-i", "named", "--", "run", "--", "true").expect_status(0)
    run("-i", "named", "--", "true", env={"RUN_CONFIG": str(named)}).expect_status(0)
    run("-c", str(named), "-i", "user", "--", "true").expect_failure("unknown-identity", 78, identity="user")


def test_the_profiles_behaviour_is_carried_over_and_its_credentials_are_not(
    run: RunIn, world: World, aws: FakeAws
) -> None:
    """Output, S3 settings and services go into the private profile; keys, role_arn and unknown keys do not."""
    key = aws.user("dev")
    world.aws_config(
        f"""
        [profile keys]
        {key.ini().strip().splitlines()[0]}
        {key.ini().strip().splitlines()[1]}
        output = table
        services = local
        corporate_secret = {key.secret_access_key}
        s3 =
          addressing_style = path
        [services local]
        dynamodb =
          endpoint_url = http://localhost:8000
        """
    )
    body = (
        "import botocore.session, json, os; s = botocore.session.Session();"
        "print(json.dumps([s.get_scoped_config(), s.full_config['services'],"
        " [oct(os.stat(os.environ['RUN_DIR'] + n).st_mode)"
        " for n in ('', '/config', '/credentials', '/credentials.json')]]))"
    )

    profile, services, modes = run("-i", "keys", "--", sys.executable, "-c", body).expect_status(0).json()

    assert profile.pop("credential_process").startswith("/bin/cat /")
    assert profile == {"output": "table", "services": "local", "s3": {"addressing_style": "path"}}
    assert services == {"local": {"dynamodb": {"endpoint_url": "http://localhost:8000"}}}
    assert modes == ["0o40700", "0o100600", "0o100600", "0o100600"]


def test_the_expiration_is_there_and_early(run: RunIn, world: World, aws: FakeAws) -> None:
    """Credentials that end are said to end two minutes early, or a tenth of their life; keys get twelve hours."""
    for name, lifetime_s, early_s in (("hour", 3600, 120), ("short", 900, 90)):
        role = aws.role_session(BASE, lifetime_s=lifetime_s)
        world.program(f"print-{name}", f"cat <<'END'\n{role.process_json()}\nEND\n")
        world.aws_config(f"[profile {name}]\ncredential_process = print-{name}\n")
        written = json.loads(
            run("-i", name, "--", "sh", "-c", "cat $RUN_DIR/credentials.json").may_print_secrets().text
        )
        ends_at = datetime.fromisoformat(written["Expiration"]).timestamp()
        assert role.expires_at is not None
        assert abs(role.expires_at - early_s - ends_at) < 10
        assert written["AccountId"] == "222222222222"
