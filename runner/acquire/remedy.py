"""What to type next: commands that can be pasted, with the reason behind a #."""

from __future__ import annotations

import shlex

from runner.acquire import process
from runner.model.identity import LoginSession, PermissionSet, Process, StaticKeys, WebIdentityRole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from runner.model.identity import Identity


def new(giver: Identity) -> str:
    """Return how to get new credentials of an identity."""
    if isinstance(giver, StaticKeys):
        return f"aws configure --profile {word(giver.profile)}        # new keys for {giver.where}"
    if isinstance(giver, Process):
        command = process.last_words(giver.credential_process)
        return f"{command}        # it should print new credentials; does it need a login?"
    if isinstance(giver, LoginSession):
        return f"aws login --profile {word(giver.name)}"
    if isinstance(giver, PermissionSet):
        option = f"--sso-session {word(giver.sso_session)}" if giver.sso_session else f"--profile {word(giver.profile)}"
        return f"aws sso login {option}"
    if isinstance(giver, WebIdentityRole):
        return f"ls -l {word(giver.token_file)}        # who writes the token there? it has to be a newer one"
    return edit(giver.where)


def edit(where: str) -> str:
    """Return how to open the file that `FILE:LINE KEY` or `profile "NAME" in FILE` names."""
    path = where.rpartition('" in ')[2].partition(":")[0]
    return f"$EDITOR {word(path)}        # {where}"


def proxy(variable: str) -> str:
    """Return how to see what a proxy says."""
    if not variable:
        return "env | grep -i proxy        # which one is it, and does it want a password?"
    reason = "does it want a password? NO_PROXY goes around it"
    return f'curl -sS -o /dev/null -x "${variable}" https://sts.amazonaws.com        # {reason}'


def bundle(variable: str) -> str:
    """Return how to see the file that should hold certificates."""
    return f'ls -l "${variable}"' if variable else "aws configure get ca_bundle        # is it a file?"


def certificate(endpoint: SplitResult) -> str:
    """Return how to see who has signed a certificate, and where its authority is named."""
    address = f"{endpoint.hostname}:{endpoint.port or 443}"
    named = "who signed? name that CA's file in AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE"
    return f"openssl s_client -showcerts -connect {address} </dev/null        # {named}"


def role_name(arn: str) -> str:
    """Return what IAM calls a role: the last part of its ARN."""
    return word(arn.rpartition("/")[2])


def word(text: str) -> str:
    """Return a text as one word of a shell."""
    return shlex.quote(text)
