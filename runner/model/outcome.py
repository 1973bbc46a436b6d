"""How a run ended, and the only place that knows exit statuses."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.failure import Failure
    from runner.model.failures import FailureClass

USAGE = 64
TEMPORARY = 75
AUTHENTICATION = 77
CONFIGURATION = 78
TIMED_OUT = 124
INTERNAL = 125
NOT_EXECUTABLE = 126
NOT_FOUND = 127
SIGNALLED = 128

STATUS_OF: dict[FailureClass, int] = {
    "usage": USAGE,
    "temporary": TEMPORARY,
    "authentication": AUTHENTICATION,
    "configuration": CONFIGURATION,
    "internal": INTERNAL,
    "not-executable": NOT_EXECUTABLE,
    "not-found": NOT_FOUND,
}

# Of several, the status that asks most of the caller; what is not named here comes behind.
RANKED = (INTERNAL, CONFIGURATION, AUTHENTICATION, TEMPORARY, USAGE)


class Outcome:
    """How a command ended: with a status of its own, or by a signal (then `signal` is not 0).

    `is_ours` when we have ended it, or it was never started: then the status is one of those above.
    """

    __slots__ = ("is_ours", "signal", "status")

    def __init__(self, status: int, signal: int = 0, *, is_ours: bool = False) -> None:
        self.status = status
        self.signal = signal
        self.is_ours = is_ours

    @classmethod
    def of_exitcode(cls, exitcode: int) -> Outcome:
        """Read what os.waitstatus_to_exitcode says: a status, or minus the signal."""
        if exitcode < 0:
            return cls(SIGNALLED - exitcode, -exitcode)
        return cls(exitcode)


def status_of(failure: Failure) -> int:
    """Return the exit status of a failure of ours."""
    return STATUS_OF[failure.row.failure_class]


def worst(failures: list[Failure]) -> int:
    """Return the exit status of several failures, of highest rank: 125, 78, 77, 75, 64; 0 when there is none."""
    return worst_class([failure.row.failure_class for failure in failures])


def worst_class(classes: list[FailureClass]) -> int:
    """Do the same for classes of failures."""
    statuses = {STATUS_OF[each] for each in classes}
    return next((status for status in RANKED if status in statuses), max(statuses, default=0))


def retryable(failure: Failure) -> bool:
    """Tell whether trying again, with nothing changed, may help."""
    return failure.row.failure_class == "temporary"
