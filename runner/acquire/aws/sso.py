"""The portal of IAM Identity Center: role credentials for an access token, and its end."""

from __future__ import annotations

from runner.acquire.aws.session import AwsSession, call
from runner.model.credentials import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.login.tokens import SsoSession, Token


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
