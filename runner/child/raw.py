"""The interpreter's signal functions as they are: `signal` wraps them in enums, which every start would pay for.

`_signal` is private to CPython, hence the fall-back; this is the only file that names it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    try:
        import _signal as signal
    except ImportError:
        import signal

__all__ = ["signal"]
