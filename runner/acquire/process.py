"""External programs: their own session or the terminal, a time limit, a cap on what they print, the tail of stderr."""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from runner import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO, Self

ATTENDED_S = 300  # somebody may be typing
UNATTENDED_S = 60
OUTPUT_CAP = 64 * 1024  # bytes; what SDKs accept of a credential_process
TAIL_CAP = 2000  # bytes of stderr
LOOK_S = 0.05  # a program that has ended may have left a daemon with its pipes: only looking tells


@dataclass(frozen=True, slots=True)
class Program:
    """An external program to ask; `attended` when it may use the terminal; `output_cap` counts bytes."""

    command: str
    environ: Mapping[str, str]
    timeout_s: int
    attended: bool
    output_cap: int = OUTPUT_CAP


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended: `status` as subprocess counts, None when its time was over; stdout capped, stderr's end."""

    status: int | None
    output: bytes
    too_long: bool
    errors: str


def may_attend(no_input: str) -> bool:
    """Tell whether somebody can answer: a terminal whose foreground is ours, and nobody said otherwise."""
    if no_input:
        return False
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def ask(program: Program) -> Ending:
    """Run a program to its end; raises OSError when it cannot be started, ValueError when its line cannot be split."""
    words = shlex.split(program.command)
    if not words:
        raise ValueError("it is empty")
    environ = dict(program.environ) if program.attended else {**program.environ, "RUN_NO_INPUT": "1"}
    with _Held() as held, Path("/dev/tty" if program.attended else os.devnull).open("rb") as stdin:
        child = subprocess.Popen(
            words,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ,
            start_new_session=not program.attended,
            preexec_fn=held.let_go,  # noqa: PLW1509 - no second thread here
        )
        with child:
            try:
                held.let_go()
                return _Conversation(child, program).ending()
            finally:
                _end(child, group=not program.attended)


class _Held:
    """From entering it every signal waits, until it is let go: one that ends us must not come while a program starts.

    It would be there, and nobody would know its number.
    """

    def __enter__(self) -> Self:
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()

    def let_go(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)


class _Conversation:
    """Reads both pipes until the program has ended; a daemon that it left may hold them open for ever."""

    def __init__(self, child: subprocess.Popen[bytes], program: Program) -> None:
        self.child = child
        self.program = program
        self.output = b""
        self.too_long = False
        self.tail = b""
        self.parent = os.getppid()
        self.deadline = time.monotonic() + program.timeout_s

    def ending(self) -> Ending:
        with selectors.DefaultSelector() as selector:
            for pipe in (self.child.stdout, self.child.stderr):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ)
            status = self._until_end(selector)
            self._read(list(selector.get_map().values()), selector)
        errors = self.tail[-TAIL_CAP:].decode("utf-8", "replace")
        return Ending(status, self.output[: self.program.output_cap], self.too_long, errors)

    def _until_end(self, selector: selectors.BaseSelector) -> int | None:
        while time.monotonic() < self.deadline and os.getppid() == self.parent:
            events = selector.select(LOOK_S) if selector.get_map() else self._wait()
            self._read([key for key, _ in events], selector)
            status = self.child.poll()
            if status is not None or self.too_long:
                return status
        return None

    def _wait(self) -> list[tuple[selectors.SelectorKey, int]]:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(LOOK_S)
        return []

    def _read(self, keys: list[selectors.SelectorKey], selector: selectors.BaseSelector) -> None:
        for key in keys:
            pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]  # what was registered
            try:
                while chunk := os.read(pipe.fileno(), 65536):
                    self._take(chunk, is_output=pipe is self.child.stdout)
                    if self.too_long:
                        return
                selector.unregister(pipe)
            except BlockingIOError:
                pass

    def _take(self, chunk: bytes, *, is_output: bool) -> None:
        if is_output:
            self.output += chunk
            self.too_long = len(self.output) > self.program.output_cap
            return
        self.tail = (self.tail + chunk)[-2 * TAIL_CAP :]
        if self.program.attended:
            lines = chunk.decode("utf-8", "replace").split("\n")
            report.write("\n".join(map(report.clean, lines)))


def _end(child: subprocess.Popen[bytes], *, group: bool) -> None:
    """End what is still there: the program and, in a session of its own, what it has started."""
    try:
        if group and child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
        elif child.returncode is None:
            child.kill()
    except (ProcessLookupError, PermissionError):
        pass


def last_words(errors: str) -> str:
    """Return the last line of a program's stderr, with whatever looks like a key or a token masked.

    Of a `run` that failed in it, that is the first of its four lines, what happened; its cause, if that was a program.
    """
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    if [line.partition(" ")[0] for line in lines[-4:]] == ["run:", "chain:", "cause:", "try:"]:
        by_program = lines[-4].endswith("[credential-process-failed]")
        last = lines[-2].removeprefix("cause:").lstrip() if by_program else lines[-4]
    return " ".join(map(_masked, last.split(" ")))


def _masked(word: str) -> str:
    """Mask runs of 16 and more characters of keys and tokens that hold a digit and a capital."""
    shown, run = "", ""
    for character in word + "\0":
        if character.isascii() and (character.isalnum() or character in "/+=_-"):
            run += character
            continue
        is_secret = len(run) >= 16 and any(map(str.isdigit, run)) and any(map(str.isupper, run))
        shown, run = shown + ("****" if is_secret else run) + character, ""
    return shown[:-1]
