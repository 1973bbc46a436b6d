"""Renewal of web identities, SAML roles and the environment: what they come from is got anew each time."""

from __future__ import annotations

import pytest

from tests.features.test_kinds import FIRST, with_base
from tests.harness.aws import FakeAws
from tests.harness.private import WAITER, directory, key_in, let_go, next_key, said
from tests.harness.run import RunIn
from tests.harness.world import World

LIFETIME_S = 8


@pytest.mark.parametrize("base", ["token_file", "token_process", "token_env", "github", "saml", "container"])
def test_credentials_are_renewed(run: RunIn, world: World, aws: FakeAws, base: str) -> None:
    """By asking the file, the program, the job or the place again."""
    env = with_base(world, base)
    aws.role(FIRST, lifetime_s=LIFETIME_S)
    if base == "container":
        env = aws.container(FIRST, LIFETIME_S)

    child = run.start("-i", "base", "--", "sh", "-c", WAITER, env=env)
    folder = directory(world, child)
    first = key_in(folder)
    token = aws.web_identity_token("another")
    (world.cwd / "token").write_text(token)
    world.program("print-token", f"echo {token}\n")
    next_key(folder, first, within_s=30)
    let_go(world)

    child.finish().expect_status(0).expect_stderr("")
    if base in ("token_file", "token_process"):
        tokens = [call.parameters["WebIdentityToken"] for call in aws.calls("AssumeRoleWithWebIdentity")]
        assert tokens[0] != tokens[-1] == token


@pytest.mark.parametrize("base", ["token_process", "saml"])
def test_a_program_whose_answer_aws_does_not_take_is_left_in_peace(
    run: RunIn, world: World, aws: FakeAws, base: str
) -> None:
    """It is not asked again every other second."""
    with_base(world, base)
    aws.role(FIRST, lifetime_s=LIFETIME_S)
    asked = world.cwd / "asked"
    ended = aws.web_identity_token(lifetime_s=-60), aws.saml_assertion(-60)

    child = run.start("-i", "base", "--", "sh", "-c", WAITER)
    directory(world, child)  # the command has been started
    for name, token in zip(("print-token", "print-assertion"), ended, strict=True):
        world.program(name, f"echo x >> {asked}\necho {token}\n")
    said(child, "could not be renewed", within_s=30)
    said(child, "have ended", within_s=30)
    let_go(world)

    child.finish().expect_status(0)
    assert asked.read_text() == "x\n"
