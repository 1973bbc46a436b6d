"""--report FILE: one JSON object about the run, whole or not at all, however it ended."""

from __future__ import annotations

import json
import signal
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.harness.aws import AccessKey, FakeAws
from tests.harness.eventually import eventually
from tests.harness.fails import Fails
from tests.harness.output import FAILURE_KEYS
from tests.harness.private import WAITER, directory, key_in, let_go, next_key
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
KEYS = [
    *("version", "identity", "principal", "chain", "times", "renewals"),
    *("status", "status_of", "signal", "post_mortem", "error"),
]


@pytest.fixture
def report(world: World) -> Path:
    """The file of --report."""
    return world.cwd / "report.json"


@pytest.fixture
def role(world: World, aws: FakeAws) -> None:
    """Give a world with a profile `role`, whose credentials last 8 s."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    aws.role(BASE, lifetime_s=8)


def read(path: Path) -> dict[str, Any]:
    """Read a report: its keys are always the same."""
    content: dict[str, Any] = json.loads(path.read_text())
    assert list(content) == KEYS
    assert content["version"] == 1
    assert not list(path.parent.glob("*.tmp"))
    return content


def how(content: dict[str, Any]) -> tuple[int, str, str | None]:
    return content["status"], content["status_of"], content["signal"]


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_a_run_that_ended_well(run: RunIn, report: Path, dev: AccessKey) -> None:
    """Who it was, by which chain, when, and that it ended with 0; nothing on stderr."""
    before = datetime.now(UTC).replace(microsecond=0)

    run("-i", "dev", "--report", report, "--", "true").expect_status(0).expect_stderr("")

    content, who = read(report), dev.principal
    assert content["identity"] == "dev"
    assert content["principal"] == {"account": who.account, "arn": who.arn, "user_id": who.user_id}
    assert content["chain"] == ["keys of profile dev"]
    times = {name: instant(text) for name, text in content["times"].items()}
    assert before <= times["asked"] <= times["started"] <= times["ended"] < times["expires"]
    assert content["renewals"] == {"count": 0, "failures": {}}
    assert how(content) == (0, "command", None)
    assert content["post_mortem"] is None
    assert content["error"] is None


@pytest.mark.parametrize(
    ("options", "script", "expected"),
    [
        ([], "exit 7", (7, "command", None)),
        ([], "kill -USR1 $$", (128 + signal.SIGUSR1, "signal", "SIGUSR1")),
        (["--timeout", "1s"], "exec sleep 60", (124, "run", None)),
    ],
    ids=["status", "signal", "timeout"],
)
@pytest.mark.usefixtures("dev")
def test_whose_status_it_was(
    run: RunIn, report: Path, options: list[str], script: str, expected: tuple[int, str, str | None]
) -> None:
    """The command's own, that of the signal that killed it, or ours."""
    run("-i", "dev", *options, "--report", report, "--", "sh", "-c", script)

    assert how(read(report)) == expected


@pytest.mark.parametrize(
    ("words", "slug", "status"),
    [
        (["-i", "nobody", "--", "true"], "unknown-identity", 78),
        (["-i", "dev", "--account", "999999999999", "--", "true"], "wrong-account", 77),
        (["-i", "dev", "--", "no-such-command"], "command-not-found", 127),
        (["-i", "dev", "--timeout", "soon", "--", "true"], "usage", 64),
        (["-i", "dev", "--unheard-of", "--", "true"], "usage", 64),
        (["-i", "dev"], "usage", 64),
    ],
    ids=["identity", "account", "command", "value", "option", "nothing"],
)
@pytest.mark.usefixtures("dev")
def test_a_run_that_was_not_started(run: RunIn, report: Path, words: list[str], slug: str, status: int) -> None:
    """The error is that of --error-format json, and the status is ours."""
    output = run("--report", report, "--error-format", "json", *words).expect_failure(slug, status, form="json")

    content = read(report)
    assert how(content) == (status, "run", None)
    assert content["error"] == json.loads(output.error_text)["error"]
    assert set(content["error"]) == FAILURE_KEYS
    assert content["times"]["started"] is None
    assert content["identity"] == words[1]


@pytest.mark.usefixtures("role")
def test_renewals_are_counted(run: RunIn, world: World, aws: FakeAws, report: Path) -> None:
    """How often credentials were renewed, what it failed by, until when they last, and the last line."""
    running = run.start("-i", "role", "--report", "report.json", "-q", "--", "sh", "-c", f"{WAITER}; exit 3")
    seen = directory(world, running)
    next_key(seen, key_in(seen), within_s=20)

    aws.role(BASE, "nobody", lifetime_s=8)
    key = aws.keys.find(key_in(seen))
    assert key is not None
    assert key.expires_at is not None
    ended = datetime.fromtimestamp(key.expires_at + 1, UTC)
    eventually(lambda: datetime.now(UTC) >= ended, within_s=20)
    let_go(world)
    running.finish().expect_status(3).expect_stderr("")

    content = read(report)
    assert content["renewals"]["count"] >= 1
    assert content["renewals"]["failures"]["role-not-assumable"] >= 1
    assert instant(content["times"]["expires"]) == datetime.fromtimestamp(key.expires_at, UTC)
    assert "[role-not-assumable]; try: " in content["post_mortem"]
    assert how(content) == (3, "command", None)


@pytest.mark.usefixtures("role")
def test_credentials_that_ended_end_the_command(run: RunIn, report: Path) -> None:
    """--on-expiry term: 77 is our status."""
    options = ("--max-lifetime", "1s", "--on-expiry", "term", "--report", report)
    run("-i", "role", *options, "--", "sh", "-c", WAITER).expect_status(77)

    assert how(read(report)) == (77, "run", None)


@pytest.mark.usefixtures("dev")
def test_the_path_is_that_of_the_start(run: RunIn, world: World, report: Path) -> None:
    """A relative path, from RUN_REPORT, in the directory that the run was started in; a link stays a link."""
    real = world.root / "real.json"
    report.symlink_to(real)

    run("-i", "dev", "--", "sh", "-c", "cd / && exit 5", env={"RUN_REPORT": "report.json"}).expect_status(5)

    assert report.is_symlink()
    assert how(read(real)) == (5, "command", None)


@pytest.mark.usefixtures("dev")
def test_the_mode_is_that_of_the_users_files(run: RunIn, world: World, report: Path) -> None:
    """By the umask, as a shell's > would make it: there is no secret in it; the old one is replaced."""
    report.write_text("old")
    report.chmod(0o600)
    script = f"umask 027; run -i dev --report {report} -- grep old {report}"

    run("-c", script, program=Path("/bin/sh")).expect_status(0).expect_stdout("old\n")

    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    read(report)


@pytest.mark.parametrize(
    "path", ["nowhere/report.json", ".", "-", "/dev/null", "/dev/stdout", "/dev/stderr", "stdin/x"]
)
@pytest.mark.usefixtures("dev")
def test_a_place_that_cannot_be_written_is_refused(fails: Fails, world: World, path: str) -> None:
    """Before anything is asked or started; devices and our own output are never replaced."""
    (world.cwd / "stdin").write_text("")

    fails("-i", "dev", "--report", path, slug="usage", status=64, contains=[f'--report "{path}" '], remedy="--report")

    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert world.aws.calls("GetCallerIdentity") == []


@pytest.mark.usefixtures("dev")
def test_a_place_that_has_gone_is_said(run: RunIn, world: World) -> None:
    """After the command its status counts: a notice, and no more."""
    folder = world.cwd / "out"
    folder.mkdir()

    output = run("-i", "dev", "--report", "out/r.json", "--", "sh", "-c", f"rmdir {folder}; exit 6").expect_status(6)

    [line] = output.error_text.splitlines()
    assert line.startswith("run: the report of this run could not be written: ")
    assert "out/r.json" in line


@pytest.mark.usefixtures("dev")
def test_a_dry_run_is_none(run: RunIn, report: Path) -> None:
    """--dry-run writes no report."""
    run("-i", "dev", "--report", report, "--dry-run", "--", "true").expect_status(0)

    assert not report.exists()


def test_interrupted_before_the_start(run: RunIn, world: World, aws: FakeAws, report: Path, dev: AccessKey) -> None:
    """^C while AWS is asked: the run died of it, and the report says so."""
    aws.hang("GetCallerIdentity")
    running = run.start("-i", "dev", "--report", report, "--", "true")

    eventually(lambda: aws.calls("GetCallerIdentity"))
    running.send_to_group(signal.SIGINT)
    running.finish().expect_signal(signal.SIGINT)

    assert how(read(report)) == (130, "signal", "SIGINT")
