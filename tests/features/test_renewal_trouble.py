"""When a renewal does not succeed: the command goes on, it is said once, and what comes back is taken."""

from __future__ import annotations

import fcntl
import signal
import time

import psutil
import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import WAITER, directory, helpers, key_in, let_go, next_key, notices, said, unended
from tests.harness.run import RunIn
from tests.harness.world import START_URL, World

BASE = "arn:aws:iam::222222222222:role/Base"


@pytest.fixture
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, whose credentials last half a minute."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nregion = eu-west-1\n")
    aws.role(BASE, lifetime_s=30)


def test_a_login_elsewhere_ends_the_trouble(run: RunIn, world: World, aws: FakeAws) -> None:
    """The SSO session ends: one notice with what to type; somebody logs in: renewed within 10 s, nothing restarted."""
    world.aws_config(
        f"""
        [profile sso]
        sso_session = corp
        sso_account_id = 222222222222
        sso_role_name = ReadOnly
        [sso-session corp]
        sso_start_url = {START_URL}
        sso_region = eu-west-1
        """
    )
    aws.permission_set("222222222222", "ReadOnly", 24)
    token = aws.sso_token()
    world.sso_login(token)
    running = run.start("-i", "sso", "--", "sh", "-c", f"echo $$; {WAITER}; exit 3")
    seen = directory(world, running)
    first = key_in(seen)

    aws.oidc.end(token.access_token)
    eventually(lambda: len([call for call in aws.calls("GetRoleCredentials") if call.error]) >= 2, within_s=40)
    world.sso_login(aws.sso_token())
    next_key(seen, first, within_s=10)
    said(running, "has been renewed")
    let_go(world)

    output = running.finish().expect_status(3)
    lines = unended(output.error_text)
    assert [("[sso-session-expired]" in line, "aws sso login --sso-session corp" in line) for line in lines] == [
        (True, True),
        (False, False),
    ]
    assert len(output.text.split()) == 1


@pytest.mark.parametrize(
    ("code", "status", "slug"), [("Throttling", 400, "throttled"), ("ServiceUnavailable", 503, "endpoint-unreachable")]
)
@pytest.mark.usefixtures("role")
def test_aws_that_refuses_for_a_while_is_asked_again(
    run: RunIn, world: World, aws: FakeAws, code: str, status: int, slug: str
) -> None:
    """Throttling and outages are said in one line, their end in another; the child does not notice."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 4")
    seen = directory(world, running)
    first = key_in(seen)

    aws.fail("AssumeRole", code, status, times=FOREVER)
    eventually(lambda: notices(running), within_s=40)
    failed = len(aws.calls("AssumeRole"))
    eventually(lambda: len(aws.calls("AssumeRole")) > failed, within_s=20)
    aws.heal()
    next_key(seen, first, within_s=20)
    said(running, "has been renewed")
    let_go(world)

    lines = unended(running.finish().expect_status(4).error_text)
    assert len(lines) == 2
    assert f"[{slug}]" in lines[0]


@pytest.mark.usefixtures("role")
def test_two_runs_of_one_identity_are_renewed_at_once(run: RunIn, world: World, aws: FakeAws) -> None:
    """Whoever comes second takes what the first was given: one AssumeRole for the start, one for each renewal."""
    aws.role(BASE, lifetime_s=16)
    first = run.start("-i", "role", "--", "sh", "-c", WAITER)
    folders = [directory(world, first)]
    second = run.start("-i", "role", "--", "sh", "-c", WAITER)
    folders.append(directory(world, second))
    old = key_in(folders[0])
    assert key_in(folders[1]) == old

    eventually(lambda: all(key_in(folder) != old for folder in folders), within_s=20)
    new = [key_in(folder) for folder in folders]
    asked = len(aws.calls("AssumeRole"))
    let_go(world)

    assert new[0] == new[1]
    assert asked == 2
    for running in (first, second):
        running.finish().expect_status(0).expect_stderr("")


@pytest.mark.parametrize("ending", ["kill", "terminal"])
@pytest.mark.usefixtures("role")
def test_a_renewal_that_hangs_holds_nobody_up(run: RunIn, world: World, aws: FakeAws, ending: str) -> None:
    """TERM and ^C end a run whose renewal is waiting for AWS at once, by the signal; the helper process ends too."""
    aws.role(BASE, lifetime_s=6)
    running = run.start("-i", "role", "--", "sleep", "60")
    directory(world, running)

    aws.hang("AssumeRole")
    eventually(lambda: len(aws.calls("AssumeRole")) == 2, within_s=15)
    [helper] = helpers(running.pid)
    began = time.monotonic()
    if ending == "kill":
        running.send(signal.SIGTERM)
    else:
        running.send_to_group(signal.SIGINT)
    output = running.finish(within_s=5).expect_signal(signal.SIGTERM if ending == "kill" else signal.SIGINT)

    assert time.monotonic() - began < 5
    assert output.error_text == ""
    assert world.private_leftovers() == []
    aws.heal()
    eventually(lambda: not helper.is_running() or helper.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("role")
def test_a_helper_process_that_hangs_is_ended(run: RunIn, world: World, aws: FakeAws) -> None:
    """After a minute the helper process is ended, and with it the program it was waiting for; the children live on."""
    aws.role(BASE, lifetime_s=10)
    printed, program_pid = world.cwd / "printed", world.cwd / "pid"
    printed.write_text(aws.role_session(BASE, lifetime_s=10).process_json())
    world.program("print-keys", f"[ -e {world.cwd}/hang ] && {{ echo $$ >{program_pid}; sleep 600; }}; cat {printed}\n")
    world.runner_toml('[identities.program]\nkind = "aws/credentials"\ncredential_process = "print-keys"\n')
    asking = run.start("-i", "program", "--", "sh", "-c", f"{WAITER}; exit 6")
    stopped = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 7")
    directory(world, asking)
    (world.cwd / "hang").touch()

    [helper] = eventually(lambda: helpers(stopped.pid), within_s=15)
    helper.suspend()
    eventually(program_pid.exists, within_s=15)
    program = psutil.Process(int(eventually(program_pid.read_text)))
    eventually(lambda: not helper.is_running(), within_s=90)
    eventually(lambda: not program.is_running(), within_s=90)
    let_go(world)

    asking.finish().expect_status(6).expect_in_stderr("[credential-process-timeout]")
    stopped.finish().expect_status(7).expect_in_stderr("[renewal-failed]")


@pytest.mark.usefixtures("role")
def test_the_file_injection_rewrites_its_file_under_its_lock(run: RunIn, world: World, aws: FakeAws) -> None:
    """While somebody holds credentials.lock the keys stay; then new ones stand there, and a new `aws` uses them."""
    aws.role(BASE, lifetime_s=30)
    call = "aws sts get-caller-identity"
    running = run.start("-i", "role", "--inject", "file", "--", "sh", "-c", f"{call}; {WAITER}; {call}")
    credentials = directory(world, running) / "credentials"
    old = credentials.read_text()

    with credentials.with_suffix(".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        eventually(lambda: len(aws.calls("AssumeRole")) == 2, within_s=25)
        said(running, "[lock-timeout]")
        assert credentials.read_text() == old
    eventually(lambda: credentials.read_text() != old, within_s=15)
    let_go(world)

    running.finish().expect_status(0)
    before, after = [asked.access_key_id for asked in aws.calls("GetCallerIdentity")]
    assert f"aws_access_key_id = {before}\n" in old
    assert after == aws.keys.issued()[-1].access_key_id != before
