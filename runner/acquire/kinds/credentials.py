"""Credentials from an external program, in the form all AWS SDKs know as credential_process."""

from __future__ import annotations

import json
import shlex
import time
from datetime import UTC, datetime

from runner.acquire import process
from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.credentials import Credentials, is_plain
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import Process


def hops(identity: Process) -> tuple[str, ...]:
    """Return the text of this link."""
    return (f"credential_process of {identity.name}",)


def sources(identity: Process, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp which program it is."""
    try:
        words = shlex.split(identity.credential_process)
    except ValueError:
        return ()
    return (stamps.program(words[0], environ),) if words else ()


def fetch(identity: Process, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Run the program and read its JSON; raises credential-process-failed, -invalid, -timeout, credentials-expired."""
    timeout_s = identity.timeout_s or process.ATTENDED_S
    if not reach.attended:
        timeout_s = min(timeout_s, process.UNATTENDED_S)
    program = process.Program(identity.credential_process, reach.environ, timeout_s, reach.attended)
    try:
        ending = process.ask(program)
    except ValueError as error:
        raise _invalid(identity, f"cannot be split into words: {error}") from error
    except OSError as error:
        raise _invalid(identity, "cannot be started", f"{error.filename}: {error.strerror}") from error
    if ending.too_long:
        raise _invalid(identity, f"printed more than {process.OUTPUT_CAP} bytes")
    said = process.last_words(ending.errors)
    if ending.status is None:
        raise Failure(
            "credential-process-timeout", seconds=timeout_s, command=_shown(identity), cause=said or identity.where
        )
    if ending.status != 0:
        how = f"status {ending.status}" if ending.status > 0 else f"signal {-ending.status}"
        raise Failure("credential-process-failed", ending=how, command=_shown(identity), cause=said or identity.where)
    return Grant(_read(identity, ending.output))


def _read(identity: Process, output: bytes) -> Credentials:
    try:
        answer: Any = json.loads(output)
    except (ValueError, RecursionError):  # its text would quote the output
        raise _invalid(
            identity, "printed something that is not JSON" if output.strip() else "printed nothing"
        ) from None
    if not isinstance(answer, dict) or answer.get("Version") != 1 or isinstance(answer.get("Version"), bool):
        raise _invalid(identity, 'printed JSON without "Version": 1')
    for key in ("AccessKeyId", "SecretAccessKey"):
        if not isinstance(answer.get(key), str) or not answer[key]:
            raise _invalid(identity, f"printed JSON without {key}")
    token = answer.get("SessionToken") or ""
    if not isinstance(token, str):
        raise _invalid(identity, "printed a SessionToken that is not a text")
    for key in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
        if not is_plain(answer.get(key) or ""):
            raise _invalid(identity, f"printed a {key} with characters that none has: spaces, line ends, accents")
    expires_at = _instant(identity, answer.get("Expiration"))
    if expires_at is not None and expires_at <= time.time():
        ended = datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise Failure(
            "credentials-expired",
            source=hops(identity)[0],
            since=f" at {ended}",
            cause=f"Expiration in what the program printed; {identity.where}",
            remedy=f"{_shown(identity)}        # it should print new credentials; does it need a login?",
        )
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], token, expires_at)


def _instant(identity: Process, value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        instant = datetime.fromisoformat(str(value))
        if instant.tzinfo is not None:
            return instant.astimezone(UTC).timestamp()  # in UTC it may be of the year 0 or 10000, which there is not
    except (ValueError, OverflowError):  # as without a zone
        pass
    raise _invalid(identity, "printed an Expiration that is not an ISO 8601 time with a zone")


def _shown(identity: Process) -> str:
    """Return the command for a reader; words that look like secrets masked."""
    return process.last_words(identity.credential_process)


def _invalid(identity: Process, problem: str, cause: str = "") -> Failure:
    return Failure(
        "credential-process-invalid",
        problem=problem,
        cause=cause or identity.where,
        remedy=_shown(identity) or identity.where,
    )
