"""Where containers and instances get credentials: the container endpoint and IMDSv2."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.harness.fake.clock import iso
from tests.harness.fake.http import AwsError, Reply, Request, json_reply
from tests.harness.fake.keys import AccessKey, KeyStore

CONTAINER_PATH = "/container/credentials"
TOKEN_PATH = "/latest/api/token"
ROLES_PATH = "/latest/meta-data/iam/security-credentials/"


@dataclass(slots=True)
class Served:
    """The role that is served, and for how long each answer lasts."""

    role_arn: str
    lifetime_s: float


class Metadata:
    """Serves nothing (404) until a test says so. Each answer has new credentials."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys
        self._container: Served | None = None
        self._instance: Served | None = None
        self._authorization = keys.canaries.token(48)
        self._imds_token = keys.canaries.token(56)

    def container(self, url: str, role_arn: str, lifetime_s: float) -> dict[str, str]:
        self._container = Served(role_arn, lifetime_s)
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": url + CONTAINER_PATH,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self._authorization,
        }

    def instance(self, url: str, role_arn: str, lifetime_s: float) -> dict[str, str]:
        self._instance = Served(role_arn, lifetime_s)
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}

    def operation(self, request: Request) -> str | None:
        if request.path == CONTAINER_PATH:
            return "ContainerCredentials"
        if request.path == TOKEN_PATH and request.method == "PUT":
            return "ImdsToken"
        if request.path == ROLES_PATH:
            return "ImdsRoles"
        return "ImdsCredentials" if request.path.startswith("/latest/") else None

    def parameters(self, request: Request) -> dict[str, str]:
        return {"path": request.path}

    def answer(self, operation: str, request: Request) -> Reply:
        if operation == "ImdsToken":
            return Reply(
                200, self._imds_token.encode(), "text/plain", {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}
            )
        if operation == "ContainerCredentials":
            if request.headers.get("authorization") != self._authorization:
                raise AwsError("Unauthorized", 401, "authorization token missing or wrong")
            return self._credentials(self._container, "task")
        if request.headers.get("x-aws-ec2-metadata-token") != self._imds_token:
            raise AwsError("Unauthorized", 401, "IMDSv2 token missing or wrong")
        if operation == "ImdsRoles":
            return Reply(200, self._instance_role().encode(), "text/plain")
        if request.path != ROLES_PATH + self._instance_role():
            raise AwsError("NotFound", 404, "not found")
        return self._credentials(self._instance, "i-0123456789abcdef0")

    def error(self, error: AwsError) -> Reply:
        return json_reply({"code": error.code, "message": error.message}, error.status)

    def _instance_role(self) -> str:
        if self._instance is None:
            raise AwsError("NotFound", 404, "not found")
        return self._instance.role_arn.rpartition("/")[2]

    def _credentials(self, served: Served | None, session_name: str) -> Reply:
        if served is None:
            raise AwsError("NotFound", 404, "not found")
        key = self.keys.role_session(served.role_arn, session_name, served.lifetime_s)
        return Reply(200, _document(key).encode(), "application/json")


def _document(key: AccessKey) -> str:
    assert key.expires_at is not None
    return json.dumps(
        {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "LastUpdated": "2026-01-01T00:00:00Z",
            "RoleArn": key.principal.role_arn,
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "Token": key.session_token,
            "Expiration": iso(key.expires_at),
        }
    )
