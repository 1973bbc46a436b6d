"""A child that goes on calling AWS with one client. tests/harness/programs.py makes it the executable CALLER.

    CALLER boto3|botocore PAUSE_S COUNT|FILE

Calls GetCallerIdentity COUNT times, or until FILE is there, and writes the access key id that signed each call, one a
line. It does not retry: the first error ends it. By itself it ends after ten minutes.
"""

import os
import sys
import time
from typing import Any

from botocore.config import Config

CONFIG = Config(retries={"total_max_attempts": 1})
REGION = "eu-west-1"


def main(sdk: str, pause_s: float, until: str) -> None:
    client = made(sdk)
    client.meta.events.register("before-send.sts.GetCallerIdentity", write_signer)
    calls = 0
    end = time.monotonic() + 600
    while time.monotonic() < end and not (calls == int(until) if until.isdecimal() else os.path.exists(until)):
        client.get_caller_identity()
        calls += 1
        time.sleep(pause_s)


def made(sdk: str) -> Any:
    if sdk == "boto3":
        import boto3

        return boto3.Session().client("sts", region_name=REGION, config=CONFIG)
    import botocore.session

    return botocore.session.Session().create_client("sts", region_name=REGION, config=CONFIG)


def write_signer(request: Any, **_: Any) -> None:
    authorization = request.headers["Authorization"]
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    print(text.partition("Credential=")[2].partition("/")[0], flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
