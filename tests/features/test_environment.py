"""The child's environment: nothing of another identity, everything else, and what `run` sets."""

from __future__ import annotations

import json
import sys

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.programs import BOTO_PROBE, PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

ROLE = "arn:aws:iam::222222222222:role/Other"


@pytest.fixture
def dirty(world: World, aws: FakeAws) -> dict[str, str]:
    """Give the variables of somebody who acts as another identity, in every way there is; each of them would work."""
    other = aws.role_session(ROLE)
    aws.role(ROLE)
    token = world.cwd / "token"
    token.write_text(aws.web_identity_token())
    container = aws.container(ROLE)
    return {
        **other.environ(),
        "AWS_SECURITY_TOKEN": other.session_token,
        "AWS_CREDENTIAL_EXPIRATION": "2001-01-01T00:00:00Z",
        "AWS_PROFILE": "other",
        "AWS_DEFAULT_PROFILE": "other",
        "AWS_ROLE_ARN": ROLE,
        "AWS_ROLE_SESSION_NAME": "other",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        **container,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
        "AWS_BEARER_TOKEN_BEDROCK": aws.secrets.token(),
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_VAULT": "other",
        "AWS_ACCOUNT_ID": "222222222222",
    }


def test_a_dirty_environment_changes_nothing(run: RunIn, world: World, dev: AccessKey, dirty: dict[str, str]) -> None:
    """Keys, profile, role, web identity, container, bearer tokens of somebody else: boto3 acts as the identity."""
    assert len(dirty) >= 12
    world.aws_config(f"[profile dev]\nregion = eu-west-1\n[profile other]\nrole_arn = {ROLE}\nsource_profile = dev\n")

    child = run("-i", "dev", "--", BOTO_PROBE, env=dirty).expect_status(0).expect_stderr("").json()

    assert child == {
        "arn": "arn:aws:iam::111111111111:user/dev",
        "account": "111111111111",
        "access_key_id": dev.access_key_id,
        "method": "custom-process",
    }


@pytest.mark.usefixtures("dev")
def test_a_dirty_environment_is_a_clean_one_for_the_child(run: RunIn, dirty: dict[str, str]) -> None:
    """Name by name and value by value, but for the private directory of the run."""
    clean = run("-i", "dev", "--", PROBE, "env").may_print_secrets().json()
    scrubbed = run("-i", "dev", "--", PROBE, "env", env=dirty).may_print_secrets().json()

    directories = clean["RUN_DIR"], scrubbed["RUN_DIR"]
    assert json.dumps(scrubbed).replace(directories[1], directories[0]) == json.dumps(clean)


@pytest.mark.usefixtures("dev")
def test_without_a_scrub_it_would_be_somebody_else(run: RunIn, dirty: dict[str, str]) -> None:
    """The same child without `run` is the other one: the variables are good."""
    keys_first = {**dirty, "AWS_PROFILE": None, "AWS_DEFAULT_PROFILE": None, "AWS_CREDENTIAL_EXPIRATION": None}

    child = run(program=BOTO_PROBE, env=keys_first).expect_status(0).json()

    assert child["arn"].startswith("arn:aws:sts::222222222222:assumed-role/Other/")


@pytest.mark.usefixtures("dev")
def test_what_is_about_no_credentials_passes(run: RunIn) -> None:
    """Names that no SDK reads, settings of behaviour, and everything that is not AWS's."""
    kept = {
        "AWS_STORAGE_BUCKET_NAME": "pictures",
        "AWS_PAGER": "",
        "AWS_MAX_ATTEMPTS": "7",
        "AWS_CLI_AUTO_PROMPT": "on",
        "MY_SECRET_KEY": "mine",
        "KUBECONFIG": "/k",
        "PYTHONPATH": "",
        "EMPTY": "",
        "LINES_OF": "a\nb=c\n",
        "lower.case-name": "x",
    }

    child = run("-i", "dev", "--", PROBE, "env", env=kept).json()

    assert {name: child.get(name) for name in kept} == kept


def test_what_is_set(run: RunIn, world: World, dev: AccessKey) -> None:
    """Exactly these, whatever was there before; the profile has the identity's name, its region is the child's."""
    child = run("-i", "dev", "--", PROBE, "env").json()

    directory = child["RUN_DIR"]
    assert directory.startswith(f"{world.runtime}/runner/runs/")
    added = {name: value for name, value in child.items() if world.environ.get(name) != value}
    added.pop("LC_CTYPE", None)  # the probe's own Python sets it
    assert added == {
        "AWS_CONFIG_FILE": f"{directory}/config",
        "AWS_SHARED_CREDENTIALS_FILE": f"{directory}/credentials",
        "AWS_PROFILE": "dev",
        "AWS_DEFAULT_PROFILE": "dev",
        "AWS_SDK_LOAD_CONFIG": "1",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_METADATA_ENDPOINT": "http://127.0.0.1:9",
        "RUN_IDENTITY": "dev",
        "RUN_ACCOUNT_ID": "111111111111",
        "RUN_DIR": directory,
    }
    assert set(world.environ) - set(child) == {"AWS_EC2_METADATA_SERVICE_ENDPOINT"}


def test_a_name_with_other_characters(run: RunIn, world: World, aws: FakeAws) -> None:
    """RUN_IDENTITY is the name as it is; the profile's has `-` for what some SDK could not read, and works."""
    key = aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    world.runner_toml('[identities."prod (eu) ü"]\nkind = "aws/profile"\nprofile = "keys"\n')

    child = run("-i", "prod (eu) ü", "--", PROBE, "env").json()
    probe = run("-i", "prod (eu) ü", "--", BOTO_PROBE, "prod--eu---").expect_status(0).json()

    assert (child["RUN_IDENTITY"], child["AWS_PROFILE"]) == ("prod (eu) ü", "prod--eu---")
    assert probe["access_key_id"] == key.access_key_id


@pytest.mark.usefixtures("dev")
def test_another_profile_does_not_exist_for_the_child(run: RunIn, world: World, aws: FakeAws) -> None:
    """--profile OTHER fails in the child: it has its identity and nothing else."""
    world.aws_credentials(f"[dev]\n{aws.user('dev').ini()}[other]\n{aws.user('other').ini()}")

    run("-i", "dev", "--", BOTO_PROBE, "other").expect_status(1).expect_in_stderr("ProfileNotFound")


def test_verbose_names_what_was_removed_and_shows_no_value(
    run: RunIn, aws: FakeAws, dev: AccessKey, dirty: dict[str, str]
) -> None:
    """-v says who the command acts as, what is set, and each variable removed with the reason; no value."""
    env = {**dirty, "AWS_MY_TOKEN": aws.secrets.token(), "AWS_STORAGE_BUCKET_NAME": "pictures"}

    output = run("-i", "dev", "-v", "--", "true", env=env).expect_status(0).expect_no_canaries(aws)

    lines = output.error_text.splitlines()
    removed = {line.split(" ")[2] for line in lines if line.startswith("run: removed: ")}
    set_here = set(next(line for line in lines if line.startswith("run: set: ")).split(" ")[2:])
    assert removed == {*env, "AWS_EC2_METADATA_SERVICE_ENDPOINT"} - set_here - {"AWS_STORAGE_BUCKET_NAME"}
    assert all(line.endswith(")") for line in lines if line.startswith("run: removed: "))
    output.expect_in_stderr(
        "run: acting as arn:aws:iam::111111111111:user/dev until 20",
        "run: chain: keys of profile dev",
        "run: removed: AWS_MY_TOKEN (TOKEN in its name: a token)",
    )
    for value in (ROLE, "2001-01-01", dev.secret_access_key, dirty["AWS_ACCESS_KEY_ID"]):
        assert value not in output.error_text


@pytest.mark.usefixtures("dev")
def test_quiet_is_stronger_than_verbose(run: RunIn) -> None:
    """-q writes failures only."""
    run("-i", "dev", "-v", "-q", "--", "true").expect_status(0).expect_stderr("")


@pytest.mark.usefixtures("dev")
def test_bytes_that_are_not_utf_8_pass(run: RunIn) -> None:
    """In names and values of variables, under any locale."""
    show = "import os; print(os.environb[b'B\\xff'] == b'\\xfe', os.environb.get(b'LC_CTYPE'))"
    env = {"B\udcff": "\udcfe"}

    run("-i", "dev", "--", sys.executable, "-SIc", show, env=env).expect_stdout("True None\n")
    run("-i", "dev", "--", "printenv", "LC_CTYPE", env={"LANG": "C"}).expect_status(1)
    run("-i", "dev", "--", "printenv", "LC_CTYPE", env={"LANG": "C", "LC_CTYPE": "C"}).expect_stdout("C\n")
