"""Exit statuses: every status and signal of a command is copied, every failure has its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from runner.model.failure import Failure
from runner.model.failures import FAILURES
from runner.model.outcome import Outcome, retryable, status_of

# Written down by hand from the documented table; a slug not listed is 77.
STATUS = {
    64: {"usage", "conflicting-options"},
    75: {
        "throttled",
        "endpoint-unreachable",
        "proxy-or-tls",
        "credential-process-timeout",
        "lock-timeout",
        "disk-full",
    },
    78: {
        "unknown-identity",
        "no-identity",
        "no-match",
        "invalid-config",
        "identity-loop",
        "nested-too-deep",
        "config-not-trusted",
        "credential-process-invalid",
        "dependency-missing",
        "region-disabled",
        "duration-too-long",
        "state-directory-unsafe",
    },
    125: {"internal"},
    126: {"command-not-executable"},
    127: {"command-not-found"},
}
DEADLY = [signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGUSR1, signal.SIGALRM]


ENDING = """
import json, os, signal, sys
from runner.child.death import die
from runner.model.outcome import Outcome

def ended_as(exitcode):
    pid = os.fork()
    if pid == 0:
        die(Outcome.of_exitcode(exitcode))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
print(json.dumps([ended_as(exitcode) for exitcode in json.loads(sys.argv[1])]))
"""


def ended_as(exitcodes: list[int]) -> list[int]:
    """Return how processes end that die as commands with these ends did; as os.waitstatus_to_exitcode says it."""
    words = [sys.executable, "-c", ENDING, json.dumps(exitcodes)]  # this process has threads, and should not fork
    said: list[int] = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    return said


def test_every_status_and_every_signal_is_copied() -> None:
    """From what wait says to how we end: 0 to 255, and death by a signal, be it ignored here."""
    ends = [*range(256), *(-signo for signo in DEADLY)]

    assert ended_as(ends) == ends


@pytest.mark.parametrize("signo", DEADLY)
def test_a_signal_has_a_status_too(signo: signal.Signals) -> None:
    """Where nobody can die of it, as PID 1, the status is 128 and the signal."""
    outcome = Outcome.of_exitcode(-signo)

    assert (outcome.signal, outcome.status) == (signo, 128 + signo)


@pytest.mark.parametrize("slug", FAILURES)
def test_a_failure_has_its_status(slug: str) -> None:
    """As documented; those of 75 may pass by themselves."""
    expected = next((status for status, slugs in STATUS.items() if slug in slugs), 77)

    assert status_of(Failure(slug)) == expected
    assert retryable(Failure(slug)) is (expected == 75)
