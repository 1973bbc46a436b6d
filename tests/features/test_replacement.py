"""Clients that read while the credentials file is replaced again and again."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from pathlib import Path

import pytest

from runner.model.failure import Failure
from runner.places import files
from tests.harness.aws import FakeAws
from tests.harness.eventually import eventually
from tests.harness.private import directory
from tests.harness.programs import CALLER
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
EVERY_S = 0.01
SCRIPT = f"""
until [ -e stop ]; do sleep 0.05; done
{CALLER} boto3 0 170 & one=$!
{CALLER} boto3 0 170 & two=$!
{CALLER} botocore 0 160 & three=$!
for number in 1 2 3 4 5 6; do aws sts get-caller-identity --region eu-west-1 >/dev/null || exit 1; done
wait $one && wait $two && wait $three || exit 1
touch done
until [ -e end ]; do sleep 0.05; done
"""


class Replacing:
    """Replaces a file every 10 ms, in the way a renewal does, by one content after the other."""

    def __init__(self, path: Path, contents: list[bytes]) -> None:
        self.path = path
        self.contents = contents
        self.count = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._replace)

    def __enter__(self) -> Replacing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _replace(self) -> None:
        for content in itertools.cycle(self.contents):
            with contextlib.suppress(Failure):  # the run has ended before its time: the test will say so
                files.replace(str(self.path), content)
            self.count += 1
            if self._over.wait(EVERY_S):
                return


@pytest.mark.timeout(180)
def test_no_reader_ever_sees_half_a_file(run: RunIn, world: World, aws: FakeAws) -> None:
    """Two boto3 clients, a botocore session and AWS CLI processes: 500 requests, no error, keys old and new."""
    world.aws_credentials(f"[keys]\n{aws.user('dev').ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    aws.role(BASE)
    soon_over = [aws.role_session(BASE, lifetime_s=600 + 7 * number) for number in range(40)]
    contents = [b" " * (37 * number) + key.process_json().encode() for number, key in enumerate(soon_over)]
    running = run.start("-i", "role", "--", "sh", "-c", SCRIPT)
    folder = directory(world, running)

    began = time.monotonic()
    with Replacing(folder / "credentials.json", contents) as replacing:
        (world.cwd / "stop").touch()
        eventually(lambda: (world.cwd / "done").exists() or running.process.poll() is not None, within_s=120)
    took_s = time.monotonic() - began
    (world.cwd / "end").touch()

    running.finish().expect_status(0).expect_stderr("")
    calls = aws.calls("GetCallerIdentity")
    assert len(calls) >= 500
    assert not [call for call in calls if call.error]
    assert {call.access_key_id for call in calls} >= {key.access_key_id for key in soon_over}
    assert replacing.count > took_s / EVERY_S / 4
