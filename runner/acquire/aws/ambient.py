"""Credentials of the place we run in, through botocore's own providers."""

from __future__ import annotations

import datetime
import os
from typing import Any

import botocore.exceptions
import botocore.session

from runner.acquire.aws import AwsError
from runner.model.credentials import Credentials, is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Methods of botocore's own chain for each credential_source; "" is the end of the chain of a profile without any,
# Anything that of a process without a profile, and Outer that of one inside a run, whose files are private ones.
PROVIDERS = {
    "Environment": ("env",),
    "EcsContainer": ("container-role",),
    "Ec2InstanceMetadata": ("iam-role",),
    "": ("container-role", "iam-role"),
    "Anything": ("env", "container-role", "iam-role"),
    "Outer": ("env", "shared-credentials-file", "custom-process", "config-file", "container-role"),
}

PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


# What botocore raises for an answer that holds something else than credentials.
BROKEN = (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RuntimeError)


def credentials(source: str, environ: Mapping[str, str]) -> Credentials | None:
    """Return the credentials of the place we run in, through botocore's own providers; None when it has none.

    `environ` is the caller's own environment. Raises AwsError.
    """
    ours = dict(os.environ)
    os.environ.clear()
    os.environ.update({name: value for name, value in environ.items() if source == "Outer" or name not in PROFILES})
    try:
        resolver = botocore.session.Session().get_component("credential_provider")
        for method in PROVIDERS[source]:
            found = resolver.get_provider(method).load()
            if found is not None:
                return _frozen(found)
    except (botocore.exceptions.BotoCoreError, *BROKEN) as error:
        raise AwsError("ambient", source or "credentials", type(error).__name__, _said(error)) from None
    finally:
        os.environ.clear()
        os.environ.update(ours)
    return None


def _frozen(found: Any) -> Credentials:
    keys = found.get_frozen_credentials()
    ends = getattr(found, "_expiry_time", None)  # no public way to ask for it
    expires_at = ends.astimezone(datetime.UTC).timestamp() if isinstance(ends, datetime.datetime) else None
    given = (keys.access_key, keys.secret_key, keys.token or "")
    if not all(map(is_plain, given)):
        raise ValueError("no keys")
    return Credentials(*given, expires_at)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, botocore.exceptions.BotoCoreError) else ""
