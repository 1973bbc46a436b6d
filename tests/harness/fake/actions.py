"""The endpoint where a job of GitHub Actions gets its web identity token."""

from __future__ import annotations

from tests.harness.fake.canaries import Canaries
from tests.harness.fake.http import AwsError, Reply, Request, json_reply
from tests.harness.fake.webidentity import WebIdentityTokens

PATH = "/actions/token"


class Actions:
    """Knows the bearer tokens it gave to jobs, and whose tokens they may ask for."""

    def __init__(self, canaries: Canaries, tokens: WebIdentityTokens) -> None:
        self.canaries = canaries
        self.tokens = tokens
        self._subjects: dict[str, str] = {}

    def job(self, url: str, subject: str) -> dict[str, str]:
        bearer = self.canaries.token()
        self._subjects[f"bearer {bearer}"] = subject
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}{PATH}?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": bearer,
        }

    def operation(self, request: Request) -> str | None:
        return "ActionsIdToken" if request.path == PATH else None

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(request.query)

    def answer(self, operation: str, request: Request) -> Reply:
        subject = self._subjects.get(request.headers.get("authorization", ""))
        if subject is None:
            raise AwsError("Unauthorized", 401, "bearer token missing or wrong")
        audience = request.query.get("audience", "https://github.com/corp")
        return json_reply({"count": 1, "value": self.tokens.make(subject, audience, 300)})

    def error(self, error: AwsError) -> Reply:
        return json_reply({"message": error.message}, error.status)
