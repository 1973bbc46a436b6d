"""One botocore session, and calls through its clients."""

from __future__ import annotations

import os
from typing import Any, TypeAlias

import botocore
import botocore.exceptions
import botocore.session
from botocore.config import Config

from runner.acquire.aws import AwsError
from runner.acquire.aws.attempts import Attempts
from runner.acquire.aws.files import Section
from runner.acquire.aws.unanswered import NETWORK_ERRORS, host_of, proxy_variable, unanswered

Sections: TypeAlias = dict[str, dict[str, Section]]  # kind, "profiles" or "services" -> name

# A dead endpoint is reported within 20 s: attempts.py has the rest of the sum.
CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 6
ATTEMPTS = 4
# How botocore's parsers end on what is no answer of AWS, such as a page of HTML, when they do not say so.
STUMBLES = (KeyError, TypeError, ValueError, AttributeError)
UNREADABLE = "ResponseParserError"


class AwsSession:
    """A botocore session whose own chain of credentials is out of play.

    `profile` names the AWS profile whose behaviour settings (endpoint, CA bundle...) count, "" for none; `config` is
    all that the session knows of AWS files. Changes os.environ, which botocore reads: this process is for acquiring
    alone.
    """

    def __init__(self, profile: str, config: Sections) -> None:
        os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
        self.botocore = _pinned(profile, config)
        self.botocore.set_credentials("-", "-")
        self.signer = self.botocore.get_credentials()
        self.attempts = Attempts()

    def client(self, service: str, region: str, *, unsigned: bool = False, attempts: int = ATTEMPTS) -> Any:
        """Return a client with our time-outs; raises AwsError for settings that botocore does not take."""
        config = Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": attempts},
            signature_version=botocore.UNSIGNED if unsigned else None,
        )
        try:
            client = self.botocore.create_client(service, region_name=region or None, config=config)
        except (botocore.exceptions.BotoCoreError, ValueError) as error:
            raise AwsError(service, "CreateClient", type(error).__name__, str(error)) from None
        except (AttributeError, TypeError, KeyError) as error:  # one value where a section should be, or the reverse
            raise AwsError(service, "CreateClient", type(error).__name__, "a value of another form") from None
        client.attempts = self.attempts
        self.attempts.watch(client)
        return client

    def global_region(self, partition: str) -> str:
        """Return the region that stands for a partition when nobody named one."""
        try:
            known = self.botocore.get_component("data_loader").load_data("partitions")["partitions"]
        except (botocore.exceptions.BotoCoreError, ValueError, TypeError, KeyError) as error:  # of AWS_DATA_PATH
            raise AwsError("sts", "CreateClient", type(error).__name__, "partitions.json cannot be read") from None
        for each in known:
            if each["id"] == partition:
                return str(each["outputs"]["implicitGlobalRegion"])
        return "us-east-1"


_sessions: dict[str, _Pinned] = {}


def _pinned(profile: str, config: Sections) -> _Pinned:
    """Return the session of these settings, made once a process: a session costs 50 times what one more client does."""
    if not config["profiles"].get(profile):  # it settles nothing, whatever it is called
        profile, config = "", {"profiles": {}, "services": {}}
    settings = repr((profile, config))
    if settings not in _sessions:
        _sessions[settings] = _Pinned(profile, config)
    return _sessions[settings]


class _Pinned(botocore.session.Session):  # type: ignore[misc]  # untyped there
    """A session that reads no file: what they said at the start of a run stays true."""

    def __init__(self, profile: str, config: Sections) -> None:
        super().__init__(profile=profile or None)
        self._sections = config

    @property
    def full_config(self) -> Sections:
        """What botocore has read of the config and credentials files, otherwise."""
        return self._sections


def unreadable(service: str, operation: str) -> AwsError:
    """Return the error of an answer that is none, or says what AWS never does; it is not quoted."""
    return AwsError(service, operation, UNREADABLE, "the answer cannot be read")


def call(client: Any, operation: str, parameters: dict[str, object]) -> Any:
    """Call an operation, named as Python does; raises AwsError."""
    service = client.meta.service_model.service_name
    name = client.meta.method_to_api_mapping[operation]
    try:
        return getattr(client, operation)(**parameters)
    except botocore.exceptions.ClientError as error:
        said = error.response.get("Error", {})  # a page of HTML has none
        text = said.get("Message") or error.response.get("error_description") or ""  # OAuth's name for it
        failed = AwsError(service, name, str(said.get("Code") or ""), str(text), client.attempts.status)
    except NETWORK_ERRORS as error:
        failed = unanswered(service, name, error, client.meta.endpoint_url)
    except botocore.exceptions.ParamValidationError as error:
        failed = AwsError(service, name, "ParamValidationError", str(error.kwargs["report"]))
    except (botocore.exceptions.BotoCoreError, *STUMBLES) as error:  # its text may hold an answer's body, with keys
        code = UNREADABLE if isinstance(error, STUMBLES) else type(error).__name__
        failed = AwsError(service, name, code, "the answer cannot be read", client.attempts.status)
    failed.setting = failed.setting or (failed.status and proxy_variable(client.meta.endpoint_url)) or ""
    failed.endpoint = failed.endpoint or host_of(client.meta.endpoint_url)
    failed.skew_s, failed.region = client.attempts.skew_s, client.meta.region_name or ""
    raise failed from None
