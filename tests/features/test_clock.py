"""A clock that is wrong: measured by what AWS says, named with a remedy, and reckoned with while it is tolerable."""

from __future__ import annotations

import json
import time

import pytest

from tests.harness import lease_files
from tests.harness.aws import FOREVER, AccessKey, FakeAws
from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

ROLE = lease_files.BASE
REMEDY = "sudo timedatectl set-ntp true        # Linux; macOS: sudo sntp"


@pytest.mark.parametrize(("skew_s", "said"), [(7380, "2 h 3 min behind AWS's"), (-960, "16 min ahead of AWS's")])
def test_a_signature_out_of_time_tells_by_how_much(
    run: RunIn, aws: FakeAws, dev: AccessKey, skew_s: float, said: str
) -> None:
    """Measured by the two times in AWS's own words."""
    aws.skew(skew_s)

    contains = [
        f"the clock of this machine is {said}",
        "cause: sts GetCallerIdentity: SignatureDoesNotMatch, Signature",
    ]
    output = run("-i", "dev", "--", "true").expect_failure("clock-skew", 77, identity="dev", contains=contains)
    assert output.error_text.splitlines()[3].startswith(f"  try:   {REMEDY}")


@pytest.mark.parametrize("code", ["RequestTimeTooSkewed", "InvalidSignatureException", "RequestExpired"])
def test_without_times_in_the_words_the_date_of_the_answer_counts(
    fails: Fails, aws: FakeAws, dev: AccessKey, code: str
) -> None:
    """Other services only say that it is so."""
    aws.skew(1800)
    aws.fail("GetCallerIdentity", code, 403, times=FOREVER)

    fails("-i", "dev", slug="clock-skew", status=77, contains=["30 min behind AWS's", code], remedy=REMEDY)


def test_a_wrong_secret_is_no_wrong_clock(fails: Fails, world: World, aws: FakeAws, dev: AccessKey) -> None:
    """With clocks that agree the same code is about the key; so is RequestExpired about credentials."""
    aws.fail("GetCallerIdentity", "SignatureDoesNotMatch", 403, times=2)
    fails("-i", "dev", slug="credentials-invalid", status=77, contains=["SignatureDoesNotMatch"])

    aws.fail("GetCallerIdentity", "RequestExpired", 403, times=2)
    fails("-i", "dev", slug="credentials-expired", status=77, contains=["RequestExpired"])


def test_what_was_not_signed_is_measured_too(fails: Fails, world: World, aws: FakeAws) -> None:
    """A web identity token needs no signature: AWS accepts it, and would refuse all that its credentials sign."""
    aws.skew(-7200)
    with_web_identity(world)

    said = ["2 h 0 min ahead of AWS's", "the Date of AWS's answers", "by web identity token (failed here)"]
    fails("-i", "web", slug="clock-skew", status=77, identity="web", contains=said, remedy=REMEDY)


def test_ends_are_told_by_our_clock(run: RunIn, world: World, aws: FakeAws) -> None:
    """AWS's hour is an hour from now on our clock too, whatever its own says; so the command's SDK reads it right."""
    aws.skew(-600)
    with_web_identity(world)

    child = run("-i", "web", "--", "sh", "-c", "cat $RUN_DIR/credentials.json").may_print_secrets().expect_status(0)

    ends_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 - 120 + 30))
    begins_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 - 120 - 60))
    assert begins_at < json.loads(child.stdout)["Expiration"] < ends_at


def test_without_validation_a_wrong_clock_hinders_nobody(run: RunIn, world: World, aws: FakeAws) -> None:
    """`--validate never` asks for no judgement: some SDKs correct the clock themselves."""
    aws.skew(-7200)
    with_web_identity(world)

    run("-i", "web", "--validate", "never", "--", "true").expect_status(0).expect_stderr("")


def with_web_identity(world: World) -> None:
    """Give the world a role by web identity token."""
    token = world.cwd / "token"
    token.write_text(world.aws.web_identity_token())
    world.aws.role(ROLE)
    world.aws_config(f"[profile web]\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\n")
