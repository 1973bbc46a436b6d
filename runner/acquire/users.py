"""The kind aws/user -> where its long-term keys come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.acquire import awsfiles, profiles
from runner.model.identity import Process, StaticKeys, VariableKeys

if TYPE_CHECKING:
    from runner.acquire.awsfiles import AwsFiles
    from runner.model.identity import Identity, User


def keys(user: User, files: AwsFiles) -> Identity:
    """Return the identity whose keys a user's session is got by; raises invalid-config when it has no such keys."""
    if not user.profile:
        names = {"key_id_variable": user.key_id_variable, "secret_variable": user.secret_variable}
        return VariableKeys(name=user.name, where=user.where, **names)
    if files.profile(user.profile) is None:
        problem = f'profile "{user.profile}" does not exist'
        raise awsfiles.wrong(user.where, problem, ", ".join(files.names()) or "no profile at all")
    found = profiles.links(user.profile, files)[-1]
    is_session = isinstance(found, StaticKeys) and bool(found.credentials.session_token)
    if is_session or not isinstance(found, StaticKeys | Process):
        problem = f'profile "{user.profile}" has no long-term keys, and a user\'s session needs them'
        raise awsfiles.wrong(user.where, problem, "a profile with keys, or with a credential_process that prints them")
    return found
