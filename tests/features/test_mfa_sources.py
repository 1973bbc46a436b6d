"""MFA codes that nobody types: RUN_MFA_CODE and mfa_process; and where nobody may be asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.fails import Fails
from tests.harness.lease_files import BASE
from tests.harness.mfa import CODES, SERIAL, terminal_in, with_mfa
from tests.harness.run import RunIn
from tests.harness.world import World

AUTHENTICATOR = f"""#!{sys.executable}
import hashlib, time
window = int(time.time()) // 30
print(int(hashlib.sha256(f"{SERIAL}{{window}}".encode()).hexdigest(), 16) % 10**6)
"""


@pytest.fixture(autouse=True)
def role(world: World) -> None:
    """Give the world a role that wants an MFA code."""
    with_mfa(world)


def with_program(world: World, body: str) -> Path:
    """Have the role's codes printed by a program."""
    world.runner_toml(
        f"""
        [identities.by-program]
        kind = "aws/assume-role"
        via = "keys"
        role_arn = "{BASE}"
        mfa_serial = "{SERIAL}"
        mfa_process = "authenticator --of aws"
        """
    )
    return world.program("authenticator", body)


def test_a_code_from_the_environment(run: RunIn, world: World, aws: FakeAws) -> None:
    """It is used without a question, and nothing that is started has it: no command, no file, no log."""
    ended = run("-v", "-i", "role", "--", "env", env={"RUN_MFA_CODE": CODES[0]}).expect_status(0)

    assert "RUN_MFA_CODE" not in ended.text
    assert "removed: RUN_MFA_CODE" in ended.error_text
    [call] = aws.calls("AssumeRole")
    assert (call.parameters["SerialNumber"], call.parameters["TokenCode"]) == (SERIAL, CODES[0])
    assert lease_files.holding(world.root, CODES) == []


def test_programs_do_not_get_the_code(run: RunIn, world: World) -> None:
    """A credential_process is not told what was said to run."""
    key = world.aws.user("other")
    saved = world.root / "printed"
    world.program("helper", f"env > {world.root}/seen; cat {saved}")
    saved.write_text(key.process_json())
    world.aws_config(
        f"""
        [profile base]
        credential_process = helper
        [profile role]
        role_arn = {BASE}
        source_profile = base
        mfa_serial = {SERIAL}
        """
    )

    run("-i", "role", "--", "true", env={"RUN_MFA_CODE": CODES[0]}).expect_status(0)

    assert "RUN_MFA_CODE" not in (world.root / "seen").read_text()


def test_a_code_from_the_environment_is_not_sent_twice(run: RunIn, aws: FakeAws) -> None:
    """AWS takes a code once: a second run within its time is told so without a call."""
    given = {"RUN_MFA_CODE": CODES[0], "RUN_CACHE": "none"}
    run("-i", "role", "--", "true", env=given).expect_status(0)

    again = run("-i", "role", "--", "true", env=given)

    again.expect_failure("mfa-rejected", 77, contains=["RUN_MFA_CODE has been used already"], identity="role")
    assert len(aws.calls("AssumeRole")) == 1


def test_a_wrong_code_from_the_environment(run: RunIn, aws: FakeAws) -> None:
    """It is refused in AWS's words; nobody is asked for another."""
    ended = run("-i", "role", "--", "true", env={"RUN_MFA_CODE": "000001"})

    contains = ["invalid MFA one time pass code", "RUN_MFA_CODE=123456 run --identity role -- true"]
    ended.expect_failure("mfa-rejected", 77, contains=contains, identity="role")
    assert len(aws.calls("AssumeRole")) == 1


@pytest.mark.parametrize("value", ["12345", "abcdef", "1234567", "1234 6"])
def test_what_cannot_be_a_code_is_said_and_not_shown(run: RunIn, aws: FakeAws, value: str) -> None:
    """It may be the code, mistyped."""
    ended = run("-i", "role", "--", "true", env={"RUN_MFA_CODE": value})

    ended.expect_failure("usage", 64, contains=["RUN_MFA_CODE is not a code of six digits"])
    assert value not in ended.error_text
    assert aws.calls() == []


def test_a_code_from_a_program(run: RunIn, world: World, aws: FakeAws) -> None:
    """Its words are split as a shell would, and what it prints is the code."""
    with_program(world, f"[ \"$*\" = '--of aws' ] && echo {CODES[0]}")

    run("-i", "by-program", "--", "true").expect_status(0).expect_stderr("")

    [call] = aws.calls("AssumeRole")
    assert call.parameters["TokenCode"] == CODES[0]


@pytest.mark.parametrize(
    ("body", "slug", "status", "said"),
    [
        ("echo no code", "credential-process-invalid", 78, "its mfa_process printed something that is not a code"),
        ("echo 'no device' >&2; exit 3", "credential-process-failed", 77, "its mfa_process ended with status 3"),
        ("echo 000001", "mfa-rejected", 77, "has been used"),
    ],
)
def test_a_program_without_a_code(run: RunIn, world: World, body: str, slug: str, status: int, said: str) -> None:
    """Programs that print something else, fail, or go on printing what AWS has refused."""
    with_program(world, body)

    ended = run("-i", "by-program", "--", "true", timeout_s=100)

    ended.expect_failure(slug, status, contains=[said], identity="by-program", preceded=slug == "mfa-rejected")


@pytest.mark.timeout(200)
def test_a_programs_used_code_is_waited_out(run: RunIn, world: World, aws: FakeAws) -> None:
    """A second role within the same 30 seconds gets the device's next code, and AWS never sees one twice."""
    aws.authenticator(SERIAL)
    with_program(world, AUTHENTICATOR.replace("print(", "print('%06d' % (").replace("10**6)", "10**6))"))

    for _ in range(2):
        run("-i", "by-program", "--", "true", env={"RUN_CACHE": "none"}, timeout_s=90).expect_status(0)

    codes = [call.parameters["TokenCode"] for call in aws.calls("AssumeRole")]
    assert len(set(codes)) == len(codes)


def test_without_a_terminal_nobody_is_asked(fails: Fails) -> None:
    """As under cron: what to set is said."""
    contains = [f"an MFA code of {SERIAL} is needed", "there is no terminal"]
    fails("-i", "role", slug="no-tty", status=77, contains=contains, remedy="RUN_MFA_CODE=123456 run --identity role")


@pytest.mark.parametrize(
    ("options", "env", "why"),
    [
        (["--no-input"], {}, "--no-input is set"),
        ([], {"RUN_NO_INPUT": "1"}, "RUN_NO_INPUT is set"),
        ([], {"CI": "true", "RUN_CACHE": "none"}, "CI is set"),
    ],
)
def test_where_nobody_may_be_asked(fails: Fails, options: list[str], env: dict[str, str], why: str) -> None:
    """Who says so is named."""
    contains = [f"an MFA code of {SERIAL} is needed, and nobody may be asked", why]
    remedy = "RUN_MFA_CODE=123456 run --identity role"
    fails(*options, "-i", "role", env=env, slug="mfa-required", status=77, contains=contains, remedy=remedy)


def test_on_a_terminal_too_nobody_is_asked_where_nobody_may_be(world: World, aws: FakeAws) -> None:
    """CI that has terminals, and --no-input there; RUN_NO_INPUT=0 says that somebody is there."""
    with terminal_in(world) as terminal:
        for words in ("run --no-input", "CI=1 run", "RUN_NO_INPUT=yes run"):
            terminal.type(f"{words} -i role -- true")
            terminal.sees(r"\[mfa-required\]")
            assert terminal.prompt() == 77
        terminal.type("CI=1 RUN_NO_INPUT=0 run -i role -- true")
        terminal.sees("MFA code of")
        terminal.type(CODES[0])
        assert terminal.prompt() == 0

    assert len(aws.calls("AssumeRole")) == 1


def test_a_failure_says_it_in_json_too(run: RunIn) -> None:
    """For programs: the slug, the status, and the remedy."""
    ended = run("--error-format", "json", "--no-input", "-i", "role", "--", "true")

    error = json.loads(ended.error_text)["error"]
    assert (error["slug"], error["exit_status"], error["retryable"]) == ("mfa-required", 77, False)
    assert error["try"].startswith("RUN_MFA_CODE=")
