"""AWS Organizations: the accounts of one."""

from __future__ import annotations

from typing import Any

from runner.acquire.aws.session import AwsSession, call, unreadable
from runner.model.account import Account
from runner.model.credentials import Credentials

PAGE = 20  # the service's most


class Organization:
    """The accounts of the caller's organization that are active, page by page: "" is the first and the last's next."""

    def __init__(self, credentials: Credentials, partition: str, aws: AwsSession) -> None:
        aws.signer.access_key = credentials.access_key_id
        aws.signer.secret_key = credentials.secret_access_key
        aws.signer.token = credentials.session_token or None
        self._client: Any = aws.client("organizations", aws.global_region(partition), attempts=1)

    def accounts(self, page: str) -> tuple[list[Account], str]:
        """Return a page, which may be empty with others behind it, and the next; a call is made once. Raises AwsError.

        State has taken the place of Status, which stands in the answers of some partitions alone.
        """
        answer = call(self._client, "list_accounts", {"MaxResults": PAGE, **({"NextToken": page} if page else {})})
        listed = answer.get("Accounts", ())
        active = [each for each in listed if (each.get("State") or each.get("Status") or "ACTIVE") == "ACTIVE"]
        return [_account(each) for each in active], answer.get("NextToken") or ""


def _account(said: Any) -> Account:
    account_id, arn = str(said.get("Id", "")), str(said.get("Arn", "")).split(":")
    is_id = len(account_id) == 12 and account_id.isascii() and account_id.isdigit()
    if not is_id or len(arn) < 2 or not arn[1].replace("-", "a").isalnum() or not arn[1].isascii():
        raise unreadable("organizations", "ListAccounts")
    return Account(account_id, str(said.get("Name") or ""), str(said.get("Email") or ""), arn[1])
