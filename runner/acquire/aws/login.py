"""Sessions of `aws login`, through botocore's own provider."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC

import botocore.credentials
import botocore.exceptions
from botocore.utils import JSONFileCache

from runner.acquire.aws import AwsError
from runner.acquire.aws.session import AwsSession
from runner.acquire.aws.unanswered import NETWORK_ERRORS, unanswered
from runner.model.credentials import Credentials, is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILE = "-"
HOST = "https://signin.aws.amazon.com"
OPERATION = "CreateOAuth2Token"

# What botocore raises for a token file that holds something else than `aws login` writes.
BROKEN = (RuntimeError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError, OSError)


def cache_folder(environ: Mapping[str, str]) -> str:
    """Return where all AWS tools keep the tokens of `aws login`; `environ` is the caller's environment."""
    folder = environ.get("AWS_LOGIN_CACHE_DIRECTORY") or "~/.aws/login/cache"
    return os.path.expanduser(os.path.expandvars(folder))


def token_path(session: str, folder: str) -> str:
    """Return the file of a session's token."""
    return os.path.join(folder, f"{hashlib.sha256(session.encode()).hexdigest()}.json")


def credentials(session: str, folder: str, region: str, aws: AwsSession) -> Credentials:
    """Return the credentials of a session, refreshed when they are about to end; raises AwsError.

    `session` is the profile's login_session, `region` where it is refreshed if its token does not say. The code of the
    error is the class of botocore's.
    """
    provider = botocore.credentials.LoginProvider(
        load_config=lambda: {"profiles": {PROFILE: {"login_session": session}}},
        client_creator=lambda service, region_name=region, **_: aws.client(service, region_name, unsigned=True),
        profile_name=PROFILE,
        token_cache=JSONFileCache(folder),
    )
    try:
        found = provider.load()
        keys = found.get_frozen_credentials()
        ends = found._expiry_time.astimezone(UTC)  # noqa: SLF001 - no public way to ask for it
        given = (keys.access_key, keys.secret_key, keys.token or "")
        if not all(map(is_plain, given)):
            raise ValueError("no keys")
    except NETWORK_ERRORS as error:
        raise unanswered("signin", OPERATION, error, HOST) from None
    except botocore.exceptions.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise AwsError("signin", OPERATION, code, "", aws.attempts.status) from None
    except (botocore.exceptions.BotoCoreError, *BROKEN) as error:
        raise AwsError("signin", OPERATION, type(error).__name__, _refused(error)) from None
    return Credentials(*given, ends.timestamp())


def _refused(error: Exception) -> str:
    """Return why the service refused to refresh, in its own word; "" when it was not asked."""
    response = getattr(error.__cause__, "response", None)
    return str(response.get("error", "")) if isinstance(response, dict) else ""
