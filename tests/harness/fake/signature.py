"""Signature Version 4, computed again from the request: nobody gets in with a wrong secret."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from tests.harness.fake.clock import Clock, basic_iso
from tests.harness.fake.http import AwsError, Request
from tests.harness.fake.keys import AccessKey, KeyStore

ALGORITHM = "AWS4-HMAC-SHA256"
WINDOW_S = 15 * 60  # AWS accepts a signature made within 15 minutes of its own time
UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parts of the Authorization header."""

    access_key_id: str
    scope: str
    signed_headers: tuple[str, ...]
    signature: str

    @classmethod
    def of(cls, request: Request) -> Authorization | None:
        """Read the header; None when there is none of ours."""
        algorithm, _, rest = request.headers.get("authorization", "").partition(" ")
        if algorithm != ALGORITHM:
            return None
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        access_key_id, _, scope = parts["Credential"].partition("/")
        return cls(access_key_id, scope, tuple(parts["SignedHeaders"].split(";")), parts["Signature"])


def signer(request: Request, keys: KeyStore) -> AccessKey:
    """Return the key that signed the request; raise what AWS answers when none has, or not with a valid one."""
    authorization = Authorization.of(request)
    if authorization is None:
        raise AwsError("MissingAuthenticationToken", 403, "Request is missing Authentication Token")
    key = keys.find(authorization.access_key_id)
    token = request.headers.get("x-amz-security-token", "")
    is_closed = authorization.scope.split("/")[1] in keys.closed_regions
    if key is None or is_closed or not key.active or not hmac.compare_digest(token, key.session_token):
        raise AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
    if key.expires_at is not None and key.expires_at <= keys.clock.now():
        raise AwsError("ExpiredToken", 403, "The security token included in the request is expired")
    _check_date(request, keys.clock)
    expected = _signature(request, authorization, key.secret_access_key)
    if not hmac.compare_digest(expected, authorization.signature):
        raise _mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )
    return key


def _mismatch(message: str) -> AwsError:
    return AwsError("SignatureDoesNotMatch", 403, message)


def _check_date(request: Request, clock: Clock) -> None:
    now = clock.now()
    date = request.headers["x-amz-date"]
    signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    if signed_at < now - WINDOW_S:
        limit = basic_iso(now - WINDOW_S)
        raise _mismatch(f"Signature expired: {date} is now earlier than {limit} ({basic_iso(now)} - 15 min.)")
    if signed_at > now + WINDOW_S:
        limit = basic_iso(now + WINDOW_S)
        raise _mismatch(f"Signature not yet current: {date} is still later than {limit} ({basic_iso(now)} + 15 min.)")


def _signature(request: Request, authorization: Authorization, secret: str) -> str:
    date, region, service, terminator = authorization.scope.split("/")
    canonical = _canonical_request(request, authorization.signed_headers, service)
    text = "\n".join(
        (ALGORITHM, request.headers["x-amz-date"], authorization.scope, hashlib.sha256(canonical.encode()).hexdigest())
    )
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, terminator, text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _canonical_request(request: Request, signed_headers: tuple[str, ...], service: str) -> str:
    path = request.path if service == "s3" else quote(request.path, safe="/-_.~")
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in signed_headers)
    return "\n".join(
        (request.method, path, _canonical_query(request), headers, ";".join(signed_headers), _payload_hash(request))
    )


def _canonical_query(request: Request) -> str:
    pairs = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
    return "&".join(sorted(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs))


def _payload_hash(request: Request) -> str:
    computed = hashlib.sha256(request.body).hexdigest()
    said = request.headers.get("x-amz-content-sha256", computed)
    if said not in (computed, UNSIGNED):
        raise _mismatch("The provided x-amz-content-sha256 header does not match what was computed.")
    return said
