"""The SSO portal: role credentials for an access token, the accounts and roles assigned, logout."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.harness.fake.http import AwsError, Reply, Request, json_reply
from tests.harness.fake.keys import KeyStore
from tests.harness.fake.oidc import Oidc

TOKEN_HEADER = "x-amz-sso_bearer_token"
USER = "dev@example.com"
LONGEST_PAGE = 50  # a page may be shorter than was asked for


class Portal:
    """Everybody with a live access token has the same permission sets."""

    def __init__(self, keys: KeyStore, oidc: Oidc) -> None:
        self.keys = keys
        self.oidc = oidc
        self.names: dict[str, str] = {}  # of accounts, where it is not "account ID"
        self._lifetimes: dict[tuple[str, str], float] = {}
        self._operations: dict[str, Callable[[Request], Reply]] = {
            "GetRoleCredentials": self._get_role_credentials,
            "ListAccounts": self._list_accounts,
            "ListAccountRoles": self._list_account_roles,
            "Logout": self._logout,
        }
        self._routes = {
            ("GET", "/federation/credentials"): "GetRoleCredentials",
            ("GET", "/assignment/accounts"): "ListAccounts",
            ("GET", "/assignment/roles"): "ListAccountRoles",
            ("POST", "/logout"): "Logout",
        }

    def assign(self, account: str, permission_set: str, lifetime_s: float) -> None:
        self._lifetimes[(account, permission_set)] = lifetime_s

    def withdraw(self, account: str, permission_set: str) -> None:
        """Take an assignment away: "No access"."""
        del self._lifetimes[(account, permission_set)]

    def operation(self, request: Request) -> str | None:
        return self._routes.get((request.method, request.path))

    def parameters(self, request: Request) -> dict[str, str]:
        return {**request.query, "accessToken": request.headers.get(TOKEN_HEADER, "")}

    def answer(self, operation: str, request: Request) -> Reply:
        if not self.oidc.live(request.headers.get(TOKEN_HEADER, "")):
            raise AwsError("UnauthorizedException", 401, "Session token not found or invalid")
        return self._operations[operation](request)

    def error(self, error: AwsError) -> Reply:
        return json_reply({"message": error.message}, error.status, x_amzn_ErrorType=error.code)

    def _get_role_credentials(self, request: Request) -> Reply:
        account, name = request.query["account_id"], request.query["role_name"]
        if (account, name) not in self._lifetimes:
            raise AwsError("ForbiddenException", 403, "No access")
        key = self.keys.role_session(role_arn(account, name), USER, self._lifetimes[(account, name)])
        assert key.expires_at is not None
        return json_reply(
            {
                "roleCredentials": {
                    "accessKeyId": key.access_key_id,
                    "secretAccessKey": key.secret_access_key,
                    "sessionToken": key.session_token,
                    "expiration": key.expires_at * 1000,  # milliseconds, here alone
                }
            }
        )

    def _list_accounts(self, request: Request) -> Reply:
        accounts = [
            {
                "accountId": account,
                "accountName": self.names.get(account, f"account {account}"),
                "emailAddress": f"{account}@example.com",
            }
            for account in sorted({account for account, _ in self._lifetimes})
        ]
        return json_reply(_page("accountList", accounts, request))

    def _list_account_roles(self, request: Request) -> Reply:
        wanted = request.query["account_id"]
        roles = [{"roleName": name, "accountId": wanted} for account, name in self._lifetimes if account == wanted]
        if not roles:
            raise AwsError("ForbiddenException", 403, "No access")
        return json_reply(_page("roleList", roles, request))

    def _logout(self, request: Request) -> Reply:
        self.oidc.end(request.headers[TOKEN_HEADER])
        return json_reply({})


def role_arn(account: str, permission_set: str) -> str:
    """Return the ARN of the role that Identity Center keeps for a permission set in an account."""
    suffix = hashlib.sha256(f"{account}/{permission_set}".encode()).hexdigest()[:16]
    path = "aws-reserved/sso.amazonaws.com/eu-west-1"
    return f"arn:aws:iam::{account}:role/{path}/AWSReservedSSO_{permission_set}_{suffix}"


def _page(name: str, items: list[dict[str, str]], request: Request) -> dict[str, object]:
    start = int(request.query.get("next_token", "0"))
    size = int(request.query.get("max_result", "20"))
    if not 1 <= size <= 100:
        raise AwsError("InvalidRequestException", 400, "max_result must be between 1 and 100")
    end = start + min(size, LONGEST_PAGE)
    page: dict[str, object] = {name: items[start:end]}
    return {**page, "nextToken": str(end)} if end < len(items) else page
