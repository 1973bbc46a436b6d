"""Bytes that began as a valid file: cut, doubled, written over, and grown where a parser has its limits."""

from __future__ import annotations

import json

from hypothesis import strategies as st

RUNNER_TOML = b"""\
[settings]
region = "eu-west-1"
cache = "none"
[identities.program]
kind = "aws/credentials"
credential_process = "print-keys prod"
process_timeout = "2m"
[identities.role]
kind = "aws/assume-role"
via = "program"
role_arn = "arn:aws:iam::222222222222:role/Base"
duration = "1h"
account = "222222222222"
[identities.set]
kind = "aws/permission-set"
sso_session = "corp"
account = "222222222222"
permission_set = "ReadOnly"
[sso_sessions.corp]
sso_start_url = "https://corp.awsapps.com/start"
sso_region = "eu-west-1"
"""
AWS_CONFIG = b"""\
[default]
region = eu-west-1
[profile role]
role_arn = arn:aws:iam::222222222222:role/Base
source_profile = keys
duration_seconds = 900
s3 =
  addressing_style = path
[profile keys]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = CANARYSECRET
use_fips_endpoint = false
[keys]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = CANARYSECRET
[profile program]
credential_process = print-keys prod
region = eu-west-1
[profile web]
role_arn = arn:aws:iam::222222222222:role/Base
web_identity_token_file = token
[profile sso]
sso_session = corp
sso_account_id = 222222222222
sso_role_name = ReadOnly
services = local
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9
"""
SSO_TOKEN = json.dumps(
    {
        "startUrl": "https://corp.awsapps.com/start",
        "region": "eu-west-1",
        "accessToken": "CANARYTOKEN",
        "expiresAt": "2020-01-01T00:00:00Z",
        "clientId": "client",
        "clientSecret": "CANARYSECRET",
        "registrationExpiresAt": "2090-01-01T00:00:00Z",
        "refreshToken": "CANARYTOKEN",
    }
).encode()
LOGIN_TOKEN = json.dumps(
    {
        "accessToken": {
            "accessKeyId": "ASIAEXAMPLE",
            "secretAccessKey": "CANARYSECRET",
            "sessionToken": "CANARYTOKEN",
            "accountId": "111111111111",
            "expiresAt": "2090-01-01T00:00:00Z",
        },
        "tokenType": "aws_sigv4",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "CANARYTOKEN",
        "idToken": "CANARYTOKEN",
        "dpopKey": "-----BEGIN EC PRIVATE KEY-----\nCANARYSECRET\n-----END EC PRIVATE KEY-----\n",
    }
).encode()
PROCESS_OUTPUT = json.dumps(
    {
        "Version": 1,
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "CANARYSECRET",
        "SessionToken": "CANARYTOKEN",
        "Expiration": "2090-01-01T00:00:00Z",
    }
).encode()

# What parsers stumble over: NUL, byte order marks, line ends, bytes that are not UTF-8, depth, size, doubled headers.
STUMBLES = (
    *(
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\r",
        b"\r\n",
        b"\n",
        b"\t",
        b" ",
        b"\x1b[31m",
        b"\x80",
        b"\xc3(",
        b"\xed\xa0\x80",
    ),
    *(b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"a.b" * 1500, b"x" * 70000, b"9" * 5000, b"-1", b"1e400", b"NaN"),
    *(
        b'"',
        b"'",
        b'"""',
        b"=",
        b"[",
        b"]",
        b"{}",
        b"[]",
        b"null",
        b"true",
        b"0",
        b"#",
        b";",
        b"\\",
        b"\\u0000",
        b"\\ud800",
    ),
    *(b"%(x)s", b"${x}", b"~", b"../", b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59"),
)


def damaged(*seeds: bytes) -> st.SearchStrategy[bytes]:
    """Change one of the seeds: anywhere, or one of its values."""
    return _mutated(seeds) | _with_a_value(seeds)


@st.composite
def _mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Take one of the seeds and change it at one to four places."""
    content = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 60)))
        between = (
            st.just(b"")
            | st.just(content[start:end] * 2)
            | st.sampled_from(STUMBLES)
            | st.sampled_from(seeds)
            | st.binary(max_size=8)
        )
        content = content[:start] + draw(between) + content[end:]
    return content


@st.composite
def _with_a_value(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Take one of the seeds and write another value over one between a colon or equals sign and what ends it."""
    content = draw(st.sampled_from(seeds))
    starts = [at + 1 for at, byte in enumerate(content) if byte in b":="]
    if not starts:
        return content
    start = draw(st.sampled_from(starts))
    ends = [at for at in range(start, len(content)) if content[at : at + 1] in (b"\n", b",", b"}")]
    end = ends[0] if ends else len(content)
    quote = draw(st.sampled_from([b"", b'"']))
    value = draw(st.sampled_from(STUMBLES) | st.binary(max_size=8))
    return content[:start] + b" " + quote + value + quote + content[end:]
