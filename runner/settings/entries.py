"""The forms of what may stand in a runner.toml, a class a table. The doorway of msgspec."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

Form = TypeVar("Form", bound=msgspec.Struct)


class WrongFormError(Exception):
    """A table is not of its form: `problem` in words, `key` inside the table ("" for itself), the keys it may have."""

    def __init__(self, problem: str, key: str, allowed: tuple[str, ...]) -> None:
        super().__init__(problem)
        self.problem = problem
        self.key = key
        self.allowed = allowed


def read(table: object, form: type[Form]) -> Form:
    """Check a table against its form; raises WrongFormError."""
    try:
        return msgspec.convert(table, form)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        key = path.rstrip("`").lstrip(".").partition("[")[0]  # of what is inside a table or list it says [...]
        unknown = problem.partition("unknown field `")[2].rstrip("`")
        within = ".".join(part for part in (key, unknown) if part)
        raise WrongFormError(problem, within, form.__struct_fields__) from None


class Common(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an entry of any kind may say."""

    kind: str
    region: str = ""
    account: str = ""
    cache: Literal["", "runtime", "none"] = ""
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    synced_from: str = ""  # by `runner sync`, which looks for it


class ProfileEntry(Common, kw_only=True):
    """kind = "aws/profile"."""

    profile: str


class CredentialsEntry(Common, kw_only=True):
    """kind = "aws/credentials"."""

    credential_process: str
    process_timeout: str | int = 0


class RoleEntry(Common, kw_only=True):
    """What all ways of assuming a role take."""

    role_arn: str
    duration: str | int = 0
    session_policy: str | None = None
    session_policy_arns: tuple[str, ...] = ()


class AssumeRoleEntry(RoleEntry, kw_only=True):
    """kind = "aws/assume-role"."""

    via: str
    role_session_name: str = ""
    external_id: str = ""
    source_identity: str = ""
    session_tags: dict[str, str] = msgspec.field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    mfa_serial: str = ""
    mfa_process: str = ""


class UserEntry(Common, kw_only=True):
    """kind = "aws/user"; the keys are a profile's, or in variables: "env:NAME"."""

    profile: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    mfa_serial: str = ""
    mfa_process: str = ""
    duration: str | int = 0


class WebIdentityEntry(RoleEntry, kw_only=True):
    """kind = "aws/web-identity"."""

    token_file: str = ""
    token_process: str = ""
    token_env: str = ""
    audience: str = ""
    process_timeout: str | int = 0
    role_session_name: str = ""


class SamlEntry(RoleEntry, kw_only=True):
    """kind = "aws/saml"."""

    principal_arn: str
    saml_process: str
    process_timeout: str | int = 0


class EnvironmentEntry(Common, kw_only=True):
    """kind = "aws/environment"."""


class PermissionSetEntry(Common, kw_only=True):
    """kind = "aws/permission-set"."""

    sso_session: str
    permission_set: str


class SsoSessionEntry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One [sso_sessions.NAME]; the keys are those of an [sso-session NAME] in the AWS config file."""

    sso_start_url: str
    sso_region: str
    sso_registration_scopes: str = ""

    def described(self) -> dict[str, str]:
        """Return it as the section of an AWS config file would be."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


ENTRIES: dict[str, type[Common]] = {
    "aws/profile": ProfileEntry,
    "aws/credentials": CredentialsEntry,
    "aws/user": UserEntry,
    "aws/assume-role": AssumeRoleEntry,
    "aws/permission-set": PermissionSetEntry,
    "aws/web-identity": WebIdentityEntry,
    "aws/saml": SamlEntry,
    "aws/environment": EnvironmentEntry,
}


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The table [settings]."""

    region: str = ""
    cache: Literal["", "runtime", "none"] = ""


class Groups(msgspec.Struct, kw_only=True):
    """The table [groups]: each is a list of names and patterns."""

    groups: dict[str, list[str]] = msgspec.field(default_factory=dict)
