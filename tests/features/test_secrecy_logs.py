"""Whatever asks programs to talk: botocore's and urllib3's logs, which hold keys at DEBUG, reach nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.run import RunIn
from tests.harness.sso_profiles import token_file, with_sso
from tests.harness.world import World

ASKING = {
    "RUN_DEBUG": "1",
    "RUN_VERBOSE": "1",
    "AWS_DEBUG": "1",
    "AWS_LOG_LEVEL": "TRACE",
    "AWS_SDK_LOG_LEVEL": "debug",
    "AWS_CLI_HISTORY": "enabled",
    "AWS_CRT_LOG_LEVEL": "Trace",
    "BOTO_LOG_LEVEL": "DEBUG",
    "LOG_LEVEL": "DEBUG",
    "LOGLEVEL": "DEBUG",
    "DEBUG": "*",
    "PYTHONWARNINGS": "always",
    "PYTHONDEVMODE": "1",
    "URLLIB3_DEBUG": "1",
}
OURS = ("run: ", "  chain: ", "  cause: ", "  try:   ")
LEVELS = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)  # as somebody's sitecustomize may do
import runner.acquire
import botocore.auth, botocore.endpoint, botocore.hooks, botocore.httpsession, urllib3.connectionpool
names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("botocore", "urllib3")]
print(len(names), [name for name in names if logging.getLogger(name).isEnabledFor(logging.INFO)])
"""


@pytest.mark.parametrize("verbosity", [(), ("-v",), ("--debug",), ("-v", "--debug"), ("-q", "--debug")], ids=str)
def test_no_secret_however_talkative(run: RunIn, world: World, aws: FakeAws, verbosity: tuple[str, ...]) -> None:
    """SSO, a refresh, a role: each line on stderr is one of ours, that of failures too."""
    with_sso(world)
    world.sso_login(aws.sso_token(600))
    env = {**ASKING, "RUN_CACHE": "none"}

    good = run(*verbosity, "-i", "role", "--", "true", env=env).expect_status(0)
    aws.fail("AssumeRole", "AccessDenied", 403, times=4)
    denied = run(*verbosity, "-i", "role", "--", "true", env=env).expect_status(77)
    token_file(world).write_text(token_file(world).read_text()[:-20])
    broken = run(*verbosity, "-i", "role", "--", "true", env=env).expect_status(77)

    for output in (good, denied, broken):
        output.expect_no_canaries(aws)
        assert [line for line in output.error_text.splitlines() if not line.startswith(OURS)] == []


def test_the_import_trace_of_the_interpreter_holds_no_secret(run: RunIn, world: World, aws: FakeAws) -> None:
    """PYTHONVERBOSE is the interpreter's own talk, about modules."""
    lease_files.with_role(world)
    output = run("-i", "role", "--", "true", env={"PYTHONVERBOSE": "2", "RUN_DEBUG": "1"}).expect_status(0)

    assert "import 'botocore" in output.error_text
    output.expect_no_canaries(aws)


def test_settings_of_boto_and_its_data_are_not_a_way_in(run: RunIn, world: World, aws: FakeAws) -> None:
    """BOTO_CONFIG is of a library that is gone; models of AWS_DATA_PATH that are broken are said, and nothing else."""
    lease_files.with_role(world)
    models = world.home / "models" / "sts" / "2011-06-15"
    models.mkdir(parents=True)
    boto = world.home / "boto.cfg"
    boto.write_text("[Boto]\ndebug = 2\n")

    run("-i", "role", "--", "true", env={"BOTO_CONFIG": str(boto)}).expect_status(0).expect_stderr("")
    (world.home / "models" / "partitions.json").write_text("{")
    (models / "service-2.json").write_text("CANARYSECRET")
    said = run("-i", "role", "--", "true", env={"AWS_DATA_PATH": str(world.home / "models")})

    said.expect_failure("invalid-config", 78).expect_no_canaries(aws)


def test_the_loggers_stay_shut(world: World) -> None:
    """Also when the root logger writes everything: none below botocore and urllib3 is enabled for INFO."""
    environ = {**world.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-c", LEVELS]

    said = subprocess.run(words, env=environ, capture_output=True, text=True, check=True, cwd=os.sep).stdout

    count, _, enabled = said.strip().partition(" ")
    assert int(count) > 10
    assert enabled == "[]"


def test_a_logging_that_somebody_has_turned_on(run: RunIn, world: World, aws: FakeAws) -> None:
    """A usercustomize on PYTHONPATH that logs everything to stderr: still no secret."""
    lease_files.with_role(world)
    folder = world.root / "custom"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import http.client, logging\nlogging.basicConfig(level=1)\n"
        "logging.getLogger('botocore').setLevel(1)\nlogging.getLogger('urllib3').setLevel(1)\n"
        "for name in ('auth', 'parsers', 'endpoint', 'hooks'): logging.getLogger('botocore.' + name).setLevel(1)\n"
    )

    output = run("-i", "role", "--debug", "--", "true", env={"PYTHONPATH": str(folder)}).expect_status(0)

    output.expect_no_canaries(aws)
