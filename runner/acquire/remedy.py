"""What to type next: commands that can be pasted, with the reason behind a #."""

from __future__ import annotations

import shlex

from runner.acquire import process
from runner.model.identity import (
    Environment,
    LoginSession,
    PermissionSet,
    Process,
    StaticKeys,
    VariableKeys,
    WebIdentityRole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from runner.model.identity import Identity


def new(giver: Identity, login_command: str) -> str:  # noqa: PLR0911 - a table
    """Return how to get new credentials of an identity; `login_command` logs in for it."""
    if isinstance(giver, StaticKeys):
        return f"aws configure --profile {word(giver.profile)}        # new keys for {giver.where}"
    if isinstance(giver, Process):
        command = process.last_words(giver.credential_process)
        return f"{command}        # it should print new credentials; does it need a login?"
    if isinstance(giver, LoginSession):
        return f"aws login --profile {word(giver.name)}"
    if isinstance(giver, PermissionSet):
        return login(giver, login_command)
    if isinstance(giver, WebIdentityRole):
        return _token(giver)
    if isinstance(giver, VariableKeys):
        return f"printenv {giver.key_id_variable}        # new keys are needed there, and in {giver.secret_variable}"
    if isinstance(giver, Environment):
        return "env | cut -d= -f1 | grep ^AWS_        # whose are these? new ones are needed"
    return edit(giver.where)


def login(identity: PermissionSet, command: str) -> str:
    """Return our command that logs in, and that of the AWS CLI where it knows the session."""
    other = f"        # or: aws sso login {identity.aws_login}" if identity.aws_login else ""
    return command + other


def _token(role: WebIdentityRole) -> str:
    if role.token_file:
        return f"ls -l {word(role.token_file)}        # who writes the token there? it has to be a newer one"
    if role.token_process:
        return f"{process.last_words(role.token_process)}        # it should print a newer token; does it need a login?"
    return f"printenv {role.token_env or 'GITHUB_RUN_ID'}        # the job's token has ended: start the job again"


def edit(where: str) -> str:
    """Return how to open the file that `FILE:LINE KEY` or `profile "NAME" in FILE` names, or where to look for it."""
    _, is_in, path = where.rpartition(" in ")
    file, _, line = where.partition(":")
    if not is_in and not line[:1].isdigit():
        return f"runner config path        # {where}"
    return f"$EDITOR {word(path if is_in else file)}        # {where}"


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
