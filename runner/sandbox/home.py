"""The home of somebody who works in three demo accounts: AWS profiles, a runner.toml, an external program."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from os import pathsep
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.credentials import Credentials

DEV, STAGING, PROD = "111111111111", "222222222222", "333333333333"
ACCOUNTS = {DEV: "dev", STAGING: "staging", PROD: "prod"}
ROLES = (
    f"arn:aws:iam::{DEV}:role/Corporate",
    f"arn:aws:iam::{STAGING}:role/PowerUser",
    f"arn:aws:iam::{PROD}:role/Deployer",
    f"arn:aws:iam::{PROD}:role/ReadOnly",
)
CORPORATE, POWER_USER, DEPLOYER, READ_ONLY = ROLES
HELPER = "bin/corporate-sso-helper"
PROFILES = ("dev", "staging", "prod", "helper")
IDENTITIES = ("demo-dev", "corp-base", "staging-poweruser", "prod-audit")

AWS_CONFIG = f"""\
[profile dev]
region = us-east-1

[profile staging]
role_arn = {POWER_USER}
source_profile = dev
region = eu-west-1

[profile prod]
role_arn = {DEPLOYER}
source_profile = staging
region = eu-central-1

[profile helper]
credential_process = {{helper}}
region = us-east-1
"""
RUNNER_TOML = f"""\
[identities.demo-dev]
kind = "aws/profile"
profile = "dev"

[identities.corp-base]
kind = "aws/credentials"
credential_process = "{{helper}}"
account = "{DEV}"
region = "us-east-1"

[identities.staging-poweruser]
kind = "aws/assume-role"
via = "corp-base"
role_arn = "{POWER_USER}"
account = "{STAGING}"
region = "eu-west-1"

[identities.prod-audit]
kind = "aws/assume-role"
via = "staging-poweruser"
role_arn = "{READ_ONLY}"
account = "{PROD}"
"""

# Through these a shell reads start-up files of the user's, which may set AWS variables.
STARTUP_FILES = ("BASH_ENV", "ENV", "ZDOTDIR")


def furnish(home: Path, user: Credentials, corporate: Credentials) -> None:
    """Write the files of the demo into `home`: `user` is an IAM user's key, `corporate` what the program hands out."""
    helper = home / HELPER
    _write(home / ".aws" / "config", AWS_CONFIG.format(helper=helper))
    keys = f"aws_access_key_id = {user.access_key_id}\naws_secret_access_key = {user.secret_access_key}\n"
    _write(home / ".aws" / "credentials", f"[dev]\n{keys}")
    _write(home / ".config" / "runner" / "runner.toml", RUNNER_TOML.format(helper=helper))
    _write(helper, f"#!/bin/sh\ncat <<'END'\n{_printed(corporate)}\nEND\n", mode=0o700)
    (home / "runtime").mkdir(mode=0o700)


def environment(home: str, endpoint: str, outer: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process inside: `outer` without what leads to the user's own files and identities."""
    inner = {name: value for name, value in outer.items() if not name.startswith(("AWS_", "RUN_", "XDG_"))}
    for name in STARTUP_FILES:
        inner.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):
        inner[name] = ",".join(filter(None, (outer.get(name), "127.0.0.1")))
    return inner | {
        "HOME": home,
        "XDG_CACHE_HOME": f"{home}/.cache",
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_RUNTIME_DIR": f"{home}/runtime",
        "XDG_STATE_HOME": f"{home}/.local/state",
        "AWS_CONFIG_FILE": f"{home}/.aws/config",
        "AWS_SHARED_CREDENTIALS_FILE": f"{home}/.aws/credentials",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
    }


def with_first_on_path(folder: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with `folder` before all others on PATH."""
    return {**environ, "PATH": pathsep.join(filter(None, (folder, environ.get("PATH"))))}


def _printed(credentials: Credentials) -> str:
    """Return what a credential_process prints."""
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": datetime.fromtimestamp(credentials.expires_at or 0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _write(path: Path, text: str, mode: int = 0o600) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
