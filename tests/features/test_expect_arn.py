"""--expect-arn: whose principal it has to be, at the start and after each renewal."""

from __future__ import annotations

import pytest

from tests.harness import lease_files
from tests.harness.aws import AccessKey, FakeAws
from tests.harness.eventually import eventually
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = lease_files.BASE
ASSUMED = "arn:aws:sts::222222222222:assumed-role/Base/*"
OTHER = "arn:aws:sts::222222222222:assumed-role/Other/*"


@pytest.mark.parametrize("pattern", [ASSUMED, "*:assumed-role/Base/*", "*/Bas?/*", "*", "arn:*:22222222????:*"])
def test_a_principal_of_the_pattern(run: RunIn, world: World, aws: FakeAws, pattern: str) -> None:
    """* and ? stand for what they stand for in IAM; a lease that is there is used as without the guard."""
    lease_files.with_role(world)

    for _ in range(2):
        run("-i", "role", "--expect-arn", pattern, "--", "true").expect_status(0).expect_stderr("")

    assert len(aws.calls()) == 1


@pytest.mark.parametrize("pattern", [OTHER, "arn:aws:sts::222222222222:assumed-role/Base", "*:assumed-role/base/*"])
def test_a_principal_of_another_pattern(fails: Fails, run: RunIn, world: World, pattern: str) -> None:
    """Refused with the ARN there is, cold and with a lease; option or variable is named."""
    lease_files.with_role(world)

    said = [f"{ASSUMED[:-1]}", f"allows only {pattern}", "role Base in 222222222222 (failed here)"]
    options = ("-i", "role", "--expect-arn", pattern)
    fails(*options, slug="wrong-arn", status=77, contains=[*said, "--expect-arn allows"], remedy="runner list")
    run("-i", "role", "--", "true").expect_status(0)
    fails(*options, slug="wrong-arn", status=77, contains=said)
    env = {"RUN_EXPECT_ARN": pattern}
    fails("-i", "role", slug="wrong-arn", status=77, contains=[*said, "RUN_EXPECT_ARN allows"], env=env)


def test_keys_are_asked_for_although_nobody_validates(fails: Fails, dev: AccessKey, aws: FakeAws) -> None:
    """The guard needs AWS's word, with --validate never too."""
    options = ("-i", "dev", "--validate", "never", "--expect-arn", OTHER)

    fails(*options, slug="wrong-arn", status=77, contains=["arn:aws:iam::111111111111:user/dev"])

    assert len(aws.calls("GetCallerIdentity")) == 2


def test_a_renewal_that_brings_somebody_else_is_refused(run: RunIn, world: World, aws: FakeAws) -> None:
    """The program hands out another principal of the same account: the command keeps what it has, and it is said."""
    printed = world.cwd / "printed"
    printed.write_text(aws.role_session(BASE, lifetime_s=8).process_json())
    world.aws_config(f"[profile x]\ncredential_process = cat {printed}\n")

    running = run.start("-i", "x", "--expect-arn", ASSUMED, "--", "sleep", "60")
    eventually(lambda: len(aws.calls("GetCallerIdentity")) == 1)
    printed.write_text(aws.role_session(BASE.replace("Base", "Other")).process_json())
    eventually(lambda: "[wrong-arn]" in running.stderr_so_far(), within_s=30)

    assert "assumed-role/Other/helper, and --expect-arn allows only" in running.stderr_so_far()
    assert "has been renewed" not in running.stderr_so_far()
