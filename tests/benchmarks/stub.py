"""The fake AWS in a process of its own: says in one JSON line where it is, then serves until its stdin ends."""

from __future__ import annotations

import json
import sys

from tests.harness.aws import FakeAws

ROLE = "arn:aws:iam::222222222222:role/Bench"


def main() -> None:
    with FakeAws() as aws:
        aws.role(ROLE)
        print(json.dumps({"url": aws.url, "keys": aws.user("bench").ini(), "role": ROLE}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
