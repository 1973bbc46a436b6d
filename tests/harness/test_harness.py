"""The harness notices what it is there to notice."""

from __future__ import annotations

import os
import signal

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.eventually import eventually
from tests.harness.programs import BOTO_PROBE, PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

FAILURE = """cat >&2 <<'END'
run: cannot act as "dev": no such thing  [no-credentials]
  chain: profile dev (failed here)
  cause: none
  try:   something else
END
exit 77
"""
FAILURE_JSON = """cat >&2 <<'END'
{"error": {"slug": "throttled", "message": "m", "identity": "dev", "chain": "c", "failed_at": 0, "cause": "", \
"try": "t", "exit_status": 75, "retryable": true}}
END
exit 75
"""


def test_a_run_tells_its_end(run: RunIn) -> None:
    """Status, signal, stdout, stderr and stdin are the child's own."""
    run("exit", "7", program=PROBE).expect_status(7).expect_stdout("").expect_stderr("")
    run("kill", "SEGV", program=PROBE).expect_signal(signal.SIGSEGV)
    run("cat", "/dev/stdin", program=PROBE, stdin="hello").expect_stdout(b"hello")
    run("exit", "x", program=PROBE).expect_status(1).expect_in_stderr("ValueError")


def test_a_run_has_no_terminal_and_no_descriptors(run: RunIn, world: World) -> None:
    """It is in a session of its own, in the world's working directory, with 0, 1 and 2 only."""
    seen = run("where", program=PROBE).json()

    assert seen["sid"] == seen["pid"]
    assert seen["descriptors"] == [0, 1, 2]
    assert seen["cwd"] == str(world.cwd)


def test_the_environment_is_from_scratch(run: RunIn, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is inherited; a test adds and removes."""
    monkeypatch.setenv("AWS_PROFILE", "developer")

    seen = run("env", program=PROBE, env={"ADDED": "1", "LANG": None}).json()

    assert set(seen) - {"LC_CTYPE"} == {*world.environ, "ADDED"} - {"LANG"}  # Python sets LC_CTYPE


def test_a_started_command_takes_signals(run: RunIn) -> None:
    """It runs until somebody ends it."""
    running = run.start("sleep", "60", program=PROBE)

    running.send(signal.SIGKILL)

    running.finish().expect_signal(signal.SIGKILL)


def test_a_late_command_is_killed(run: RunIn) -> None:
    """The error shows what it had printed."""
    with pytest.raises(AssertionError, match="did not end within"):
        run("sleep", "60", program=PROBE, timeout_s=0.1)


def test_an_unmet_expectation_shows_everything(run: RunIn, world: World) -> None:
    """Command, status, stdout and stderr are in the error."""
    output = run(program=world.program("chatty", "echo out; echo err >&2; exit 3"))

    with pytest.raises(AssertionError, match=r"(?s)status 4.*chatty.*status: 3.*out.*err"):
        output.expect_status(4)


def test_a_failure_has_its_form(run: RunIn, world: World) -> None:
    """The four lines, or the JSON, are accepted; any change of them is not."""
    text = run(program=world.program("fails", FAILURE))
    as_json = run(program=world.program("fails-json", FAILURE_JSON))
    more = run(program=world.program("fails-late", f"echo out; echo before >&2; {FAILURE}"))

    text.expect_failure("no-credentials", 77, contains=("no such thing", "else"), identity="dev")
    as_json.expect_failure("throttled", 75, identity="dev", form="json")
    more.expect_failure("no-credentials", 77, preceded=True)
    for output, slug, status, options in (
        (text, "other", 77, {}),
        (text, "no-credentials", 75, {}),
        (text, "no-credentials", 77, {"identity": "other"}),
        (text, "no-credentials", 77, {"contains": ("other",)}),
        (text, "no-credentials", 77, {"form": "json"}),
        (more, "no-credentials", 77, {}),
        (as_json, "other", 75, {"form": "json"}),
    ):
        with pytest.raises(AssertionError):
            output.expect_failure(slug, status, **options)


def test_a_secret_is_noticed(run: RunIn, aws: FakeAws, world: World) -> None:
    """On stdout unless allowed, on stderr always, and in the logs."""
    key = aws.user()
    on_stdout = run("env", program=PROBE, env=key.environ()).may_print_secrets()
    assert aws.leaks() == []
    with pytest.raises(AssertionError, match="secret on stdout"):
        on_stdout.expect_no_canaries(aws)

    run(program=world.program("leak", "printenv AWS_SECRET_ACCESS_KEY >&2"), env=key.environ())
    log = world.state / "audit.jsonl"
    log.write_text(key.secret_access_key)

    assert [place.partition(" of ")[0] for place in aws.leaks()] == ["stderr", str(log)]
    world.outputs.clear()
    log.unlink()


def test_leftovers_are_found(world: World, run: RunIn) -> None:
    """In the world's own roots: all; in those of everybody: what its commands left, or what names its home."""
    running = run.start("exit", "0", program=PROBE)
    running.finish()
    everybodys = world.root / "shm" / f"runner-{os.getuid()}"
    world.shared_roots = (world.root / "shm",)
    own = world.runtime / "runner" / "runs" / "1-2"
    started, named = everybodys / "runs" / f"{running.pid}-5", everybodys / "runs" / "1-3"
    anothers = everybodys / "runs" / "1-4"
    for directory in (own, started, named, anothers):
        directory.mkdir(parents=True)
    (named / "origin").write_text(str(world.home))

    assert world.private_leftovers() == sorted([own, started, named, named / "origin"])


def test_a_snapshot_notices_a_touch(world: World, dev: AccessKey) -> None:
    """Content, mode and time of everything below ~/.aws."""
    before = world.snapshot()
    assert world.snapshot() == before

    os.utime(world.home / ".aws" / "config", (1, 1))

    assert world.snapshot() != before


def test_eventually_waits_and_then_gives_up() -> None:
    """It returns the first truthy value, and says what it waited for."""
    values = iter([0, 0, 3])
    assert eventually(lambda: next(values)) == 3

    with pytest.raises(AssertionError, match="the moon"):
        eventually(lambda: 0, within_s=0.05, what="the moon")


def test_the_aws_cli_works_against_the_fake(run: RunIn, aws: FakeAws, dev: AccessKey) -> None:
    """STS and S3, signed by the profile's key."""
    env = {"AWS_PROFILE": "dev"}
    answer = run("sts", "get-caller-identity", "--output", "json", program="aws", env=env).json()
    run("s3", "ls", program="aws", env=env).expect_status(0).expect_stderr("")

    assert answer["Arn"] == dev.principal.arn
    assert {call.access_key_id for call in aws.calls()} == {dev.access_key_id}


@pytest.mark.parametrize("profile", ["dev", "role", "chained", "process", "container", "instance", "web", "sso"])
def test_boto3_acts_as_each_kind_of_profile(
    run: RunIn, world: World, aws: FakeAws, dev: AccessKey, profile: str
) -> None:
    """The whole SDK chain works against the fake, and the call log knows the key."""
    power, deploy = "arn:aws:iam::222222222222:role/PowerUser", "arn:aws:iam::333333333333:role/Deploy"
    aws.role(power, dev.principal.arn).external_id = "secret-handshake"
    aws.role(deploy, power)
    web = aws.role("arn:aws:iam::444444444444:role/Web")
    aws.permission_set("555555555555", "ReadOnly")
    world.sso_login(aws.sso_token())
    world.program("helper", f"echo '{aws.role_session(power).process_json()}'")
    (world.home / "token").write_text(aws.web_identity_token())
    world.aws_config(f"""
        [profile dev]
        [profile role]
        role_arn = {power}
        external_id = secret-handshake
        source_profile = dev
        [profile chained]
        role_arn = {deploy}
        source_profile = role
        [profile process]
        credential_process = helper
        [profile container]
        role_arn = {deploy}
        credential_source = EcsContainer
        [profile instance]
        role_arn = {deploy}
        credential_source = Ec2InstanceMetadata
        [profile web]
        role_arn = {web.arn}
        web_identity_token_file = {world.home}/token
        [profile sso]
        sso_session = corp
        sso_account_id = 555555555555
        sso_role_name = ReadOnly
        [sso-session corp]
        sso_region = eu-west-1
        sso_start_url = https://corp.awsapps.com/start
    """)

    seen = run(program=BOTO_PROBE, env={"AWS_PROFILE": profile, **aws.container(power), **aws.instance(power)}).json()

    account = {"dev": "1", "role": "2", "process": "2", "web": "4", "sso": "5"}.get(profile, "3") * 12
    assert seen["account"] == account
    assert [call.access_key_id for call in aws.calls("GetCallerIdentity")] == [seen["access_key_id"]]
