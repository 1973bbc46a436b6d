"""A user's machine in one directory: home, runtime directory, configuration, environment."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tests.harness.aws import FakeAws, SsoToken
from tests.harness.eventually import eventually
from tests.harness.fake.clock import iso
from tests.harness.output import Output
from tests.harness.programs import BIN, executable

START_URL = "https://corp.awsapps.com/start"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


class Stoppable(Protocol):
    """A command that has been started."""

    def stop(self) -> None: ...


class World:
    """Everything a command finds, and nothing of the developer's: change `environ` as a user changes variables.

    `root` should be short and within [A-Za-z0-9._/-]: the private directory has to be.
    """

    def __init__(self, root: Path, aws: FakeAws) -> None:
        self.root = root
        self.aws = aws
        self.home = _directory(root / "home")
        self.cwd = _directory(self.home / "work")
        self.bin = _directory(root / "bin")
        self.runtime = _directory(root / "xdg")
        self.config = _directory(self.home / ".config")
        self.state = _directory(self.home / ".local" / "state")
        self.tmp = _directory(root / "tmp")
        self.environ: dict[str, str] = {
            "PATH": f"{BIN}:{self.bin}:{SYSTEM_PATH}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.tmp),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_STATE_HOME": str(self.state),
            "AWS_ENDPOINT_URL": aws.url,
            # The fake's, which knows no role until a test says so: never that of a machine the tests run on.
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": aws.url,
        }
        self.shared_roots: tuple[Path, ...] = (Path("/dev/shm"), Path("/tmp"))
        self.pids: set[int] = set()
        self.running: list[Stoppable] = []
        self.outputs: list[Output] = []
        self._logs: dict[str, bytes] = {}
        aws.witnesses.append(self)

    def environ_with(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        """Return the environment with some variables changed, or removed (None)."""
        changed = {**self.environ, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    def aws_config(self, text: str) -> Path:
        """Write ~/.aws/config (dedented)."""
        return self._write(self.home / ".aws" / "config", text)

    def aws_credentials(self, text: str) -> Path:
        """Write ~/.aws/credentials (dedented)."""
        return self._write(self.home / ".aws" / "credentials", text)

    def runner_toml(self, text: str, where: str | Path = "user") -> Path:
        """Write a runner.toml: the user's, the project's (in the working directory), or at a path."""
        places = {"user": self.config / "runner" / "runner.toml", "project": self.cwd / "runner.toml"}
        path = where if isinstance(where, Path) else places.get(where, Path(where))
        return self._write(path, text)

    def program(self, name: str, body: str) -> Path:
        """Write an executable script; it is on PATH too. A body without a first line of its own is for /bin/sh."""
        return executable(self.bin / name, textwrap.dedent(body))

    def sso_login(
        self, token: SsoToken, session: str = "corp", *, start_url: str = START_URL, region: str = "eu-west-1"
    ) -> Path:
        """Write what `aws sso login` leaves behind; for a legacy profile, `session` is the start URL."""
        content = {
            "startUrl": start_url,
            "region": region,
            "accessToken": token.access_token,
            "expiresAt": iso(token.expires_at),
            "clientId": token.client_id,
            "clientSecret": token.client_secret,
            "registrationExpiresAt": iso(token.registration_expires_at),
            **({"refreshToken": token.refresh_token} if token.refresh_token else {}),
        }
        name = hashlib.sha1(session.encode()).hexdigest() + ".json"
        return self._write(self.home / ".aws" / "sso" / "cache" / name, json.dumps(content))

    def private_leftovers(self) -> list[Path]:
        """Return what is below .../runner/runs, in every root where this world's commands may put it.

        Of the roots that are everybody's, only what is this world's: of a command it started, or naming its home.
        """
        per_user = f"runner-{os.getuid()}"
        roots = {self.runtime / "runner", self.tmp / per_user}
        for variable, name in (("XDG_RUNTIME_DIR", "runner"), ("TMPDIR", per_user), ("RUNNER_TEMP", "runner")):
            if self.environ.get(variable):
                roots.add(Path(self.environ[variable]) / name)
        everybodys = [entry for root in self.shared_roots for entry in _runs(root / per_user)]
        found = [entry for root in roots for entry in _runs(root)]
        found += [entry for entry in everybodys if self._started(entry) or self._named_in(entry)]
        return sorted({path for entry in found for path in (entry, *entry.rglob("*"))})

    def snapshot(self) -> dict[str, tuple[bytes, int, int]]:
        """Return ~/.aws as it is: relative path -> content (of a directory: nothing), mode, mtime_ns."""
        top = self.home / ".aws"
        return {str(path.relative_to(top)): _state(path) for path in (top, *top.rglob("*")) if path.exists()}

    def printed(self) -> dict[str, bytes]:
        """Return all that was printed or logged and may hold no secret, by where."""
        printed = {}
        for output in self.outputs:
            command = " ".join(output.words)
            printed[f"stderr of {command}"] = output.stderr
            if not output.secrets_allowed:
                printed[f"stdout of {command}"] = output.stdout
            printed[f"argv of {command}"] = os.fsencode(command)
        return {**printed, **self._logs, **_files(self.state)}

    def close(self) -> None:
        """Kill what still runs, keep the logs for printed(), and remove the directory."""
        for running in self.running:
            running.stop()
        self._logs = _files(self.state)
        for directory, names, _ in os.walk(self.root):  # a test may have taken permissions away
            for path in (Path(directory, name) for name in names):
                if not path.is_symlink():
                    path.chmod(0o700)
        eventually(lambda: _removed(self.root), what=f"{self.root} removed")  # a helper process may still be writing

    def _write(self, path: Path, text: str) -> Path:
        for parent in reversed(path.parents):
            if not parent.exists():
                _directory(parent)
        path.write_text(textwrap.dedent(text))
        path.chmod(0o600)
        return path

    def _started(self, entry: Path) -> bool:
        pid = entry.name.partition("-")[0]
        return pid.isdecimal() and int(pid) in self.pids

    def _named_in(self, entry: Path) -> bool:
        root = os.fsencode(self.root)
        return any(root in file.read_bytes() for file in entry.rglob("*") if file.is_file())


def _removed(top: Path) -> bool:
    shutil.rmtree(top, ignore_errors=True)
    return not top.exists()


def _directory(path: Path) -> Path:
    path.mkdir(parents=True)
    path.chmod(0o700)
    return path


def _runs(root: Path) -> list[Path]:
    runs = root / "runs"
    return list(runs.iterdir()) if runs.is_dir() else []


def _files(top: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def _state(path: Path) -> tuple[bytes, int, int]:
    status = path.lstat()
    content = b"" if path.is_dir() else path.read_bytes()
    return content, stat.S_IMODE(status.st_mode), status.st_mtime_ns
