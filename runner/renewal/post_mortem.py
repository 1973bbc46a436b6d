"""The last line about a command that failed while its credentials were not good any more."""

from __future__ import annotations

from time import gmtime, strftime, time

from runner import cold, report
from runner.child.raw import signal
from runner.model.failure import Failure
from runner.model.outcome import AUTHENTICATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.lease import Lease
    from runner.model.outcome import Outcome
    from runner.renewal import Granted, Renewal

ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)  # who gets one is expected to end
REFUSED = ("access-denied", "credentials-expired", "credentials-invalid")  # what AWS says of credentials it refuses
NO_NETWORK = ("endpoint-unreachable", "proxy-or-tls")  # then it is not asked: the command is over, nobody wants to wait
AGAIN = "start the command again"


def has_failed(outcome: Outcome, relayed: set[int]) -> bool:
    """Tell whether a command that did not end well has failed by itself: nobody has ended it, nor --timeout."""
    was_asked_to = not relayed.isdisjoint((*ENDING, outcome.signal))
    return not was_asked_to and (not outcome.is_ours or outcome.status == AUTHENTICATION)


def say(run: Granted, renewal: Renewal | None) -> str:
    """Write the line and return it, "" when there is nothing to say. AWS is asked once, for a few seconds at most."""
    request = run.request
    is_wanted = request.on_expiry != "ignore" and (request.report or not request.quiet)
    said = line(run, renewal) if is_wanted else ""
    if said:
        report.notice(said)
    return said


def line(run: Granted, renewal: Renewal | None) -> str:
    """Return it when their renewal failed and they had ended, when AWS refuses them, or when they had lapsed."""
    lease, failure = run.lease, renewal.failure if renewal is not None else None
    now = time()
    answer = _answer(run, failure) if failure or now >= lease.written_end_at else None
    is_refused = answer is not None and answer.slug in REFUSED
    has_ended = now >= lease.written_end_at if failure else now >= lease.expires_at and answer is not None
    if has_ended or is_refused:
        state = _state(lease, now, answer)
        reason, remedy = _reason(run, renewal)
        return f'the command failed, and "{lease.identity}" had no valid credentials: {state}; {reason}; try: {remedy}'
    if renewal is not None and renewal.lapsed and failure is None:
        ended_at, renewed_at = map(_clock, renewal.lapsed)
        state = f'the credentials of "{lease.identity}" had ended at {ended_at} and were renewed at {renewed_at} only'
        return f"the command failed, and {state}; try: {AGAIN}"
    return ""


def _answer(run: Granted, failure: Failure | None) -> Failure | None:
    """Return what AWS has against the credentials, or why it could not be asked; None when it takes them."""
    if failure is not None and failure.slug in NO_NETWORK:
        return failure
    try:
        cold.confirm(run.lease, run.order, run.caller)
    except Failure as said:
        return said
    return None


def _state(lease: Lease, now: float, answer: Failure | None) -> str:
    if now >= lease.expires_at:
        return f"they ended at {_clock(lease.expires_at)}"
    if answer is not None and answer.slug in REFUSED:
        return f"{answer.sentence} [{answer.slug}]"
    return f"to it they ended at {_clock(lease.written_end_at)}"


def _reason(run: Granted, renewal: Renewal | None) -> tuple[str, str]:
    """Return why they were not renewed, and what to type."""
    if renewal is not None and renewal.failure is not None:
        failure = renewal.failure
        since = f"could not be renewed since {_clock(renewal.failing_since)}"
        return f"they {since}: {failure.sentence} [{failure.slug}]", failure.remedy
    if run.request.max_lifetime_s and time() >= run.lease.renew_at:
        asked = run.request.origins["max_lifetime"]
        return f"{asked} had ended their renewal", f"{AGAIN}, with a longer {asked}"
    return "they had not been renewed yet", AGAIN


def _clock(instant_at: float) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(instant_at))
