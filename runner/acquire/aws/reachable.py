"""Whether an endpoint answers at all, by the way a call would take: its proxy, its certificates, its time-outs."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import botocore.awsrequest
import botocore.exceptions

from runner.acquire.aws import AwsError
from runner.acquire.aws.session import AwsSession
from runner.acquire.aws.unanswered import NETWORK_ERRORS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Endpoint:
    """An endpoint of a service in a region; `host` is where calls would go. Raises AwsError for wrong settings."""

    def __init__(self, service: str, region: str, session: AwsSession) -> None:
        self._service = service
        self._client: Any = session.client(service, region, unsigned=True)
        self._url = str(self._client.meta.endpoint_url)
        parts = urlsplit(self._url)
        self.host = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"

    def date(self) -> float | None:
        """Ask for nothing and return the answer's Date (UTC epoch seconds), None without one; raises AwsError."""
        http = self._client._endpoint.http_session  # noqa: SLF001 - no other has the client's proxy and certificates
        try:
            answer = http.send(botocore.awsrequest.AWSRequest("GET", self._url).prepare())
            return parsedate_to_datetime(str(answer.headers["Date"])).timestamp()
        except NETWORK_ERRORS as error:
            raise AwsError(self._service, "Connect", type(error).__name__, self.host) from None
        except (KeyError, ValueError, TypeError):  # something answered
            return None


def session() -> AwsSession:
    """Return a session without any profile."""
    return AwsSession("", {"profiles": {}, "services": {}})
