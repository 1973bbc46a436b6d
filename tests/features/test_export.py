"""`runner export`: identities as a credential_process, and in the formats of `aws configure export-credentials`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from tests.harness.aws import FakeAws
from tests.harness.output import Output
from tests.harness.programs import BOTO_PROBE, RUNNER
from tests.harness.run import RunIn
from tests.harness.world import World

ROLE = "arn:aws:iam::222222222222:role/PowerUser"
KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION")
SHELLS = {
    "env": ["sh", "-c", '. "$0"; env'],
    "fish": ["fish", "--no-config", "-c", 'source "$argv[1]"; env'],
}


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a role over keys."""
    aws.role(ROLE)
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {ROLE}\nsource_profile = keys\n")


def export(run: RunIn, *words: str, **more: str) -> Output:
    """Export credentials; that they are on stdout is what was asked for."""
    output = run.start("export", *words, program="runner", env=dict(more)).finish()
    output.secrets_allowed = True
    return output


def test_it_is_a_credential_process(run: RunIn, aws: FakeAws) -> None:
    """The JSON of one, of a role session; a second call asks AWS nothing and says the same."""
    first = export(run, "role", "--format", "process")
    asked = len(aws.calls())

    second = export(run, "role")

    said = first.expect_status(0).expect_stderr("").json()
    assert (said["Version"], said["AccountId"]) == (1, "222222222222")
    assert said.keys() >= set(KEYS)
    assert second.expect_status(0).expect_stderr("").stdout == first.stdout
    assert len(aws.calls()) == asked


def test_an_sdk_asks_it(run: RunIn, world: World) -> None:
    """A profile whose credential_process is `runner export` of another one works in boto3, without run in front."""
    world.aws_config(
        f"[profile role]\nrole_arn = {ROLE}\nsource_profile = keys\n"
        f"[profile outside]\ncredential_process = {RUNNER} export role\n"
    )

    seen = run.start("outside", program=BOTO_PROBE).finish().expect_status(0).json()

    assert seen["arn"].startswith("arn:aws:sts::222222222222:assumed-role/PowerUser/")
    assert seen["method"] == "custom-process"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_reads_it(run: RunIn, world: World, shell: str) -> None:
    """What the shell has set after reading it is what the JSON says."""
    if shutil.which(SHELLS[shell][0]) is None:
        pytest.skip(f"no {SHELLS[shell][0]} here")
    said = export(run, "role").json()
    file = world.root / "exported"
    file.write_bytes(export(run, "role", "--format", shell).expect_status(0).stdout)

    read = subprocess.run(
        [*SHELLS[shell], str(file)], env={"PATH": os.environ["PATH"]}, capture_output=True, check=True
    )

    variables = dict(line.partition("=")[::2] for line in read.stdout.decode().splitlines())
    assert [variables[name] for name in NAMES] == [said[key] for key in KEYS]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("env", "export {}={}"),
        ("env-no-export", "{}={}"),
        ("fish", "set -gx {} '{}'"),
        ("powershell", "$Env:{}='{}'"),
        ("windows-cmd", "set {}={}"),
    ],
)
def test_every_format(run: RunIn, form: str, line: str) -> None:
    """Four variables in the order of the AWS CLI, a line each."""
    said = export(run, "role").json()

    output = export(run, "role", f"--format={form}")

    expected = [line.format(name, said[key]) for name, key in zip(NAMES, KEYS, strict=True)]
    assert output.expect_status(0).text == "".join(f"{each}\n" for each in expected)


@pytest.mark.parametrize(
    ("words", "slug", "status"),
    [
        (["nobody"], "unknown-identity", 78),
        (["role", "--account", "333333333333"], "wrong-account", 77),
        (["role", "--format", "xml"], "usage", 64),
        (["role", "other"], "usage", 64),
        (["role", "--timeout", "1s"], "usage", 64),
        ([], "usage", 64),
    ],
)
def test_what_it_refuses(run: RunIn, words: list[str], slug: str, status: int) -> None:
    """The four lines, nothing on stdout, and as one JSON line when that is asked for."""
    export(run, *words).expect_stdout("").expect_failure(slug, status)

    said = export(run, *words, "--error-format", "json").expect_status(status).expect_stdout("")

    assert json.loads(said.stderr)["error"]["slug"] == slug


def test_a_profile_that_exports_itself(run: RunIn, world: World) -> None:
    """Its credential_process is `runner export` of itself: a named error at once, and no fork bomb."""
    world.aws_config(f"[profile self]\ncredential_process = {RUNNER} export self\n")

    output = export(run, "self")

    output.expect_status(77).expect_stdout("")
    assert "[identity-loop]" in output.error_text
    assert "self > self" in output.error_text


def test_inside_a_run_it_is_of_the_users_own_profiles(run: RunIn) -> None:
    """Not of the private files that the outer run has made."""
    output = run("-i", "keys", "--", RUNNER, "export", "role")

    output.secrets_allowed = True
    assert output.expect_status(0).json()["AccountId"] == "222222222222"


def test_a_reader_that_has_gone_is_no_failure(run: RunIn, world: World) -> None:
    """As `cat` would end: by SIGPIPE, without a word."""
    export(run, "role").expect_status(0)
    script = f"{RUNNER} export role | true; echo ${{PIPESTATUS[0]}}"
    for _ in range(5):
        done = subprocess.run(["bash", "-c", script], env=world.environ, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        assert done.stdout in ("0\n", "141\n")
