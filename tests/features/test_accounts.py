"""`runner accounts`: the accounts and permission sets of whoever is logged in."""

from __future__ import annotations

import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.browser import Browser
from tests.harness.output import Output
from tests.harness.run import RunIn
from tests.harness.sso_profiles import SESSION, TO_LOG_IN, token_file
from tests.harness.terminal import Terminal
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("corp")

OTHER = "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n"


@pytest.fixture
def corp(world: World, aws: FakeAws) -> None:
    """Give a world with one SSO session, and somebody logged in who may use two accounts."""
    world.aws_config(SESSION)
    world.sso_login(aws.sso_token())
    aws.account("222222222222", "prod", "ReadOnly", "Admin")
    aws.account("111111111111", "Dev", "Admin")


def accounts(run: RunIn, *words: str) -> Output:
    return run("accounts", *words, program="runner")


def test_a_table(run: RunIn) -> None:
    """By name, an account a line; permission sets by name too."""
    output = accounts(run).expect_status(0).expect_stderr("")

    assert output.text.splitlines() == [
        "ACCOUNT       NAME  EMAIL                     PERMISSION SETS",
        "111111111111  Dev   111111111111@example.com  Admin",
        "222222222222  prod  222222222222@example.com  Admin, ReadOnly",
    ]


def test_as_json(run: RunIn) -> None:
    """The same for programs."""
    output = accounts(run, "--format", "json").expect_status(0).expect_stderr("")

    assert output.json()[1] == {
        "account": "222222222222",
        "name": "prod",
        "email": "222222222222@example.com",
        "permission_sets": ["Admin", "ReadOnly"],
    }


def test_all_pages(run: RunIn, aws: FakeAws) -> None:
    """120 accounts and 60 permission sets in one of them: all are there, and no page is asked for twice."""
    for number in range(120):
        aws.account(f"3{number:011}", f"team {number:03}", "ReadOnly")
    aws.account("300000000007", "team 007", *(f"Set{number}" for number in range(60)))

    found = {each["account"]: each for each in accounts(run, "--format", "json").expect_status(0).json()}

    assert len(found) == 122
    assert len(found["300000000007"]["permission_sets"]) == 61
    assert len(aws.calls("ListAccounts")) == 3
    assert len(aws.calls("ListAccountRoles")) == 123


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
def test_throttling_is_waited_for(run: RunIn, aws: FakeAws, operation: str) -> None:
    """More often than a client of botocore tries; the list is whole all the same."""
    for number in range(20):
        aws.account(f"3{number:011}", f"team {number:03}", "ReadOnly")
    aws.fail(operation, "TooManyRequestsException", 429, times=5)

    found = accounts(run, "--format", "json").expect_status(0).expect_stderr("").json()

    assert len(found) == 22
    assert all(each["permission_sets"] for each in found)


def test_an_error_that_passes(run: RunIn, aws: FakeAws) -> None:
    """An error of the service's own and a lost connection are tried again."""
    aws.fail("ListAccountRoles", "InternalServerException", 500)
    aws.reset("ListAccounts")

    accounts(run).expect_status(0).expect_in_stdout("Admin, ReadOnly")


def test_an_error_that_stays(run: RunIn, aws: FakeAws) -> None:
    """It is a failure, and half a list is none."""
    aws.fail("ListAccountRoles", "InternalServerException", 500, times=FOREVER)

    accounts(run).expect_failure("endpoint-unreachable", 75, contains=["ListAccountRoles", "sso-session corp"])


def test_an_account_that_was_just_taken_away(run: RunIn, aws: FakeAws) -> None:
    """Between the two calls: it has no permission sets, and the others are listed."""
    aws.fail("ListAccountRoles", "ForbiddenException", 403, message="No access")

    found = accounts(run, "--format", "json").expect_status(0).json()

    assert sorted(bool(each["permission_sets"]) for each in found) == [False, True]


def test_hostile_names(run: RunIn, aws: FakeAws) -> None:
    """Names of accounts reach no terminal as they are."""
    aws.account("111111111111", "a\x1b]0;owned\x07\u202e\n'\"", "Admin")

    outputs = [accounts(run).expect_status(0), accounts(run, "--format", "json").expect_status(0)]

    for output in outputs:
        assert all(each == "\n" or each.isprintable() for each in output.text)
        assert "a\\x1b]0;owned" in output.text.replace("\\\\", "\\")


def test_nobody_is_logged_in(run: RunIn, world: World, aws: FakeAws) -> None:
    """The failure of run, with both commands that log in."""
    token_file(world).unlink()

    output = accounts(run).expect_failure("login-required", 77, contains=["sso-session corp (failed here)", TO_LOG_IN])

    assert "try:   runner login --sso-session corp " in output.error_text
    assert aws.calls() == []


@pytest.mark.parametrize("where", ["in the file", "at the portal"])
def test_a_session_that_ended(run: RunIn, world: World, aws: FakeAws, where: str) -> None:
    """As of run."""
    token = aws.sso_token(-60 if where == "in the file" else 3600, refreshable=False)
    world.sso_login(token)
    aws.oidc.end(token.access_token)

    accounts(run).expect_failure("sso-session-expired", 77, contains=["runner login --sso-session corp", TO_LOG_IN])


def test_a_token_is_refreshed(run: RunIn, world: World, aws: FakeAws) -> None:
    """As of run: with less than 15 minutes left."""
    world.sso_login(aws.sso_token(60))

    accounts(run).expect_status(0)

    assert len(aws.calls("CreateToken")) == 1


def test_a_login_is_offered_on_the_terminal(world: World, aws: FakeAws) -> None:
    """Enter logs in, and the list follows."""
    world.environ |= Browser(world).env
    token_file(world).unlink()
    terminal = Terminal(world.environ)

    terminal.type("runner accounts")
    said = terminal.sees(r"log in now\? \[Y/n\] ")
    terminal.type("")

    assert 'nobody is logged in to the SSO session "corp" [login-required]' in said
    assert "222222222222" in terminal.sees("ReadOnly")
    assert terminal.prompt() == 0
    terminal.close()
    assert len(aws.calls("CreateToken")) == 1


def test_several_sessions(run: RunIn, world: World, aws: FakeAws) -> None:
    """One has to be named, and the failure says which there are."""
    world.aws_config(SESSION + OTHER)

    accounts(run).expect_failure("usage", 64, contains=["corp, other", "runner accounts --sso-session corp"])
    accounts(run, "--sso-session", "other").expect_failure("login-required", 77, contains=['"other"'])
    accounts(run, "--sso-session", "corp").expect_status(0)
    accounts(run, "--sso-session", "x").expect_failure("invalid-config", 78, contains=["corp, other"])


def test_no_session(run: RunIn, world: World) -> None:
    """Then that is to be configured."""
    world.aws_config("")

    accounts(run).expect_failure("usage", 64, contains=["no SSO session", "aws configure sso-session"])


def test_a_session_of_runner_toml(run: RunIn, world: World, aws: FakeAws) -> None:
    """It counts too; the AWS CLI does not know it, so that is no remedy."""
    world.aws_config("")
    world.runner_toml('[sso_sessions.ours]\nsso_start_url = "https://o.awsapps.com/start"\nsso_region = "eu-west-1"\n')

    output = accounts(run).expect_failure("login-required", 77, contains=["runner login --sso-session ours"])
    world.sso_login(aws.sso_token(), "ours")

    assert "aws sso" not in output.error_text
    accounts(run).expect_status(0)


def test_an_interrupt(run: RunIn, aws: FakeAws) -> None:
    """^C while calls hang ends it at once, by the signal."""
    from tests.harness.eventually import eventually

    aws.hang("ListAccountRoles")
    running = run.start("accounts", program="runner")
    eventually(lambda: len(aws.calls("ListAccountRoles")) == 2, what="that both calls are under way")

    running.send(2)

    running.finish(within_s=8).expect_signal(2)
