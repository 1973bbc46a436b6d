"""The leases a world's commands have written: to look at, and to change as time or somebody else would."""

from __future__ import annotations

import time
from pathlib import Path

from runner.leases import form
from runner.model.lease import Lease
from tests.harness.aws import AccessKey, FakeAws, Role
from tests.harness.run import RunIn
from tests.harness.world import World

BASE = "arn:aws:iam::222222222222:role/Base"
OTHER = "arn:aws:iam::333333333333:role/Other"
PRINT_ID = ("sh", "-c", 'sed \'s/.*AccessKeyId": "//; s/".*//\' $RUN_DIR/credentials.json')


def with_role(world: World) -> Role:
    """Give a world the profile `keys` of a user, and the profile `role` that is assumed with it."""
    key = world.aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\n")
    return world.aws.role(BASE)


def acts_as(run: RunIn, aws: FakeAws, *words: str, **changes: str | None) -> AccessKey:
    """Run as an identity and return the credentials the command was given."""
    given = run("-i", *words, "--", *PRINT_ID, env=changes).expect_status(0).text.strip()
    found = aws.keys.find(given)
    assert found is not None, given
    return found


def folder(world: World) -> Path:
    """Return where leases are kept."""
    return world.runtime / "runner" / "leases"


def paths(world: World) -> list[Path]:
    """Return every file there."""
    return sorted(folder(world).iterdir()) if folder(world).is_dir() else []


def path(world: World) -> Path:
    """Return the only lease there is."""
    [found] = paths(world)
    return found


def read(world: World) -> Lease:
    """Return the only lease there is, parsed."""
    return form.parse(path(world).read_bytes())


def age(world: World, *, left_s: int = 3600, validated_ago_s: int = 0) -> Path:
    """Let time pass over the only lease: of an hour so much is left, and AWS was asked so long ago."""
    where, lease, now = path(world), read(world), int(time.time())
    lease.expires_at, lease.acquired_at = now + left_s, now + left_s - 3600
    lease.validated_at = now - validated_ago_s
    where.write_bytes(form.dump(lease))
    return where


def holding(top: Path, needles: tuple[str, ...]) -> list[Path]:
    """Return the files below a directory in which one of these texts stands."""
    files = [each for each in top.rglob("*") if each.is_file()]
    return [each for each in files if any(needle.encode() in each.read_bytes() for needle in needles)]
