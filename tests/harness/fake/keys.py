"""Who may call: access keys of users, issued sessions, and the principals behind them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field

from tests.harness.fake.canaries import Canaries
from tests.harness.fake.clock import Clock, iso

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Principal:
    """What GetCallerIdentity says; `role_arn` is the IAM role of an assumed-role session."""

    account: str
    arn: str
    user_id: str
    role_arn: str = ""


@dataclass(slots=True)
class AccessKey:
    """Credentials the service knows. Change `expires_at` or `active` to see it refuse them.

    `mfa` tells whether a code was used to get them: a trust policy that asks for one takes them.
    """

    principal: Principal
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    expires_at: int | None = None
    active: bool = True
    mfa: bool = False
    revoked: bool = False

    def environ(self) -> dict[str, str]:
        """Return them as AWS_* variables."""
        variables = {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}
        if self.session_token:
            variables["AWS_SESSION_TOKEN"] = self.session_token
        return variables

    def ini(self) -> str:
        """Return them as lines of a profile."""
        return "".join(f"{name.lower()} = {value}\n" for name, value in self.environ().items())

    def process_json(self) -> str:
        """Return them as a credential_process prints them."""
        printed = {
            "Version": 1,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
        }
        if self.session_token:
            printed["SessionToken"] = self.session_token
        if self.expires_at is not None:
            printed["Expiration"] = iso(self.expires_at)
        return json.dumps(printed)


class KeyStore:
    """All access keys there are; in `closed_regions`, which nobody has enabled, AWS knows none of them."""

    def __init__(self, clock: Clock, canaries: Canaries) -> None:
        self.clock = clock
        self.canaries = canaries
        self._by_id: dict[str, AccessKey] = {}
        self.closed_regions: set[str] = set()

    def find(self, access_key_id: str) -> AccessKey | None:
        return self._by_id.get(access_key_id)

    def issued(self) -> tuple[AccessKey, ...]:
        """Return all of them, the oldest first."""
        return tuple(self._by_id.values())

    def user(self, name: str, account: str) -> AccessKey:
        """Make an IAM user with a long-term key."""
        principal = Principal(account, f"arn:aws:iam::{account}:user/{name}", unique_id("AIDA"))
        return self._keep(AccessKey(principal, unique_id("AKIA"), self.canaries.secret_access_key()))

    def session(self, principal: Principal, lifetime_s: float) -> AccessKey:
        """Issue temporary credentials; a lifetime below zero issues expired ones."""
        return self._keep(
            AccessKey(
                principal,
                unique_id("ASIA"),
                self.canaries.secret_access_key(),
                self.canaries.token(),
                int(self.clock.now() + lifetime_s),
            )
        )

    def role_session(self, role_arn: str, session_name: str, lifetime_s: float) -> AccessKey:
        """Issue temporary credentials of a role."""
        return self.session(role_principal(role_arn, session_name), lifetime_s)

    def forget(self, key: AccessKey) -> None:
        """Delete a key: the service then does not know it."""
        del self._by_id[key.access_key_id]

    def _keep(self, key: AccessKey) -> AccessKey:
        self._by_id[key.access_key_id] = key
        return key


def role_principal(role_arn: str, session_name: str) -> Principal:
    """Return the principal of a session of a role."""
    partition, account = role_arn.split(":")[1], role_arn.split(":")[4]
    name = role_arn.rpartition("/")[2]
    arn = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"
    return Principal(account, arn, f"{unique_id('AROA')}:{session_name}", role_arn)


def unique_id(prefix: str) -> str:
    """Make an identifier of AWS's form: a prefix that tells what it is, then 16 characters."""
    return prefix + "".join(secrets.choice(_BASE32) for _ in range(16))
