"""Calls of the security token service, through one client, whoever signs them."""

from __future__ import annotations

from typing import Any

from runner.acquire.aws import AwsError, regions
from runner.acquire.aws.session import AwsSession, call
from runner.model.credentials import Credentials
from runner.model.principal import Principal

UNKNOWN_KEY = "InvalidClientTokenId"  # said of unknown keys, and of good ones in a region that is not enabled


class Sts:
    """One STS client, made at the first call."""

    def __init__(self, session: AwsSession, region: str, partition: str) -> None:
        self._session = session
        self._region = region
        self._partition = partition
        self._client: Any = None

    @property
    def region(self) -> str:
        """The region it asks in: the one named, or the partition's own; raises AwsError when that cannot be told."""
        return self._region or self._session.global_region(self._partition)

    def get_caller_identity(self, credentials: Credentials) -> Principal:
        """Ask AWS who these credentials are; raises AwsError."""
        answer = self._call("get_caller_identity", credentials, {})
        return Principal(answer["Account"], answer["Arn"], answer["UserId"])

    def assume_role(self, credentials: Credentials, parameters: dict[str, object]) -> tuple[Credentials, Principal]:
        """Assume a role; the answer says who we are then. Parameters are AWS's own; raises AwsError."""
        return _assumed(self._call("assume_role", credentials, parameters))

    def get_session_token(self, credentials: Credentials, parameters: dict[str, object]) -> Credentials:
        """Get a session of a user, by its long-term keys. Parameters are AWS's own; raises AwsError."""
        return _given(self._call("get_session_token", credentials, parameters))

    def assume_role_with_web_identity(self, parameters: dict[str, object]) -> tuple[Credentials, Principal]:
        """Assume a role with a token; nothing is signed. Raises AwsError."""
        return _assumed(self._call("assume_role_with_web_identity", Credentials("-", "-"), parameters))

    def assume_role_with_saml(self, parameters: dict[str, object]) -> tuple[Credentials, Principal]:
        """Assume a role with an assertion; nothing is signed. Raises AwsError."""
        return _assumed(self._call("assume_role_with_saml", Credentials("-", "-"), parameters))

    def _call(self, operation: str, credentials: Credentials, parameters: dict[str, object]) -> Any:
        if self._client is None:
            self._client = self._session.client("sts", self.region)
        signer = self._session.signer
        signer.access_key = credentials.access_key_id
        signer.secret_key = credentials.secret_access_key
        signer.token = credentials.session_token or None
        try:
            return call(self._client, operation, parameters)
        except AwsError as error:
            if error.code == UNKNOWN_KEY and self._is_good_in(self._session.global_region(self._partition), error):
                error.good_in = self._session.global_region(self._partition)
            raise

    def _is_good_in(self, other: str, error: AwsError) -> bool:
        """Tell whether AWS takes in another region the credentials it does not take in the one of the error."""
        if other == error.region or error.region in regions.ALWAYS_ENABLED:
            return False
        try:
            call(self._session.client("sts", other), "get_caller_identity", {})
        except AwsError:
            return False
        return True


def _assumed(answer: Any) -> tuple[Credentials, Principal]:
    user = answer["AssumedRoleUser"]
    return _given(answer), Principal(user["Arn"].split(":")[4], user["Arn"], user["AssumedRoleId"])


def _given(answer: Any) -> Credentials:
    given = answer["Credentials"]
    expires_at = given["Expiration"].timestamp()
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], expires_at)
