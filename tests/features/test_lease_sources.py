"""A lease ends with what its credentials come from: a token, keys of the environment, a program."""

from __future__ import annotations

import pytest

from tests.harness.aws import FakeAws
from tests.harness.lease_files import BASE, OTHER, acts_as
from tests.harness.programs import executable
from tests.harness.run import RunIn
from tests.harness.world import World


def test_a_new_web_identity_token_may_be_somebody_elses(run: RunIn, world: World, aws: FakeAws) -> None:
    """The role is assumed with the token that is in the file now."""
    world.aws_config(f"[profile web]\nrole_arn = {BASE}\nweb_identity_token_file = token\n")
    aws.role(BASE)
    token = world.cwd / "token"
    token.write_text(aws.web_identity_token("one"))
    first = acts_as(run, aws, "web")
    assert acts_as(run, aws, "web") is first

    token.write_text(aws.web_identity_token("two"))

    assert acts_as(run, aws, "web") is not first
    assert len(aws.calls("AssumeRoleWithWebIdentity")) == 2


def test_the_environments_keys_are_part_of_the_question(run: RunIn, world: World, aws: FakeAws) -> None:
    """credential_source = Environment: another AWS_ACCESS_KEY_ID is another caller."""
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\ncredential_source = Environment\n")
    aws.role(BASE)
    one, two = aws.user("one").environ(), aws.user("two").environ()

    first = acts_as(run, aws, "role", **one)
    assert acts_as(run, aws, "role", **two) is not first

    callers = [call.access_key_id for call in aws.calls("AssumeRole")]
    assert callers == [one["AWS_ACCESS_KEY_ID"], two["AWS_ACCESS_KEY_ID"]]


def test_a_helper_found_elsewhere_is_another_helper(run: RunIn, world: World, aws: FakeAws) -> None:
    """The program that PATH leads to now is the one that is asked."""
    world.aws_config("[profile helper]\ncredential_process = print-keys\n")
    for folder, role in ((world.bin, BASE), (world.root / "bin2", OTHER)):
        folder.mkdir(exist_ok=True)
        program = folder / "print-keys"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{aws.role_session(role).process_json()}\nEND\n")
        program.chmod(0o755)
    assert acts_as(run, aws, "helper").principal.account == "222222222222"

    nearer = f"{world.root}/bin2:{world.environ['PATH']}"

    assert acts_as(run, aws, "helper", PATH=nearer).principal.account == "333333333333"


def test_a_helper_that_was_edited_is_another_helper(run: RunIn, world: World, aws: FakeAws) -> None:
    """The same path, another program: what it printed before is nobody's any more."""
    world.aws_config("[profile helper]\ncredential_process = print-keys\n")
    for role, account in ((BASE, "222222222222"), (OTHER, "333333333333")):
        world.program("print-keys", f"cat <<'END'\n{aws.role_session(role).process_json()}\nEND\n")
        assert acts_as(run, aws, "helper").principal.account == account


@pytest.mark.parametrize("word", ["./print-keys", "print-keys"])
def test_a_relative_helper_is_that_of_the_working_directory(run: RunIn, world: World, aws: FakeAws, word: str) -> None:
    """By its path, or by a PATH with the working directory in it: elsewhere another program is meant."""
    world.aws_config(f"[profile helper]\ncredential_process = {word}\n")
    path = f".:{world.environ['PATH']}"
    for folder, role in ((world.cwd, BASE), (world.root / "else", OTHER)):
        executable(folder / "print-keys", f"cat <<'END'\n{aws.role_session(role).process_json()}\nEND\n")
    account = ("-i", "helper", "--", "printenv", "RUN_ACCOUNT_ID")

    run(*account, env={"PATH": path}).expect_stdout("222222222222\n")
    run(*account, env={"PATH": path}, cwd=world.root / "else").expect_stdout("333333333333\n")


def test_a_relative_token_file_is_that_of_the_working_directory(run: RunIn, world: World, aws: FakeAws) -> None:
    """Elsewhere another token is meant, or none: the lease is only for where it was made."""
    world.aws_config(f"[profile web]\nrole_arn = {BASE}\nweb_identity_token_file = token\n")
    aws.role(BASE)
    (world.cwd / "token").write_text(aws.web_identity_token())
    elsewhere = world.root / "else"
    elsewhere.mkdir()

    run("-i", "web", "--", "true").expect_status(0)
    run("-i", "web", "--", "true", cwd=elsewhere).expect_failure("web-identity-invalid", 77)
    run("-i", "web", "--", "true").expect_status(0)

    assert len(aws.calls("AssumeRoleWithWebIdentity")) == 1
