"""Renewal of what an MFA code is needed for: programs give it, nobody is asked, and another run's code counts."""

from __future__ import annotations

import pytest

from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.lease_files import BASE, paths
from tests.harness.mfa import CODES, SERIAL, with_mfa
from tests.harness.private import WAITER, directory, helpers, key_in, let_go, next_key, notices, said
from tests.harness.run import RunIn
from tests.harness.world import World

OTHER = "arn:aws:iam::333333333333:role/Other"
LIFETIME_S = 24  # renewed at half of it


@pytest.fixture(autouse=True)
def role(world: World, aws: FakeAws) -> None:
    """Give the world a role that wants an MFA code, for half a minute; and one over a user's session."""
    with_mfa(world).lifetime_s = LIFETIME_S
    aws.role(OTHER, lifetime_s=LIFETIME_S)
    world.runner_toml(
        f"""
        [identities.by-program]
        kind = "aws/assume-role"
        via = "keys"
        role_arn = "{BASE}"
        mfa_serial = "{SERIAL}"
        mfa_process = "authenticator"
        [identities.ada]
        kind = "aws/user"
        profile = "keys"
        mfa_serial = "{SERIAL}"
        [identities.over]
        kind = "aws/assume-role"
        via = "ada"
        role_arn = "{OTHER}"
        """
    )


def test_a_program_gives_the_next_code(run: RunIn, world: World, aws: FakeAws) -> None:
    """It is started as programs are in a renewal, and does not get the code that the start was given."""
    world.program("authenticator", f"env > {world.root}/seen; echo {CODES[1]}")
    env = {"RUN_MFA_CODE": CODES[0]}
    running = run.start("-i", "by-program", "--", "sh", "-c", WAITER, env=env)
    seen = directory(world, running)

    next_key(seen, key_in(seen), within_s=40)
    let_go(world)

    running.finish().expect_status(0).expect_stderr("")
    program = (world.root / "seen").read_text()
    assert "RUN_NO_INPUT=1" in program
    assert "RUN_MFA_CODE" not in program
    assert [call.parameters["TokenCode"] for call in aws.calls("AssumeRole")] == list(CODES[:2])


def test_a_code_that_is_needed_is_said_once(run: RunIn, world: World, aws: FakeAws) -> None:
    """No attempt follows, for none could succeed; when another run has been given a code, its lease is taken over."""
    running = run.start("-i", "role", "--", "sh", "-c", WAITER, env={"RUN_MFA_CODE": CODES[0]})
    seen = directory(world, running)
    first = key_in(seen)
    said(running, "[mfa-required]", within_s=40)
    assert "run --identity role -- true" in running.stderr_so_far()
    eventually(lambda: not helpers(running.pid))
    before = paths(world)[0].stat().st_mtime_ns

    run("-i", "role", "--", "true", env={"RUN_MFA_CODE": CODES[1]}).expect_status(0)

    next_key(seen, first, within_s=10)
    said(running, "has been renewed")
    let_go(world)
    assert paths(world)[0].stat().st_mtime_ns > before
    lines = [line for line in notices(running) if "have ended" not in line]
    running.finish().expect_status(0)
    assert [("[mfa-required]" in line, "has been renewed" in line) for line in lines] == [(True, False), (False, True)]
    assert len(aws.calls("AssumeRole")) == 2


def test_another_roles_code_renews_the_session_below(run: RunIn, world: World, aws: FakeAws) -> None:
    """A user's session that has ended is got again by a run for the user; the role over it is renewed with it."""
    running = run.start("-i", "over", "--", "sh", "-c", WAITER, env={"RUN_MFA_CODE": CODES[0]})
    seen = directory(world, running)
    first = key_in(seen)
    for path in paths(world):  # as when twelve hours have gone by
        path.unlink()
    said(running, "[mfa-required]", within_s=40)

    run("-i", "ada", "--", "true", env={"RUN_MFA_CODE": CODES[1]}).expect_status(0)

    next_key(seen, first, within_s=20)
    let_go(world)
    running.finish().expect_status(0)
    assert len(aws.calls("GetSessionToken")) == 2
