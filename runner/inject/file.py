"""The `file` injection: static keys in a private AWS credentials file, rewritten at each renewal.

For tools that cannot run a credential_process and open the file again themselves. An SDK's client that lives on reads
it once: it stays on its first keys. A new process reads the new ones.
"""

from __future__ import annotations

import fcntl
import os

from runner.inject.contract import Injection
from runner.inject.process import config_file, profile_name, sections, variables
from runner.model.failure import Failure
from runner.places import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.lease import Lease
    from runner.places.runs import RunDirectory

NAMES = {
    "AccessKeyId": "aws_access_key_id",
    "SecretAccessKey": "aws_secret_access_key",
    "SessionToken": "aws_session_token",
}


class FileInjection(Injection):
    """A credentials file with keys in it."""

    __slots__ = ()

    def changing(self, lease: Lease) -> dict[str, bytes]:
        """Return the credentials file."""
        return {"credentials": sections(("default", profile_name(lease.identity)), _keys(lease)).encode()}

    def renew(self, lease: Lease) -> None:
        """Replace the credentials file while holding an exclusive flock on credentials.lock beside it.

        Raises lock-timeout when somebody holds it: a renewal is tried again.
        """
        self.restore(lease)
        path = f"{self.directory.path}/credentials.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise files.unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            super().renew(lease)
        except BlockingIOError as error:
            doing = "writing the same file of credentials"
            raise Failure("lock-timeout", doing=doing, pid="unknown", cause=f"somebody holds {path}") from error
        finally:
            os.close(descriptor)


def prepare(lease: Lease, directory: RunDirectory, environ: Mapping[str, str]) -> Injection:  # noqa: ARG001 - the contract
    """Write the config file, without a source of credentials, and the credentials file with the keys."""
    profile = profile_name(lease.identity)
    constant = {"config": config_file(profile, [], lease).encode(), "credentials.lock": b""}
    injection = FileInjection(directory, variables(directory.path, profile), constant)
    injection.write(lease)
    return injection


def _keys(lease: Lease) -> list[str]:
    """Return the lines of the keys. The JSON is ours, and its values hold neither quotes nor backslashes."""
    parts = lease.body.decode().split('"')
    values = {name: parts[number + 2] for number, name in enumerate(parts) if name in NAMES}
    return [f"{ini} = {values[name]}" for name, ini in NAMES.items() if name in values]
