"""What each kind of link is called in runner.toml, and what acquiring it calls: words for a reader, never a secret."""

from __future__ import annotations

import shlex
from dataclasses import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.identity import Identity

# class of the link -> its kind, and what it calls, over the fields of the link
CALLS = {
    "StaticKeys": ("aws/profile", "nothing: the keys stand in the file"),
    "Process": ("aws/credentials", "the program {credential_process}"),
    "Ambient": ("aws/environment", "the environment, the container's or the instance's endpoint"),
    "Environment": ("aws/environment", "the environment, the container's or the instance's endpoint"),
    "PermissionSet": ("aws/permission-set", "sso GetRoleCredentials in {sso_region}"),
    "LoginSession": ("aws/profile", "signin CreateOAuth2Token, when the token is about to end"),
    "User": ("aws/user", "sts GetSessionToken"),
    "Role": ("aws/assume-role", "sts AssumeRole of {role_arn}"),
    "WebIdentityRole": ("aws/web-identity", "sts AssumeRoleWithWebIdentity of {role_arn}"),
    "SamlRole": ("aws/saml", "sts AssumeRoleWithSAML of {role_arn}"),
}


def kind_of(link: Identity) -> str:
    """Return the kind of a link."""
    name = type(link).__name__
    return CALLS[name][0] if name in CALLS else name


def call_of(link: Identity) -> str:
    """Return what acquiring a link calls; of a program its first word, for the others may be secrets."""
    name = type(link).__name__
    said = {field.name: str(getattr(link, field.name)) for field in fields(link) if field.repr}
    if "credential_process" in said:
        said["credential_process"] = _first_word(said["credential_process"])
    return CALLS[name][1].format(**said) if name in CALLS else "AWS"


def _first_word(command: str) -> str:
    try:
        word, *others = shlex.split(command)
    except ValueError:  # none, or quotes that do not end
        return "that cannot be split into words"
    return f"{word} with {len(others)} argument{'' if len(others) == 1 else 's'}"
