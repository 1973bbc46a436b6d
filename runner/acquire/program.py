"""The external programs that identities name: credential_process, mfa_process, token_process, saml_process."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from runner.acquire import process
from runner.leases import stamps
from runner.model.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping


class Place(Protocol):
    """Where a program is asked: the environment it gets, and whether it may ask somebody in its turn."""

    @property
    def environ(self) -> Mapping[str, str]:
        """What it gets."""

    @property
    def attended(self) -> bool:
        """Whether it may."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A program by the key that names it, its command line, and where that stands. `timeout_s` 0: the default."""

    key: str
    command: str
    where: str
    timeout_s: int = 0
    output_cap: int = process.OUTPUT_CAP

    @property
    def shown(self) -> str:
        """The command for a reader; words that look like secrets masked."""
        return process.last_words(self.command)

    def invalid(self, problem: str, cause: str = "") -> Failure:
        """Return the failure of a program that is not there, or printed something else than it should."""
        return Failure(
            "credential-process-invalid",
            program=self.key,
            problem=problem,
            cause=cause or self.where,
            remedy=self.shown or self.where,
        )


def source(asked: Asked, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp which program it is."""
    try:
        words = shlex.split(asked.command)
    except ValueError:
        return ()
    return (stamps.program(words[0], environ),) if words else ()


def answer(asked: Asked, place: Place) -> bytes:
    """Run a program and return what it printed; raises credential-process-failed, -invalid, -timeout."""
    timeout_s = asked.timeout_s or process.ATTENDED_S
    if not place.attended:
        timeout_s = min(timeout_s, process.UNATTENDED_S)
    program = process.Program(asked.command, place.environ, timeout_s, place.attended, asked.output_cap)
    try:
        ending = process.ask(program)
    except ValueError as error:
        raise asked.invalid(f"cannot be split into words: {error}") from error
    except OSError as error:
        raise asked.invalid("cannot be started", f"{error.filename}: {error.strerror}") from error
    if ending.too_long:
        raise asked.invalid(f"printed more than {asked.output_cap} bytes")
    facts = {"program": asked.key, "command": asked.shown}
    cause = process.last_words(ending.errors) or asked.where
    if ending.status is None:
        raise Failure("credential-process-timeout", seconds=timeout_s, cause=cause, **facts)
    if ending.status != 0:
        how = f"status {ending.status}" if ending.status > 0 else f"signal {-ending.status}"
        raise Failure("credential-process-failed", ending=how, cause=cause, **facts)
    return ending.output
