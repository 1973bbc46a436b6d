"""The portal of IAM Identity Center: role credentials for an access token, what there is of them, and its end."""

from __future__ import annotations

from typing import Any

from runner.acquire.aws.session import AwsSession, call, unreadable
from runner.model.account import Account
from runner.model.credentials import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.login.tokens import SsoSession, Token

PAGE = 100  # the portal's most
IN_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-")  # of permission sets


def get_role_credentials(
    session: SsoSession, account: str, permission_set: str, token: Token, aws: AwsSession
) -> Credentials:
    """Ask the portal for a permission set's credentials; raises AwsError."""
    parameters: dict[str, object] = {
        "accountId": account,
        "roleName": permission_set,
        "accessToken": token.secret,
    }
    answer = call(aws.client("sso", session.region, unsigned=True), "get_role_credentials", parameters)
    given = answer["roleCredentials"]
    expires_at = given["expiration"] / 1000
    return Credentials(given["accessKeyId"], given["secretAccessKey"], given["sessionToken"], expires_at)


def logout(token: Token, region: str, aws: AwsSession) -> None:
    """End an access token, and the sessions it has given; raises AwsError."""
    call(aws.client("sso", region, unsigned=True), "logout", {"accessToken": token.secret})


class Portal:
    """What an access token may be used for, page by page: "" is the first, and the next of the last.

    A call is made once: whoever pages through hundreds of accounts knows how fast it may go. Raises AwsError.
    """

    def __init__(self, session: SsoSession, token: Token, aws: AwsSession) -> None:
        self._client: Any = aws.client("sso", session.region, unsigned=True, attempts=1)
        self._token = token

    def accounts(self, page: str) -> tuple[list[Account], str]:
        """Return a page of accounts, without their permission sets, and the next page."""
        answer = self._list("list_accounts", {}, page)
        return [_account(each) for each in answer.get("accountList", ())], answer.get("nextToken") or ""

    def permission_sets(self, account: str, page: str) -> tuple[list[str], str]:
        """Return a page of the names of permission sets in an account, and the next page."""
        answer = self._list("list_account_roles", {"accountId": account}, page)
        names = [str(each.get("roleName", "")) for each in answer.get("roleList", ())]
        if not all(name and set(name) <= IN_NAMES for name in names):
            raise unreadable("sso", "ListAccountRoles")
        return names, answer.get("nextToken") or ""

    def _list(self, operation: str, asked: dict[str, object], page: str) -> Any:
        following: dict[str, object] = {"nextToken": page} if page else {}
        parameters = {**asked, "accessToken": self._token.secret, "maxResults": PAGE, **following}
        return call(self._client, operation, parameters)


def _account(said: Any) -> Account:
    account_id = str(said.get("accountId", ""))
    if not (len(account_id) == 12 and account_id.isascii() and account_id.isdigit()):
        raise unreadable("sso", "ListAccounts")
    return Account(account_id, str(said.get("accountName") or ""), str(said.get("emailAddress") or ""))
