"""Where leases are kept, where none is, and who may read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws, Role
from tests.harness.lease_files import BASE
from tests.harness.run import RunIn
from tests.harness.world import World


@pytest.fixture
def role(world: World) -> Role:
    """Give the world a role, reached from the keys of a profile."""
    return lease_files.with_role(world)


@pytest.mark.parametrize("where", ["variable", "settings", "identity"])
def test_no_lease_is_written_where_none_is_wanted(
    run: RunIn, world: World, aws: FakeAws, role: Role, where: str
) -> None:
    """RUN_CACHE=none, [settings] cache = "none" and an identity's own: each run asks AWS, nothing stays."""
    own = 'cache = "none"' if where == "identity" else ""
    settings = '[settings]\ncache = "none"\n' if where == "settings" else ""
    world.runner_toml(f'{settings}[identities.r]\nkind = "aws/profile"\nprofile = "role"\n{own}\n')
    env = {"RUN_CACHE": "none"} if where == "variable" else {}

    for _ in range(2):
        run("-i", "r", "--", "true", env=env).expect_status(0)

    assert len(aws.calls("AssumeRole")) == 2
    assert lease_files.paths(world) == []
    assert lease_files.holding(world.root, tokens(aws)) == []


def test_the_variable_and_the_identity_come_before_the_settings(
    run: RunIn, world: World, aws: FakeAws, role: Role
) -> None:
    """RUN_CACHE=runtime and an identity's cache = "runtime" write one although [settings] says none."""
    settings = '[settings]\ncache = "none"\n'
    entry = 'kind = "aws/profile"\nprofile = "role"\n'
    world.runner_toml(f'{settings}[identities.a]\n{entry}[identities.b]\n{entry}cache = "runtime"\n')

    for name, env in (("a", {"RUN_CACHE": "runtime"}), ("b", {})):
        for _ in range(2):
            run("-i", name, "--", "true", env=env).expect_status(0)

    assert len(aws.calls("AssumeRole")) == 2


@pytest.mark.usefixtures("role")
def test_in_ci_a_lease_ends_with_the_job(run: RunIn, world: World, aws: FakeAws) -> None:
    """With CI and no XDG_RUNTIME_DIR nothing stays anywhere; with RUNNER_TEMP the lease is there."""
    ci = {"CI": "true", "XDG_RUNTIME_DIR": None}
    job = world.root / "job"
    job.mkdir(0o700)

    for _ in range(2):
        run("-i", "role", "--", "true", env=ci).expect_status(0)
    assert len(aws.calls("AssumeRole")) == 2
    shared = [root / f"runner-{os.geteuid()}" for root in world.shared_roots]
    for top in (world.root, *shared):
        assert lease_files.holding(top, tokens(aws)) == []

    for _ in range(2):
        run("-i", "role", "--", "true", env={**ci, "RUNNER_TEMP": str(job)}).expect_status(0)
    assert len(aws.calls("AssumeRole")) == 3
    assert [each.parent for each in lease_files.holding(world.root, tokens(aws))] == [job / "runner" / "leases"]


def tokens(aws: FakeAws) -> tuple[str, ...]:
    return tuple(key.session_token for key in aws.keys.issued() if key.session_token)


def test_keys_that_never_end_are_in_no_lease(run: RunIn, world: World, aws: FakeAws) -> None:
    """Neither a user's keys from a profile or a helper, nor those a role was assumed with, are left below the root."""
    lease_files.with_role(world)
    helper = aws.user("helper")
    world.program("print-keys", f"cat <<'END'\n{helper.process_json()}\nEND\n")
    with (world.home / ".aws" / "config").open("a") as file:
        file.write("[profile helper]\ncredential_process = print-keys\n")

    for name in ("keys", "helper", "role"):
        run("-i", name, "--", "true").expect_status(0)

    long_lived = tuple(key.secret_access_key for key in aws.keys.issued() if not key.session_token)
    assert len(long_lived) == 2
    assert lease_files.holding(world.runtime, long_lived) == []
    assert [lease_files.read(world).identity] == ["role"]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
@pytest.mark.usefixtures("role")
def test_everything_is_for_us_alone_whatever_the_umask(run: RunIn, world: World, umask: int) -> None:
    """Directories are 0700 and files 0600, and the command has the caller's umask."""
    script = (
        f"umask {umask:04o}; exec run -i role -- sh -c 'find {world.runtime}/runner -printf \"%y %m %P\\n\"; umask'"
    )

    lines = run("-c", script, program=Path("/bin/sh")).expect_status(0).expect_stderr("").text.splitlines()

    assert int(lines.pop(), 8) == umask
    assert {line.split()[0]: line.split()[1] for line in lines} == {"d": "700", "f": "600"}
    assert {line.split()[1] for line in lines if line[0] == "d"} == {"700"}
    assert {line.split()[1] for line in lines if line[0] == "f"} == {"600"}
    assert {"leases", "locks", "runs"} <= {line.split()[-1] for line in lines}
    assert BASE.rpartition("/")[2] in lease_files.read(world).principal.arn
