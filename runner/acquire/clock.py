"""AWS's clock and ours: how far apart they are, and what AWS says when that is too far."""

from __future__ import annotations

from datetime import UTC, datetime

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws import AwsError

WINDOW_S = 15 * 60  # what most of AWS tolerates of a signature's time
NOISE_S = 60  # Date has whole seconds, and an answer takes its time: less than this is no skew
TOO_FAR = ("RequestTimeTooSkewed", "RequestInTheFuture")
# These are also said for other reasons: of a wrong secret, of credentials that ended.
PERHAPS_TOO_FAR = ("SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired", "AuthFailure")
TEXTS = ("Signature expired: ", "Signature not yet current: ")


def failure(error: AwsError, cause: str) -> Failure | None:
    """Return clock-skew when that is why AWS refused, with what was measured; else None."""
    said_s = _said(error.message)
    is_far = abs(error.skew_s) >= WINDOW_S / 3 and error.code in PERHAPS_TOO_FAR
    if not (said_s or is_far or error.code in TOO_FAR):
        return None
    return skewed(said_s or error.skew_s, cause)


def skewed(skew_s: float, cause: str) -> Failure:
    """Return clock-skew; `skew_s` is AWS's clock less ours."""
    return Failure("clock-skew", skew=text(skew_s), cause=cause)


def check(skew_s: float) -> None:
    """Raise clock-skew when our clock is so wrong that what the credentials sign will be refused."""
    if abs(skew_s) > WINDOW_S:
        raise skewed(skew_s, "the Date of AWS's answers")


def by_ours(ends_at: float | None, skew_s: float) -> float | None:
    """Return an end as our clock will show it: we and the command's SDK judge by that, AWS by its own."""
    return ends_at if ends_at is None or abs(skew_s) < NOISE_S else ends_at - skew_s


def text(skew_s: float) -> str:
    """Return how far our clock is from AWS's, in words."""
    minutes = max(1, round(abs(skew_s) / 60))
    amount = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return f"{amount} {'behind' if skew_s > 0 else 'ahead of'}"


def _said(message: str) -> float:
    """Return the skew in "Signature expired: OURS is now earlier than LIMIT (THEIRS - 15 min.)", 0 for another text."""
    if not message.startswith(TEXTS):
        return 0.0
    ours, theirs = message.partition(": ")[2].partition(" ")[0], message.partition("(")[2].partition(" ")[0]
    try:
        return _instant(theirs) - _instant(ours)
    except ValueError:
        return 0.0


def _instant(basic: str) -> float:
    return datetime.strptime(basic, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
