"""AWS Organizations, as far as ListAccounts: the JSON protocol, pages of at most 20, some of them empty."""

from __future__ import annotations

from dataclasses import dataclass

from tests.harness.fake.http import AwsError, Reply, Request, json_reply
from tests.harness.fake.keys import KeyStore
from tests.harness.fake.signature import signer

TARGET = "AWSOrganizationsV20161128."
LONGEST_PAGE = 20


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization."""

    account: str
    name: str
    state: str = "ACTIVE"
    partition: str = "aws"

    def described(self) -> dict[str, str]:
        arn = f"arn:{self.partition}:organizations::999999999999:account/o-fake/{self.account}"
        email = f"{self.account}@example.com"
        return {"Id": self.account, "Arn": arn, "Name": self.name, "Email": email, "State": self.state}


class Organizations:
    """One organization; only callers of the accounts in `allowed` may list it, and everybody when that is empty."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys
        self.members: list[Member] = []
        self.allowed: set[str] = set()

    def operation(self, request: Request) -> str | None:
        target = request.headers.get("x-amz-target", "")
        # The portal has an operation of this name too.
        return f"Organizations.{target.removeprefix(TARGET)}" if target.startswith(TARGET) else None

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(request.json)

    def answer(self, operation: str, request: Request) -> Reply:
        caller = signer(request, self.keys).principal
        if operation != "Organizations.ListAccounts" or (self.allowed and caller.account not in self.allowed):
            raise AwsError("AccessDeniedException", 400, "You don't have permissions to access this resource.")
        size = int(request.json.get("MaxResults", LONGEST_PAGE))
        if not 1 <= size <= LONGEST_PAGE:
            raise AwsError("InvalidInputException", 400, "You provided a value that is too large.")
        token = request.json.get("NextToken", "0")
        if token.startswith("empty"):  # after each page an empty one that leads to the next
            return json_reply({"Accounts": [], "NextToken": token.removeprefix("empty")})
        start = int(token)
        page: dict[str, object] = {"Accounts": [each.described() for each in self.members[start : start + size]]}
        return json_reply({**page, "NextToken": f"empty{start + size}"} if start + size < len(self.members) else page)

    def error(self, error: AwsError) -> Reply:
        return json_reply({"__type": error.code, "Message": error.message}, error.status)
