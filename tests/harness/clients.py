"""boto3 clients in the test process: one attempt a call, nothing from the environment, closed at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Self

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.harness.aws import AccessKey

READ_TIMEOUT_S = 1.0


class Clients:
    """Makes clients: clients("sts", key); without a key they do not sign."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._made = contextlib.ExitStack()

    def __call__(self, service: str, key: AccessKey | None = None) -> Any:
        session = boto3.Session(
            aws_access_key_id=key.access_key_id if key else "unused",
            aws_secret_access_key=key.secret_access_key if key else "unused",
            aws_session_token=(key.session_token or None) if key else None,
        )
        config = Config(
            signature_version=None if key else UNSIGNED,
            retries={"total_max_attempts": 1},
            read_timeout=READ_TIMEOUT_S,
        )
        client = session.client(service, region_name="eu-west-1", endpoint_url=self.url, config=config)
        self._made.callback(client.close)
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._made.close()


def refusal(call: Callable[..., object], **parameters: object) -> tuple[str, int, str]:
    """Return code, HTTP status and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response: Any = caught.value.response
    message = response["Error"]["Message"] or response.get("error_description", "")
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], message
