"""A world with SSO identities of every kind: sso-session and legacy profiles, permission sets, roles behind them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.harness.aws import SsoToken
from tests.harness.lease_files import BASE
from tests.harness.world import START_URL, World

ACCOUNT = "222222222222"
READ_ONLY = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_ReadOnly_"
SESSION = f"[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n"
PROFILE = (
    f"[profile sso]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = ReadOnly\nregion = eu-west-1\n"
)
LEGACY = f"""\
[profile legacy]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_account_id = {ACCOUNT}
sso_role_name = ReadOnly
region = eu-west-1
"""
ENTRY = '[identities.{}]\nkind = "aws/permission-set"\nsso_session = "{}"\naccount = "{}"\npermission_set = "{}"\n'
TO_LOG_IN = "aws sso login --sso-session corp"


def with_sso(world: World) -> SsoToken:
    """Write the profiles and identities, and log somebody in to all of their sessions."""
    world.aws_config(
        f"{SESSION}{PROFILE}{LEGACY}[profile role]\nrole_arn = {BASE}\nsource_profile = sso\nregion = eu-west-1\n"
    )
    own = f'[sso_sessions.ours]\nsso_start_url = "{START_URL}"\nsso_region = "eu-west-1"\n'
    entries = ENTRY.format("set", "corp", ACCOUNT, "ReadOnly") + ENTRY.format("own", "ours", ACCOUNT, "ReadOnly")
    over = f'[identities.over]\nkind = "aws/assume-role"\nvia = "set"\nrole_arn = "{BASE}"\n'
    world.runner_toml(own + entries + over)
    world.aws.permission_set(ACCOUNT, "ReadOnly")
    world.aws.role(BASE, f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/*")
    token = world.aws.sso_token()
    for session in ("corp", "ours", START_URL):
        world.sso_login(token, session)
    return token


def token_file(world: World) -> Path:
    """Return where the token of the session corp is kept."""
    return world.home / ".aws" / "sso" / "cache" / (hashlib.sha1(b"corp").hexdigest() + ".json")
