"""Damaged files through the installed command: it starts, or says in four lines why not; it never hangs or crashes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from runner.model.failures import FAILURES
from tests.features.test_login_session import LOGIN, logged_in
from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.mutations import RUNNER_TOML, damaged
from tests.harness.output import Output
from tests.harness.run import RunIn
from tests.harness.sso_profiles import PROFILE, SESSION, token_file
from tests.harness.world import World

pytestmark = pytest.mark.timeout(300)

AT_ONCE = 4  # runs: they wait for AWS more than they work
ROUNDS = 6
BASE = "arn:aws:iam::222222222222:role/Base"
LABELS = ["run:", "chain:", "cause:", "try:"]

few = settings(
    max_examples=ROUNDS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def check(output: Output) -> bool:
    """Tell whether it started; if not, its last four lines are a failure of ours, and no defect."""
    said = output.error_text
    assert "Traceback" not in said, said
    if output.status == 0:
        return True
    lines = said.splitlines()[-4:]
    assert [line.split(" ")[0] or line.split()[0] for line in lines] == LABELS, said
    slug = lines[0].rpartition("  [")[2].rstrip("]")
    assert slug in FAILURES.keys() - {"internal"}, said
    return False


class Worlds:
    """One world in which the same file is damaged again and again; each run looks at a file of its own."""

    def __init__(self, run: RunIn, name: str, seed: bytes, place: Callable[[Path, bytes], dict[str, str]]) -> None:
        self.run = run
        self.name = name
        self.seed = seed
        self.place = place
        self.count = 0

    def started(self, contents: list[bytes]) -> list[bool]:
        """Run with each of these contents, at the same time; tell which commands started."""
        running = []
        for content in contents:
            self.count += 1
            folder = self.run.world.root / "damaged" / str(self.count)
            folder.mkdir(parents=True)
            env = {"RUN_CACHE": "none", **self.place(folder, content)}
            running.append(self.run.start("-i", self.name, "--", "true", env=env))
        return [check(each.finish(within_s=45)) for each in running]

    def judge(self) -> None:
        """The undamaged file is right; with damaged ones nothing worse happens than a failure."""
        assert self.started([self.seed]) == [True]

        @few
        @given(st.lists(damaged(self.seed), min_size=AT_ONCE, max_size=AT_ONCE))
        def judged(contents: list[bytes]) -> None:
            self.started(contents)

        judged()
        assert self.run.world.private_leftovers() == []


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_runner_toml(run: RunIn, world: World, aws: FakeAws) -> None:
    """The user's own configuration, named with --config."""
    aws.role(BASE)
    printed = file(world.root, "printed", aws.user("dev").process_json().encode())
    world.program("print-keys", f"cat {printed}\n")

    Worlds(run, "role", RUNNER_TOML, lambda at, bad: {"RUN_CONFIG": str(file(at, "runner.toml", bad))}).judge()


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_aws_files(run: RunIn, world: World, aws: FakeAws, name: str) -> None:
    """The AWS config file, and the credentials file, of a role over keys."""
    lease_files.with_role(world)
    seed = (world.home / ".aws" / ("config" if name == "AWS_CONFIG_FILE" else "credentials")).read_bytes()

    Worlds(run, "role", seed, lambda at, bad: {name: str(file(at, "file", bad))}).judge()


def test_the_sso_token(run: RunIn, world: World, aws: FakeAws) -> None:
    """The cache file of `aws sso login`, which is refreshed when it is still a token."""
    config = world.aws_config(SESSION + PROFILE)
    aws.permission_set("222222222222", "ReadOnly")
    seed = world.sso_login(aws.sso_token(600)).read_bytes()
    aws.fail("CreateToken", "InvalidGrantException", 400, times=1 << 30)
    below = token_file(world).relative_to(world.home)

    def place(at: Path, bad: bytes) -> dict[str, str]:
        file(at, str(below), bad)
        return {"HOME": str(at), "AWS_CONFIG_FILE": str(config)}

    Worlds(run, "sso", seed, place).judge()


def test_the_token_of_aws_login(run: RunIn, world: World, aws: FakeAws) -> None:
    """The cache file of `aws login`."""
    pytest.importorskip("awscrt")
    world.aws_config(LOGIN)
    token = logged_in(world.root / "login", aws, 3600)

    def place(at: Path, bad: bytes) -> dict[str, str]:
        file(at, token.name, bad)
        return {"AWS_LOGIN_CACHE_DIRECTORY": str(at)}

    Worlds(run, "login", token.read_bytes(), place).judge()


def test_what_a_program_prints(run: RunIn, world: World, aws: FakeAws) -> None:
    """The output of a credential_process."""
    world.aws_config("[profile x]\ncredential_process = cat-it\n")
    world.program("cat-it", 'cat "$PRINTED"\n')
    seed = aws.role_session(BASE).process_json().encode()

    Worlds(run, "x", seed, lambda at, bad: {"PRINTED": str(file(at, "printed", bad))}).judge()


def test_a_web_identity_token(run: RunIn, world: World, aws: FakeAws) -> None:
    """The token that a workload is given."""
    world.aws_config(f"[profile web]\nrole_arn = {BASE}\nweb_identity_token_file = $TOKEN\nregion = eu-west-1\n")
    aws.role(BASE)

    seed = aws.web_identity_token().encode()
    Worlds(run, "web", seed, lambda at, bad: {"TOKEN": str(file(at, "token", bad))}).judge()


def test_a_lease_is_made_again(run: RunIn, world: World, aws: FakeAws) -> None:
    """A damaged lease is none, whatever it is: every run starts."""
    lease_files.with_role(world)
    run("-i", "role", "--", "true").expect_status(0)
    path = lease_files.path(world)

    @few
    @given(damaged(path.read_bytes()))
    def judged(content: bytes) -> None:
        path.write_bytes(content)
        run("-i", "role", "--", "true").expect_status(0).expect_stderr("")

    judged()


def test_notes_beside_a_lock_are_only_notes(run: RunIn, world: World, aws: FakeAws) -> None:
    """Who holds it, and what failed for whoever held it, as damage or another version of run may have left it."""
    lease_files.with_role(world)
    run("-i", "role", "--", "true").expect_status(0)
    notes = [path for path in world.runtime.glob("runner/locks/*") if path.suffix == ".pid"]
    later = {"at": 1e12, "failure": ["slug-of-the-future", "", {}, "role", None, -1]}
    lacking = {"at": 1e12, "failure": ["sso-session-expired", "", {}, "role", None, -1]}

    for said in (json.dumps(later), json.dumps(lacking), "[" * 5000, "null", "{", '{"at": "x", "failure": []}', "\0"):
        for path in notes:
            path.write_text(said)
            path.with_suffix(".failed").write_text(said)
        lease_files.path(world).unlink()
        run("-i", "role", "--", "true").expect_status(0).expect_stderr("")
