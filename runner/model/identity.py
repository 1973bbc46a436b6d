"""What an identity is, by kind: plain values, checked where they were read. Cold: only acquiring needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from runner.model.credentials import Credentials

HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What every kind has: where it was read (file and section), the guard `account`, and whether to keep leases.

    `cache` is "runtime", "none", or "" for what the settings say.
    """

    name: str
    where: str
    region: str = ""
    account: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Identity):
    """Whatever the AWS SDKs make of a profile; resolving puts another kind in its place."""

    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticKeys(Identity):
    """The keys that stand in a profile."""

    profile: str
    credentials: Credentials = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableKeys(Identity):
    """Keys that stand in the variables of these names."""

    key_id_variable: str
    secret_variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Identity):
    """A session of an IAM user, got by the keys of the link before: those of `profile` ("" when they are variables).

    `duration_s` 0 means: not asked for. `mfa_serial` "": no MFA device; `mfa_process` prints its codes.
    """

    profile: str = ""
    key_id_variable: str = ""
    secret_variable: str = ""
    mfa_serial: str = ""
    mfa_process: str = ""
    duration_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Identity):
    """Credentials from an external program, used as they are. `timeout_s` 0 means: the default."""

    credential_process: str
    timeout_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient(Identity):
    """Credentials of the place we run in. `source` is as AWS spells it: Environment, EcsContainer..."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet(Identity):
    """A permission set of IAM Identity Center in an account.

    `sso_session` is the name of an sso-session, "" in a legacy profile; `scopes` are the configured ones, as written.
    `aws_login` are the words behind `aws sso login`, "" when the AWS CLI does not know the session.
    """

    sso_session: str
    start_url: str
    sso_region: str
    sso_account: str
    permission_set: str
    profile: str = ""
    scopes: str = ""
    aws_login: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession(Identity):
    """A session of `aws login`, by what the profile's login_session says."""

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Identity):
    """A role to assume. `duration_s` 0 means: not asked for."""

    role_arn: str
    role_session_name: str = ""
    external_id: str = ""
    mfa_serial: str = ""
    mfa_process: str = ""
    duration_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityRole(Identity):
    """A role assumed with a web identity token that stands in a file."""

    role_arn: str
    token_file: str
    role_session_name: str = ""
    duration_s: int = 0
