"""The installed commands, started in a world.

    Run("--identity", "dev", "--", PROBE, "exit", "7", world=world).expect_status(7).expect_stderr("")

The fixture `run` is Run bound to the test's world; `run.start(...)` is Running bound to it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from tests.harness.output import Output
from tests.harness.programs import BIN
from tests.harness.world import World

Word = str | os.PathLike[str]
Stdin = bytes | str | int | None
Changes = Mapping[str, str | None]


class Running:
    """A command that has been started, in a session of its own: there is no terminal.

    `env` changes the world's variables (None removes one); `stdin` is text, bytes, a descriptor, or None: /dev/null.
    `program` is the name of an installed command, or a path. What it prints goes to files, so that a child that
    outlives it holds nobody up.
    """

    def __init__(
        self,
        *arguments: Word,
        world: World,
        env: Changes | None = None,
        stdin: Stdin = None,
        program: str | Path = "run",
        cwd: Path | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        self.words = (str(BIN / program), *(os.fspath(word) for word in arguments))
        self.world = world
        self._files = contextlib.ExitStack()
        self._stdout = _temporary(self._files)
        self._stderr = _temporary(self._files)
        self.process = subprocess.Popen(
            self.words,
            env=world.environ_with(env or {}),
            cwd=cwd or world.cwd,
            stdin=_descriptor(stdin, self._files),
            stdout=self._stdout,
            stderr=self._stderr,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self._output: Output | None = None
        world.running.append(self)
        world.pids.add(self.pid)

    @property
    def pid(self) -> int:
        return self.process.pid

    def stdout_so_far(self) -> str:
        return _content(self._stdout).decode(errors="backslashreplace")

    def stderr_so_far(self) -> str:
        return _content(self._stderr).decode(errors="backslashreplace")

    def send(self, number: int) -> None:
        """Send a signal to the command alone, as kill(1) does."""
        self.process.send_signal(number)

    def send_to_group(self, number: int) -> None:
        """Send a signal to every process of its group, as a terminal does."""
        os.killpg(self.pid, number)

    def finish(self, *, within_s: float = 30) -> Output:
        """Wait for the end; return how it ended and what was printed."""
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.stop()
            raise self._ended().wrong(f"it did not end within {within_s} s, and was killed") from None
        return self._ended()

    def stop(self) -> None:
        """Kill it with its whole group, if it still runs."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        self._ended()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ended(self) -> Output:
        if self._output is None:
            self._output = Output(self.words, self.process.returncode, _content(self._stdout), _content(self._stderr))
            self.world.outputs.append(self._output)
            self._files.close()
        return self._output


class Run(Output):
    """A command from its start to its end."""

    def __init__(
        self,
        *arguments: Word,
        world: World,
        env: Changes | None = None,
        stdin: Stdin = None,
        timeout_s: float = 30,
        program: str | Path = "run",
        cwd: Path | None = None,
    ) -> None:
        with Running(*arguments, world=world, env=env, stdin=stdin, program=program, cwd=cwd) as running:
            output = running.finish(within_s=timeout_s)
        super().__init__(output.words, output.status, output.stdout, output.stderr)
        world.outputs.remove(output)
        world.outputs.append(self)


class RunIn:
    """Run and Running in one world: what the fixture `run` is."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(
        self,
        *arguments: Word,
        env: Changes | None = None,
        stdin: Stdin = None,
        timeout_s: float = 30,
        program: str | Path = "run",
        cwd: Path | None = None,
    ) -> Run:
        """Run a command to its end."""
        return Run(*arguments, world=self.world, env=env, stdin=stdin, timeout_s=timeout_s, program=program, cwd=cwd)

    def start(
        self,
        *arguments: Word,
        env: Changes | None = None,
        stdin: Stdin = None,
        program: str | Path = "run",
        cwd: Path | None = None,
    ) -> Running:
        """Start a command and come back at once; the world's end kills it if nobody has waited for it."""
        return Running(*arguments, world=self.world, env=env, stdin=stdin, program=program, cwd=cwd)


def _temporary(files: contextlib.ExitStack) -> IO[bytes]:
    return files.enter_context(tempfile.TemporaryFile())


def _content(file: IO[bytes]) -> bytes:
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)


def _descriptor(stdin: Stdin, files: contextlib.ExitStack) -> int:
    if stdin is None:
        return subprocess.DEVNULL
    if isinstance(stdin, int):
        return stdin
    file = _temporary(files)
    file.write(stdin.encode() if isinstance(stdin, str) else stdin)
    file.seek(0)
    return file.fileno()
