"""The doorway of botocore: plain values in and out, errors as AwsError. The only folder that imports it."""

from __future__ import annotations

import logging

# At DEBUG botocore prints keys and tokens, at WARNING tracebacks: neither is for our users.
for noisy in ("botocore", "urllib3"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)
    logging.getLogger(noisy).addHandler(logging.NullHandler())
    logging.getLogger(noisy).propagate = False  # one below it may have a level of its own


class AwsError(Exception):
    """What a call ended with. `status` 0 means that no answer came; then `code` is the class of botocore's error."""

    def __init__(self, service: str, operation: str, code: str, message: str, status: int = 0) -> None:
        super().__init__(f"{operation}: {code}")
        self.service = service
        self.operation = operation
        self.code = code
        self.message = message
        self.status = status
