"""S3, as far as ListBuckets: something for a long-lived client to poll."""

from __future__ import annotations

from tests.harness.fake.http import AwsError, Reply, Request, request_id, xml, xml_reply
from tests.harness.fake.keys import KeyStore
from tests.harness.fake.signature import signer

# S3 answers the same refusals in words of its own.
_WORDS = {
    "InvalidClientTokenId": (
        "InvalidAccessKeyId",
        403,
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "ExpiredToken": ("ExpiredToken", 400, "The provided token has expired."),
    "MissingAuthenticationToken": ("AccessDenied", 403, "Access Denied"),
}


class S3:
    """ListBuckets: no buckets, but a checked signature; the call log has the caller's access key id."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys

    def operation(self, request: Request) -> str | None:
        return "ListBuckets" if request.method == "GET" and request.path == "/" else None

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(request.query)

    def answer(self, operation: str, request: Request) -> Reply:
        try:
            caller = signer(request, self.keys).principal
        except AwsError as error:
            raise AwsError(*_WORDS.get(error.code, (error.code, error.status, error.message))) from error
        owner = {"ID": caller.user_id, "DisplayName": caller.account}
        return xml_reply(f"<ListAllMyBucketsResult>{xml({'Owner': owner, 'Buckets': {}})}</ListAllMyBucketsResult>")

    def error(self, error: AwsError) -> Reply:
        content = {"Code": error.code, "Message": error.message, "RequestId": request_id()}
        return xml_reply(f"<Error>{xml(content)}</Error>", error.status)
