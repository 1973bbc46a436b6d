"""A boto3 child: says as whom it acts. tests/harness/programs.py makes it the executable BOTO_PROBE.

    BOTO_PROBE [PROFILE]

Prints {"arn", "account", "access_key_id", "method"} of GetCallerIdentity by the default chain (or the profile named);
the access key id is the one that signed the call.
"""

import json
import sys
from typing import Any

import boto3

session = boto3.Session(profile_name=sys.argv[1] if len(sys.argv) > 1 else None)
sts = session.client("sts", region_name=session.region_name or "us-east-1")
signed_by: list[str] = []


def note_signer(request: Any, **_: Any) -> None:
    authorization = request.headers["Authorization"]
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    signed_by.append(text.partition("Credential=")[2].partition("/")[0])


sts.meta.events.register("before-send.sts.GetCallerIdentity", note_signer)
identity = sts.get_caller_identity()
credentials = session.get_credentials()
assert credentials is not None
print(
    json.dumps(
        {
            "arn": identity["Arn"],
            "account": identity["Account"],
            "access_key_id": signed_by[-1],
            "method": credentials.method,
        }
    )
)
