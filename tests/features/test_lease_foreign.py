"""A lease that is not for this account, or not ours alone and whole, is no lease."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import lease_files
from tests.harness.aws import AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.lease_files import BASE, PRINT_ID, acts_as
from tests.harness.run import RunIn
from tests.harness.world import World


@pytest.fixture
def leased(world: World, run: RunIn, aws: FakeAws) -> AccessKey:
    """Give the world a role with a lease; return the credentials in it."""
    lease_files.with_role(world)
    run("-i", "role", "--", "true").expect_status(0)
    return aws.keys.issued()[-1]


@pytest.mark.parametrize("validate", ["auto", "always", "never"])
@pytest.mark.parametrize("left_s", [3600, 600], ids=["fresh", "due"])
def test_another_guard_is_kept_with_a_lease_too(
    run: RunIn, fails: Fails, world: World, aws: FakeAws, leased: AccessKey, validate: str, left_s: int
) -> None:
    """--account refuses what a run without it has left, be it fresh or due; the right account goes on."""
    lease_files.age(world, left_s=left_s)

    fails(
        *("-i", "role", "--account", "999999999999", "--validate", validate),
        slug="wrong-account",
        status=77,
        contains=["222222222222", "999999999999"],
        identity="role",
    )
    run("-i", "role", "--account", "222222222222", "--validate", validate, "--", "true").expect_status(0)


def test_a_guard_needs_somebody_to_judge(run: RunIn, fails: Fails, world: World, aws: FakeAws) -> None:
    """A lease that AWS was never asked about has no account: the guard asks."""
    world.program("print-keys", f"cat <<'END'\n{aws.role_session(BASE).process_json()}\nEND\n")
    world.aws_config("[profile helper]\ncredential_process = print-keys\n")
    run("-i", "helper", "--validate", "never", "--", "true").expect_status(0)
    assert aws.calls() == []

    fails("-i", "helper", "--validate", "never", "--account", "999999999999", slug="wrong-account", status=77)

    assert {call.operation for call in aws.calls()} == {"GetCallerIdentity"}


def symlink(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def readable(path: Path) -> None:
    path.chmod(0o640)


def foreign(path: Path) -> None:
    os.chown(path, 12345, -1)


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 20)


def of_another_key(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(path.name.encode(), b"0" * 40))


def of_another_identity(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"identity role", b"identity else"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def huge(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" " * 300_000)


DAMAGES = [symlink, fifo, readable, foreign, truncated, of_another_key, of_another_identity, empty, huge]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_what_is_not_ours_alone_and_whole_is_no_lease(
    run: RunIn, world: World, aws: FakeAws, leased: AccessKey, damage: Callable[[Path], None]
) -> None:
    """The command gets new credentials of the right identity, at once and without a word; the lease is whole again."""
    if damage is foreign and os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path = lease_files.path(world)
    damage(path)

    given = run("-i", "role", "--", *PRINT_ID, timeout_s=15).expect_status(0).expect_stderr("").text.strip()

    assert given == aws.keys.issued()[-1].access_key_id != leased.access_key_id
    assert path.is_file()
    assert not path.is_symlink()
    assert (path.stat().st_mode & 0o777, path.stat().st_uid) == (0o600, os.geteuid())
    assert acts_as(run, aws, "role").access_key_id == given


def test_a_directory_in_its_place_is_refused(run: RunIn, world: World, leased: AccessKey) -> None:
    """Where a lease cannot be written the run says so, and leaves what is there."""
    path = lease_files.path(world)
    path.unlink()
    (path / "something").mkdir(parents=True)

    refused = run("-i", "role", "--", "true")

    refused.expect_failure("state-directory-unsafe", 78, contains=[str(path)], identity="role")
    assert (path / "something").is_dir()
