"""What an external program of an identity prints, or the failure that says why it printed nothing."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.acquire import process
from runner.leases import stamps
from runner.model.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Asked:
    """A program as it was configured: under which key, its line, where that stands; `timeout_s` 0 is the default."""

    key: str
    command: str
    where: str
    timeout_s: int = 0

    @property
    def shown(self) -> str:
        """The command for a reader; words that look like secrets masked."""
        return process.last_words(self.command)

    def invalid(self, problem: str, cause: str = "") -> Failure:
        """Return the failure of a program that is not what it should be."""
        remedy = self.shown or self.where
        facts = {"key": self.key, "problem": problem, "remedy": remedy}
        return Failure("credential-process-invalid", cause=cause or self.where, **facts)


def stamped(command: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp which program a line starts; nothing for an empty line or one that cannot be split."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ()
    return (stamps.program(words[0], environ),) if words else ()


def printed(asked: Asked, environ: Mapping[str, str], *, attended: bool) -> bytes:
    """Run a program and return its stdout; raises credential-process-failed, -invalid, -timeout."""
    timeout_s = asked.timeout_s or process.ATTENDED_S
    if not attended:
        timeout_s = min(timeout_s, process.UNATTENDED_S)
    try:
        ending = process.ask(process.Program(asked.command, environ, timeout_s, attended))
    except ValueError as error:
        raise asked.invalid(f"cannot be split into words: {error}") from error
    except OSError as error:
        raise asked.invalid("cannot be started", f"{error.filename}: {error.strerror}") from error
    if ending.too_long:
        raise asked.invalid(f"printed more than {process.OUTPUT_CAP} bytes")
    facts = {"key": asked.key, "command": asked.shown}
    said = process.last_words(ending.errors) or asked.where
    if ending.status is None:
        raise Failure("credential-process-timeout", cause=said, seconds=timeout_s, **facts)
    if ending.status != 0:
        how = f"status {ending.status}" if ending.status > 0 else f"signal {-ending.status}"
        raise Failure("credential-process-failed", cause=said, ending=how, **facts)
    return ending.output
