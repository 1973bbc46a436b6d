"""The doorway of botocore: plain values in and out, errors as AwsError. The only folder that imports it."""

from __future__ import annotations

import logging

# At DEBUG botocore prints keys and tokens, at WARNING tracebacks: neither is for our users.
for noisy in ("botocore", "urllib3"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)
    logging.getLogger(noisy).addHandler(logging.NullHandler())
    logging.getLogger(noisy).propagate = False  # one below it may have a level of its own


class AwsError(Exception):
    """What a call ended with. `status` 0 means that no answer came; then `code` is the class of botocore's error.

    `endpoint` is where it went, `message` what was said. `skew_s` is AWS's clock less ours by the Date of the answer,
    0 when there was none. `setting` names the variable or setting that led there: a proxy's, a CA bundle's. `region`
    is that of the call, and `good_in` another one, in which the same credentials are taken.
    """

    def __init__(self, service: str, operation: str, code: str, message: str, status: int = 0) -> None:
        super().__init__(f"{operation}: {code}")
        self.service = service
        self.operation = operation
        self.code = code
        self.message = message
        self.status = status
        self.endpoint = ""
        self.setting = ""
        self.skew_s = 0.0
        self.region = ""
        self.good_in = ""
