"""Where a project's runner.toml is looked for, and what its names may be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

USER = 'kind = "aws/profile"\nprofile = "dev"\n'


@pytest.fixture
def project(world: World) -> Path:
    """Give a project of our own, with an identity `harmless`."""
    (world.cwd / ".git").mkdir()
    return world.runner_toml(f"[identities.harmless]\n{USER}", "project")


@pytest.mark.usefixtures("dev")
def test_the_name_of_another_identity(run: RunIn, fails: Fails, world: World, project: Path) -> None:
    """A trusted project that takes a user's name, or an AWS profile's, is an error that names both."""
    user = world.runner_toml(f"[identities.shared]\n{USER}")
    project.write_text(f"[identities.shared]\n{USER}[identities.dev]\n{USER}[identities.own]\n{USER}")
    run("trust", project, program="runner").expect_status(0)

    remedy = f"give it another name in {project}"
    contains = [f"{project}:1 [identities.shared]", "has the name of another identity", str(user)]
    fails("-i", "shared", slug="invalid-config", status=78, contains=contains, remedy=remedy)
    contains = [f"{project}:4 [identities.dev]", "an AWS profile in", ".aws/c"]
    fails("-i", "dev", slug="invalid-config", status=78, contains=contains, remedy=remedy)
    run("-i", "own", "--", "true").expect_status(0)


@pytest.mark.usefixtures("dev")
def test_where_the_search_ends(run: RunIn, world: World) -> None:
    """The nearest runner.toml from the working directory upward; not beyond a git root, not beyond HOME."""
    run_it = ("-i", "harmless", "--", "true")
    trust = {"RUN_TRUST": "1"}
    deep = world.cwd / "repository" / "deep"
    deep.mkdir(parents=True)
    world.runner_toml(f"[identities.harmless]\n{USER}", "project")

    run(*run_it, env=trust, cwd=deep).expect_status(0)
    (deep.parent / ".git").write_text("gitdir: elsewhere\n")
    run(*run_it, env=trust, cwd=deep).expect_failure("unknown-identity", 78)
    world.runner_toml(f"[identities.harmless]\n{USER}", deep.parent / "runner.toml")
    run(*run_it, env=trust, cwd=deep).expect_status(0)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.usefixtures("dev")
def test_the_search_ends_at_home(run: RunIn, world: World, slash: str) -> None:
    """HOME is looked at, what is above it is not; HOME may be a symbolic link or end with a slash."""
    link = world.root / "link"
    link.symlink_to(world.home)
    above = world.runner_toml(f"[identities.harmless]\n{USER}", world.root / "runner.toml")
    words = ("-i", "harmless", "--", "true")

    for home in (f"{world.home}{slash}", f"{link}{slash}"):
        output = run(*words, env={"RUN_TRUST": "1", "HOME": home})
        output.expect_failure("unknown-identity", 78)
    shutil.move(above, world.home / "runner.toml")
    run(*words, env={"RUN_TRUST": "1"}).expect_status(0)


@pytest.mark.usefixtures("dev")
def test_in_the_users_own_configuration_directory(run: RunIn, world: World) -> None:
    """The user's file is the user's, also for somebody who stands in front of it."""
    user = world.runner_toml(f"[identities.mine]\n{USER}")

    for env in ({}, {"RUN_TRUST": "1"}):
        run("-i", "mine", "--", "true", cwd=user.parent, env=env).expect_status(0)
    run("-i", "nobody", "--", "true", cwd=user.parent).expect_failure("unknown-identity", 78)


@pytest.mark.usefixtures("dev")
def test_a_file_that_cannot_be_read(run: RunIn, fails: Fails, world: World, project: Path) -> None:
    """It is not trusted, with the reason; identities found elsewhere go on working beside it."""
    project.unlink()
    project.symlink_to("/proc/1/mem")  # a file that even root cannot read from its beginning

    fails("-i", "harmless", slug="config-not-trusted", status=78, contains=["/proc/1/mem cannot be read"])
    run("-i", "dev", "--", "true").expect_status(0).expect_stderr("")
