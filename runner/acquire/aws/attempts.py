"""The attempts of all calls of a session: how long they go on, and what the Date of each answer says of our clock.

botocore's `standard` mode retries what is throttled, 5xx and unanswered, with jitter; this bounds it in time.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

# No further attempt goes out so long after the first, or after so much waiting for answers that did not come. With 3 s
# to connect and 6 s to read, the last ends within 16 s; a throttled call waits up to 4 s more.
PATIENCE_S = 7
RETRY_AFTER = "x-amz-retry-after"  # milliseconds; botocore heeds this one alone, up to 5 s


class Attempts:
    """Watches clients. `skew_s` is AWS's clock less ours by the latest answer, 0 before; `status` is that of HTTP."""

    def __init__(self) -> None:
        self.skew_s = 0.0
        self.status = 0
        self._began = self._sent = 0.0
        self._lost_s = 0.0
        self._last: Any = None

    def watch(self, client: Any) -> None:
        """Watch all calls of a client."""
        name, events = client.meta.service_model.service_id.hyphenize(), client.meta.events
        events.register_first(f"before-call.{name}", self._begin)
        events.register_first(f"before-send.{name}", self._send)
        events.register_first(f"before-parse.{name}", self._answered)
        events.register_first(f"needs-retry.{name}", self._ended)

    def _begin(self, **_: Any) -> None:
        self._began, self._last, self.status = time.monotonic(), None, 0

    def _send(self, **_: Any) -> Any:
        """End an attempt that comes too late as the one before it ended, without sending anything."""
        self._sent = time.monotonic()
        if self._last is None or not self._is_over():
            return None
        if isinstance(self._last, Exception):
            raise self._last
        return self._last

    def _answered(self, *, response_dict: Any, **_: Any) -> None:
        self.status = int(response_dict["status_code"])
        try:
            said_at = parsedate_to_datetime(response_dict["headers"]["Date"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return
        self.skew_s = said_at - time.time()

    def _ended(self, *, response: Any, caught_exception: Any, **_: Any) -> None:
        if response is None:
            self._last = caught_exception
            self._lost_s += time.monotonic() - self._sent
            return
        self._last = response[0]
        headers = self._last.headers
        wait_s = str(headers.get("Retry-After", ""))
        if wait_s.isascii() and wait_s.isdigit():
            headers.setdefault(RETRY_AFTER, f"{wait_s}000")
        if self._is_over():
            headers.pop(RETRY_AFTER, None)

    def _is_over(self) -> bool:
        return max(time.monotonic() - self._began, self._lost_s) > PATIENCE_S
