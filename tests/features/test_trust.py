"""A project's runner.toml: worth nothing before `runner trust`, and again nothing after a change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness.fails import Fails
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.world import World

USER = 'kind = "aws/profile"\nprofile = "dev"\n'


@pytest.fixture
def clone(world: World) -> Path:
    """Give a fresh clone of somebody's repository; its runner.toml tries what it can."""
    world.program("attack", "touch ../attacked; exit 1")
    upstream = world.home / "upstream"
    world.runner_toml(
        f"""
        [settings]
        region = "xx-evil-1"
        cache = "none"
        [identities.theirs]
        kind = "aws/credentials"
        credential_process = "attack"
        [identities.deploy]
        kind = "aws/credentials"
        credential_process = "attack"
        [identities.dev]
        kind = "aws/credentials"
        credential_process = "{world.bin}/attack"
        [identities.harmless]
        {USER}
        """,
        upstream / "runner.toml",
    )
    (upstream / ".env").write_text("RUN_TRUST=1\nRUN_CONFIG=runner.toml\nAWS_ENDPOINT_URL=http://127.0.0.1:1\n")
    (upstream / "src").mkdir()
    (upstream / "src" / "code").touch()
    environ = {**world.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x"), ("clone", "-q", ".", "../clone")):
        subprocess.run(["git", *who, *command], cwd=upstream, env=environ, check=True)
    return world.home / "clone"


@pytest.fixture
def project(world: World) -> Path:
    """Give a project of our own, with an identity `harmless`."""
    (world.cwd / ".git").mkdir()
    return world.runner_toml(f"[identities.harmless]\n{USER}", "project")


def trusted_files(world: World) -> list[Path]:
    folder = world.state / "runner" / "trusted"
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.usefixtures("dev")
def test_a_cloned_repository_runs_nothing(fails: Fails, world: World, clone: Path) -> None:
    """What only its file names is config-not-trusted, with what to type; its program is not started."""
    for name in ("theirs", "harmless", "nobody"):
        contains = [str(clone / "runner.toml"), "has not been trusted"]
        remedy = f"runner trust {clone / 'runner.toml'}"
        fails("-i", name, slug="config-not-trusted", status=78, contains=contains, remedy=remedy, cwd=clone / "src")

    assert not (world.home / "attacked").exists()
    assert world.aws.calls() == []
    assert trusted_files(world) == []


@pytest.mark.usefixtures("dev")
def test_a_cloned_repository_redirects_and_shadows_nothing(run: RunIn, world: World, clone: Path) -> None:
    """The user's identity and AWS profile of the same name go on being the user's; so do region and endpoint."""
    world.runner_toml(f'[identities.deploy]\n{USER}region = "eu-north-1"\n[identities.plain]\n{USER}')
    world.aws_config("[profile dev]\n")

    for name, region in (("deploy", "eu-north-1"), ("plain", ""), ("dev", "")):
        child = run("-i", name, "--", BOTO_PROBE, cwd=clone / "src").expect_status(0).expect_stderr("").json()
        shown = run("-i", name, "--", "printenv", "AWS_REGION", cwd=clone)
        assert child["arn"] == "arn:aws:iam::111111111111:user/dev"
        assert shown.text.strip() == region

    assert not (world.home / "attacked").exists()


@pytest.mark.usefixtures("dev")
def test_trust_and_its_end(run: RunIn, fails: Fails, world: World, project: Path) -> None:
    """After `runner trust` it is used; after any change, not any more; with the old bytes again, it is again."""
    fails("-i", "harmless", slug="config-not-trusted", status=78)

    told = run("trust", "runner.toml", program="runner").expect_status(0).expect_stderr("")
    run("-i", "harmless", "--", "true").expect_status(0)
    content = project.read_bytes()
    project.write_bytes(content + b"# changed\n")
    fails("-i", "harmless", slug="config-not-trusted", status=78, contains=["changed since"])
    project.write_bytes(content)
    run("-i", "harmless", "--", "true").expect_status(0)

    digest = hashlib.sha256(content).hexdigest()
    told.expect_in_stdout(f"trusted {project}", "identities: harmless", f"RUN_TRUST=sha256:{digest}")


@pytest.mark.usefixtures("dev")
def test_trust_is_of_one_path(run: RunIn, fails: Fails, world: World, project: Path) -> None:
    """The same bytes in another clone are not trusted; a directory stands for the runner.toml in it."""
    run("trust", ".", program="runner").expect_status(0)
    other = world.home / "other"
    shutil.copytree(world.cwd, other)

    run("-i", "harmless", "--", "true", cwd=world.cwd).expect_status(0)
    fails("-i", "harmless", slug="config-not-trusted", status=78, contains=[str(other)], cwd=other)


@pytest.mark.usefixtures("dev")
def test_a_broken_file_is_not_trusted(run: RunIn, world: World, project: Path) -> None:
    """`runner trust` reads what it is to trust."""
    project.write_text("[identities.x]\n")

    run("trust", project, program="runner").expect_failure("invalid-config", 78, contains=["has no kind"])

    assert trusted_files(world) == []


@pytest.mark.usefixtures("dev")
def test_trust_by_variable(run: RunIn, fails: Fails, project: Path) -> None:
    """RUN_TRUST is 1, or the hash of the bytes; anything else is refused, and 0 is nothing."""
    digest = hashlib.sha256(project.read_bytes()).hexdigest()
    wrong = hashlib.sha256(b"").hexdigest()
    words = ("-i", "harmless", "--", "true")

    for value in ("1", f"sha256:{digest}", f"sha256:{digest.upper()}"):
        run(*words, env={"RUN_TRUST": value}).expect_status(0)
    contains = ["is not the file RUN_TRUST names"]
    remedy = f"RUN_TRUST=sha256:{digest}"
    for value in (f"sha256:{wrong}", "sha256:"):
        env = {"RUN_TRUST": value}
        fails("-i", "harmless", slug="config-not-trusted", status=78, contains=contains, remedy=remedy, env=env)
    for value in ("yes", digest, "SHA256:"):
        env = {"RUN_TRUST": value}
        fails("-i", "harmless", slug="usage", status=64, contains=[f'RUN_TRUST "{value}"', "1 or sha256:HEX"], env=env)
    for value in ("0", ""):
        fails("-i", "harmless", slug="config-not-trusted", status=78, env={"RUN_TRUST": value})


@pytest.mark.usefixtures("dev")
def test_a_record_outweighs_no_wrong_hash(run: RunIn, fails: Fails, project: Path) -> None:
    """RUN_TRUST=sha256:... means this file and no other, also where somebody trusted another by hand."""
    run("trust", project, program="runner").expect_status(0)

    fails("-i", "harmless", slug="config-not-trusted", status=78, env={"RUN_TRUST": f"sha256:{'0' * 64}"})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.usefixtures("dev")
def test_a_file_of_another_owner(run: RunIn, fails: Fails, world: World, project: Path) -> None:
    """Refused, whoever trusted it; so is one of the user's own, and one that is named."""
    run("trust", project, program="runner").expect_status(0)
    os.chown(project, 12345, -1)
    named = world.runner_toml(f"[identities.harmless]\n{USER}", world.home / "named.toml")
    os.chown(named, 12345, -1)

    contains = ["belongs to uid 12345, not to you"]
    for words in (["-i", "harmless"], ["-c", named, "-i", "harmless"]):
        for env in ({}, {"RUN_TRUST": "1"}):
            fails(*words, slug="config-not-trusted", status=78, contains=contains, remedy="chown", env=env)
    run("trust", project, program="runner").expect_failure("config-not-trusted", 78, contains=contains)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
@pytest.mark.usefixtures("dev")
def test_a_file_that_others_can_write(run: RunIn, fails: Fails, world: World, project: Path, mode: int) -> None:
    """Refused, whoever trusted it; the user's own too."""
    run("trust", project, program="runner").expect_status(0)
    project.chmod(mode)

    contains = [f"can be written by others (mode {mode:04o})"]
    env = {"RUN_TRUST": "1"}
    fails("-i", "harmless", slug="config-not-trusted", status=78, contains=contains, remedy="chmod go-w", env=env)
    run("trust", project, program="runner").expect_failure("config-not-trusted", 78, contains=contains)
    project.unlink()
    world.runner_toml(f"[identities.harmless]\n{USER}").chmod(mode)
    fails("-i", "harmless", slug="config-not-trusted", status=78, contains=contains, remedy="chmod go-w")


@pytest.mark.usefixtures("dev")
def test_a_named_file_is_trusted_by_its_name(run: RunIn, fails: Fails, world: World, clone: Path) -> None:
    """--config and RUN_CONFIG of the process; it is then the only one."""
    run("-c", "runner.toml", "-i", "harmless", "--", "true", cwd=clone).expect_status(0)
    run("-i", "harmless", "--", "true", cwd=clone, env={"RUN_CONFIG": "runner.toml"}).expect_status(0)

    fails("-c", "../upstream/runner.toml", "-i", "x", slug="unknown-identity", status=78, cwd=clone)
    assert trusted_files(world) == []
