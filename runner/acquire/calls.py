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
    "VariableKeys": ("aws/user", "nothing: the keys stand in variables"),
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
# what a link needs for its call, when it has this field: the first that it has
NEEDS = {
    "mfa_process": "a code of {mfa_serial} from the program {mfa_process}",
    "mfa_serial": "a code of {mfa_serial}",
    "token_file": "the token in {token_file}",
    "token_process": "a token from the program {token_process}",
    "token_env": "the token in {token_env}",
    "saml_process": "an assertion from the program {saml_process}",
    "audience": "a token of GitHub Actions for {audience}",
}
PROGRAMS = ("credential_process", "mfa_process", "token_process", "saml_process")


def kind_of(link: Identity) -> str:
    """Return the kind of a link."""
    name = type(link).__name__
    return CALLS[name][0] if name in CALLS else name


def call_of(link: Identity) -> str:
    """Return what acquiring a link calls, and with what; of a program its first word, for the others may be secrets."""
    name = type(link).__name__
    if name not in CALLS:
        return "AWS"
    said = {field.name: str(getattr(link, field.name)) for field in fields(link) if field.repr}
    if said.get("outer"):
        return "nothing: what the run around this one gives"
    for key in PROGRAMS:
        if said.get(key):
            said[key] = _first_word(said[key])
    call, needed = CALLS[name][1], next((text for key, text in NEEDS.items() if said.get(key)), "")
    if name == "WebIdentityRole" and not needed:
        needed = "a token of GitHub Actions"
    return f"{call}, with {needed}".format(**said) if needed else call.format(**said)


def _first_word(command: str) -> str:
    try:
        word, *others = shlex.split(command)
    except ValueError:  # none, or quotes that do not end
        return "that cannot be split into words"
    return f"{word} with {len(others)} argument{'' if len(others) == 1 else 's'}"
