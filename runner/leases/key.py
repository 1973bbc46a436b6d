"""What a lease is found by: the hash of all that shapes credentials, computed without reading a file."""

from __future__ import annotations

import os

try:
    from _blake2 import blake2b  # private, on purpose: hashlib costs 0.25 of a start
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Variables that decide whom we ask, how we get there and what a session is called.
SHAPING = (
    "AWS_CA_BUNDLE",
    "AWS_DATA_PATH",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_REGION",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "CURL_CA_BUNDLE",
    "HOME",
    "LOGNAME",
    "REQUESTS_CA_BUNDLE",
    "RUN_TRUST",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "USER",
)
ENDPOINTS = "AWS_ENDPOINT_URL"  # and with a service behind it
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def of(asked: Iterable[str], paths: Iterable[str], environ: Mapping[str, str]) -> str:
    """Return 40 hexadecimal digits for what was asked, the files looked at, and the variables that count."""
    parts = [os.fsencode(part) for part in ("1", *asked, "", *paths, "", *_variables(environ))]
    return digest(b"".join(b"%d:" % len(part) + part for part in parts))


def digest(content: bytes) -> str:
    """Return 40 hexadecimal digits for bytes."""
    return blake2b(content, digest_size=20).hexdigest()


def _variables(environ: Mapping[str, str]) -> list[str]:
    named = (*SHAPING, *PROXIES, *(name.lower() for name in PROXIES))
    endpoints = sorted(name for name in environ if name.startswith(ENDPOINTS))
    return [f"{name}={environ[name]}" for name in (*named, *endpoints) if name in environ]
