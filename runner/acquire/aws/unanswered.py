"""A call without an answer: where it went, by which proxy or CA bundle, and why it ended, without a password."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import botocore.exceptions

from runner.acquire.aws import AwsError

NETWORK_ERRORS = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)
CA_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
LAYERS = 8  # botocore wraps urllib3's errors, which wrap the system's


def unanswered(service: str, operation: str, error: Any, otherwise: str) -> AwsError:
    """Return one of NETWORK_ERRORS as an AwsError; `otherwise` is the endpoint when the error does not say it."""
    endpoint = host_of(str(error.kwargs.get("endpoint_url") or otherwise))
    failed = AwsError(service, operation, type(error).__name__, "")
    failed.endpoint = endpoint
    if isinstance(error, botocore.exceptions.ProxyConnectionError):
        failed.setting, failed.endpoint = proxy_variable(endpoint), host_of(str(error.kwargs["proxy_url"]))
        failed.message = _innermost(error)
    elif isinstance(error, botocore.exceptions.SSLError):
        failed.setting = next((name for name in CA_BUNDLES if os.environ.get(name)), "")
        failed.message = _innermost(error)
    return failed


def host_of(url: str) -> str:
    """Return scheme, host and port of a URL: no user, no password, no path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def proxy_variable(endpoint: str) -> str:
    """Return the variable that names the proxy for a URL, "" for none; small letters come first, as everywhere."""
    name = f"{urlsplit(endpoint).scheme}_proxy"
    return next((each for each in (name, name.upper()) if os.environ.get(each)), "")


def _innermost(error: Any) -> str:
    """Return what the system said, less the place in OpenSSL's source."""
    for _ in range(LAYERS):
        inner = getattr(error, "kwargs", {}).get("error") or getattr(error, "original_error", None)
        inner = inner or next((each for each in error.args if isinstance(each, Exception)), None)
        if inner is None:
            break
        error = inner
    said = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
    return str(said).partition(" (_ssl.c")[0].rpartition("[Errno ")[2].rpartition("] ")[2]
