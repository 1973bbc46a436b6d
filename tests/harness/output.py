"""What a finished command printed and how it ended, with chainable expectations."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from typing import Any, Literal, Protocol, Self

from tests.harness.fake.canaries import leaks

FAILURE_KEYS = {"slug", "message", "identity", "chain", "failed_at", "cause", "try", "exit_status", "retryable"}
TEMPORARY = 75


class Canaried(Protocol):
    """Somebody who knows all secrets."""

    def canaries(self) -> tuple[str, ...]: ...


class Output:
    """Status (minus the signal, when one killed it), stdout and stderr of a command."""

    def __init__(self, words: Sequence[str], status: int, stdout: bytes, stderr: bytes) -> None:
        self.words = tuple(words)
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.secrets_allowed = False

    @property
    def text(self) -> str:
        """What it wrote to stdout."""
        return self.stdout.decode(errors="backslashreplace")

    @property
    def error_text(self) -> str:
        """What it wrote to stderr."""
        return self.stderr.decode(errors="backslashreplace")

    def json(self) -> Any:
        """Return stdout, read as JSON."""
        try:
            return json.loads(self.stdout)
        except ValueError:
            raise self.wrong("stdout is not JSON") from None

    def expect_status(self, status: int) -> Self:
        return self._expect(self.status == status, f"expected status {status}")

    def expect_signal(self, number: int) -> Self:
        """Expect that it was killed by a signal (not that it ended with 128+n)."""
        return self._expect(self.status == -number, f"expected death by {signal.Signals(number).name}")

    def expect_stdout(self, expected: str | bytes) -> Self:
        return self._expect(self.stdout == _bytes(expected), f"expected exactly this on stdout: {expected!r}")

    def expect_stderr(self, expected: str | bytes) -> Self:
        return self._expect(self.stderr == _bytes(expected), f"expected exactly this on stderr: {expected!r}")

    def expect_in_stdout(self, *parts: str) -> Self:
        return self._expect_parts(self.text, parts, "stdout")

    def expect_in_stderr(self, *parts: str) -> Self:
        return self._expect_parts(self.error_text, parts, "stderr")

    def expect_failure(
        self,
        slug: str,
        status: int,
        *,
        contains: Sequence[str] = (),
        identity: str | None = None,
        form: Literal["text", "json"] = "text",
        preceded: bool = False,
    ) -> Self:
        """Expect a failure of ours, in four lines or in one of JSON, and nothing else on stdout and stderr.

        With `preceded`, other lines may stand before it on stderr and anything on stdout: an external program's
        words, a notice, `-v`, a child that ran. `contains` may be anywhere in the failure.
        """
        self.expect_status(status)
        self._expect("Traceback" not in self.text + self.error_text, "there is a traceback")
        lines = self.error_text.splitlines()
        size = 4 if form == "text" else 1
        self._expect(len(lines) >= size, f"expected a failure of {size} line(s) on stderr")
        self._expect(preceded or (len(lines) == size and not self.stdout), "expected nothing but the failure")
        failure = lines[-size:]
        if form == "text":
            self._check_lines(failure, slug, identity)
        else:
            self._check_json(failure[0], slug, status, identity)
        return self._expect_parts("\n".join(failure), contains, "the failure")

    def expect_no_canaries(self, aws: Canaried) -> Self:
        """Expect no secret on stdout or stderr."""
        places = leaks({"stdout": self.stdout, "stderr": self.stderr}, aws.canaries())
        return self._expect(not places, f"there is a secret on {' and '.join(places)}")

    def may_print_secrets(self) -> Self:
        """Let stdout hold secrets (`env`, `cat`, `runner export`); stderr never may."""
        self.secrets_allowed = True
        return self

    def _check_lines(self, lines: Sequence[str], slug: str, identity: str | None) -> None:
        self._expect(lines[0].endswith(f"  [{slug}]"), f"expected a first line that ends with two spaces and [{slug}]")
        self._expect(lines[0].startswith(("run: ", "runner: ")), "expected a first line that begins with run:")
        for line, label in zip(lines[1:], ("  chain: ", "  cause: ", "  try:   "), strict=True):
            self._expect(line.startswith(label.rstrip()), f"expected a line that begins with {label.rstrip()!r}")
        named = identity is None or f'"{identity}"' in lines[0]
        self._expect(named, f'expected "{identity}" in the first line')

    def _check_json(self, line: str, slug: str, status: int, identity: str | None) -> None:
        try:
            error = json.loads(line)["error"]
        except (ValueError, KeyError, TypeError):
            raise self.wrong("stderr is not the JSON form of a failure") from None
        self._expect(set(error) == FAILURE_KEYS, f"expected these keys: {sorted(FAILURE_KEYS)}")
        self._expect(error["slug"] == slug, f"expected slug {slug}")
        self._expect(error["exit_status"] == status, f"expected exit_status {status}")
        self._expect(error["retryable"] is (status == TEMPORARY), f"expected retryable {status == TEMPORARY}")
        self._expect(identity in (None, error["identity"]), f"expected identity {identity}")

    def _expect_parts(self, text: str, parts: Sequence[str], where: str) -> Self:
        for part in parts:
            self._expect(part in text, f"expected in {where}: {part!r}")
        return self

    def _expect(self, condition: object, expectation: str) -> Self:
        __tracebackhide__ = True
        if not condition:
            raise self.wrong(expectation)
        return self

    def wrong(self, expectation: str) -> AssertionError:
        """Make an error that shows everything."""
        return AssertionError(
            f"{expectation}\n--- command: {' '.join(self.words)}\n--- status: {self.status}\n"
            f"--- stdout:\n{self.text}\n--- stderr:\n{self.error_text}\n---"
        )


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
