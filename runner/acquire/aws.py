"""The doorway of botocore: its parsers, one session, one STS client. Plain values in and out, errors as AwsError."""

from __future__ import annotations

import datetime
import logging
import os
from typing import Any, TypeAlias

import botocore.configloader
import botocore.credentials
import botocore.exceptions
import botocore.session
from botocore.config import Config

from runner.model.credentials import Credentials
from runner.model.failure import Failure
from runner.model.principal import Principal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

Section: TypeAlias = dict[str, str | dict[str, str]]

# A dead endpoint is reported within 20 s: four attempts of 3 s and the pauses between them.
CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 10
ATTEMPTS = 4
# A method of botocore's own chain for each credential_source; "" is the end of the chain of a profile without any.
PROVIDERS = {
    "Environment": ("env",),
    "EcsContainer": ("container-role",),
    "Ec2InstanceMetadata": ("iam-role",),
    "": ("container-role", "iam-role"),
}
NETWORK_ERRORS = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)

# At DEBUG botocore prints keys and tokens, at WARNING tracebacks: neither is for our users.
for noisy in ("botocore", "urllib3"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


class AwsError(Exception):
    """What a call ended with. `status` 0 means that no answer came; then `code` is the class of botocore's error."""

    def __init__(self, operation: str, code: str, message: str, status: int = 0) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation = operation
        self.code = code
        self.message = message
        self.status = status


class Sts:
    """One botocore session and one STS client, for all calls of a chain, whoever signs them.

    `profile` names the AWS profile whose behaviour settings (endpoint, CA bundle...) count, "" for none; `paths` are
    the AWS config and credentials files. Changes os.environ, which botocore reads: this process is for acquiring alone.
    """

    def __init__(self, profile: str, paths: tuple[str, str], region: str, partition: str) -> None:
        config_path, credentials_path = paths if profile else (os.devnull, os.devnull)
        os.environ["AWS_CONFIG_FILE"] = config_path
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = credentials_path
        self._session = botocore.session.Session(profile=profile or None)
        self._session.set_credentials("-", "-")
        self._signer = self._session.get_credentials()
        try:
            self._client = self._session.create_client(
                "sts",
                region_name=region or self._global_region(partition),
                config=Config(
                    connect_timeout=CONNECT_TIMEOUT_S,
                    read_timeout=READ_TIMEOUT_S,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                ),
            )
        except (botocore.exceptions.BotoCoreError, ValueError) as error:
            raise AwsError("CreateClient", type(error).__name__, str(error)) from None

    def get_caller_identity(self, credentials: Credentials) -> Principal:
        """Ask AWS who these credentials are; raises AwsError."""
        answer = self._call("get_caller_identity", credentials, {})
        return Principal(answer["Account"], answer["Arn"], answer["UserId"])

    def assume_role(self, credentials: Credentials, parameters: dict[str, object]) -> tuple[Credentials, Principal]:
        """Assume a role; the answer says who we are then. Parameters are AWS's own; raises AwsError."""
        return _assumed(self._call("assume_role", credentials, parameters))

    def assume_role_with_web_identity(self, parameters: dict[str, object]) -> tuple[Credentials, Principal]:
        """Assume a role with a token; nothing is signed. Raises AwsError."""
        return _assumed(self._call("assume_role_with_web_identity", Credentials("-", "-"), parameters))

    def _call(self, operation: str, credentials: Credentials, parameters: dict[str, object]) -> Any:
        self._signer.access_key = credentials.access_key_id
        self._signer.secret_key = credentials.secret_access_key
        self._signer.token = credentials.session_token or None
        name = "".join(word.capitalize() for word in operation.split("_"))
        try:
            return getattr(self._client, operation)(**parameters)
        except botocore.exceptions.ClientError as error:
            said, status = error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise AwsError(name, str(said.get("Code", "")), str(said.get("Message", "")), status) from None
        except NETWORK_ERRORS as error:
            reached = str(error.kwargs.get("endpoint_url") or self._client.meta.endpoint_url)
            raise AwsError(name, type(error).__name__, reached) from None
        except botocore.exceptions.ParamValidationError as error:
            raise AwsError(name, "ParamValidationError", str(error.kwargs["report"])) from None
        except botocore.exceptions.BotoCoreError as error:  # its text may hold an answer's body, with keys in it
            raise AwsError(name, type(error).__name__, "the answer cannot be read") from None

    def _global_region(self, partition: str) -> str:
        known = self._session.get_component("data_loader").load_data("partitions")["partitions"]
        for each in known:
            if each["id"] == partition:
                return str(each["outputs"]["implicitGlobalRegion"])
        return "us-east-1"


def _assumed(answer: Any) -> tuple[Credentials, Principal]:
    given, user = answer["Credentials"], answer["AssumedRoleUser"]
    expires_at = given["Expiration"].timestamp()
    credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], expires_at)
    return credentials, Principal(user["Arn"].split(":")[4], user["Arn"], user["AssumedRoleId"])


def ambient(source: str, environ: Mapping[str, str]) -> Credentials | None:
    """Return the credentials of the place we run in, through botocore's own providers; None when it has none.

    `environ` is the caller's own environment. Raises AwsError.
    """
    ours = dict(os.environ)
    os.environ.clear()
    os.environ.update(
        {name: value for name, value in environ.items() if name not in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")}
    )
    try:
        resolver = botocore.session.Session().get_component("credential_provider")
        for method in PROVIDERS[source]:
            found = resolver.get_provider(method).load()
            if found is not None:
                return _frozen(found)
    except (botocore.exceptions.BotoCoreError, ValueError, TypeError, KeyError, OSError, RuntimeError) as error:
        raise AwsError(source or "credentials", type(error).__name__, _said(error)) from None
    finally:
        os.environ.clear()
        os.environ.update(ours)
    return None


def _frozen(found: Any) -> Credentials:
    keys = found.get_frozen_credentials()
    ends = getattr(found, "_expiry_time", None)  # no public way to ask for it
    expires_at = ends.timestamp() if isinstance(ends, datetime.datetime) else None
    return Credentials(keys.access_key, keys.secret_key, keys.token or "", expires_at)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, botocore.exceptions.BotoCoreError) else ""


def parse_config(path: str) -> tuple[dict[str, Section], dict[str, Section]]:
    """Return the profiles and the `services` sections of an AWS config file; empty when there is none.

    Raises invalid-config.
    """
    parsed = _parse(path)
    profiles = botocore.configloader.build_profile_map(parsed)["profiles"]
    services = {name[9:].strip(): section for name, section in parsed.items() if name.startswith("services ")}
    return profiles, services


def parse_credentials(path: str) -> dict[str, Section]:
    """Return the profiles of an AWS credentials file; empty when there is none. Raises invalid-config."""
    return dict(_parse(path))


def _parse(path: str) -> dict[str, Section]:
    if os.path.exists(path) and not os.access(path, os.R_OK):  # the parser would pass it over
        raise Failure("invalid-config", where=path, problem="cannot be read", remedy=f"ls -l {path}")
    try:
        parsed: dict[str, Section] = botocore.configloader.raw_config_parse(path)
    except botocore.exceptions.ConfigNotFound:
        return {}
    except botocore.exceptions.ConfigParseError as error:
        raise Failure(
            "invalid-config",
            where=path,
            problem="cannot be read as an AWS file",
            cause=_without_content(error.kwargs["error"]),
            remedy=f"$EDITOR {path}",
        ) from None
    return parsed


def _without_content(error: object) -> str:
    """Return what a parser says less the line itself, which may hold a secret."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8, at byte {error.start}"
    line = getattr(error, "lineno", None) or next((number for number, _ in getattr(error, "errors", ())), None)
    return f"{type(error).__name__} in line {line}" if line else type(error).__name__
