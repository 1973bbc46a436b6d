"""The user whose commands are measured: a role over keys, a permission set, and AWS on the loopback interface."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness.aws import FakeAws
from tests.harness.sso_profiles import ACCOUNT, PROFILE, SESSION
from tests.harness.world import START_URL, World

ROLE = "arn:aws:iam::222222222222:role/Bench"
BENCH = f"[profile bench]\nrole_arn = {ROLE}\nsource_profile = keys\nregion = eu-west-1\n"
MEMORY = Path("/dev/shm")


@contextmanager
def world() -> Iterator[World]:
    """Give a world with the profiles `keys`, `bench` (a role over them) and `sso`, logged in; be in its directory.

    XDG_RUNTIME_DIR is in memory where the system has such a place, as that of a login session is (/run/user/UID, a
    tmpfs): what a start writes and removes there is to cost what it costs a user, whatever disk /tmp is on.
    """
    with (
        tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as root,
        tempfile.TemporaryDirectory(prefix="b-", dir=MEMORY if os.access(MEMORY, os.W_OK) else root) as runtime,
        FakeAws() as aws,
    ):
        made = World(Path(root, "world"), aws)
        made.runtime = Path(runtime)
        made.environ["XDG_RUNTIME_DIR"] = runtime
        made.aws_credentials(f"[keys]\n{aws.user('bench').ini()}")
        made.aws_config(f"{SESSION}{PROFILE}{BENCH}")
        aws.role(ROLE)
        aws.permission_set(ACCOUNT, "ReadOnly")
        token = aws.sso_token()
        for session in ("corp", START_URL):  # others find a token by its start URL
            made.sso_login(token, session)
        with contextlib.chdir(made.cwd):
            yield made
        made.close()
