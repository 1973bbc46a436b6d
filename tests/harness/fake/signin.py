"""The sign-in service of `aws login`: it refuses to refresh, for a reason of its own."""

from __future__ import annotations

from tests.harness.fake.http import AwsError, Reply, Request, json_reply

REFUSED = "AccessDeniedException"


class Signin:
    """CreateOAuth2Token; `refusal` is TOKEN_EXPIRED, USER_CREDENTIALS_CHANGED or INSUFFICIENT_PERMISSIONS."""

    def __init__(self) -> None:
        self.refusal = "TOKEN_EXPIRED"

    def operation(self, request: Request) -> str | None:
        return "CreateOAuth2Token" if (request.method, request.path) == ("POST", "/v1/token") else None

    def parameters(self, request: Request) -> dict[str, str]:
        return {}

    def answer(self, operation: str, request: Request) -> Reply:
        raise AwsError(REFUSED, 403)

    def error(self, error: AwsError) -> Reply:
        content = {"message": error.message}
        if error.code == REFUSED:
            content["error"] = self.refusal
        return json_reply(content, error.status, x_amzn_ErrorType=error.code)
