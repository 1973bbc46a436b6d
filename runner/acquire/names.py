"""Names that say themselves what they mean: the ARN of a role, and SSO_SESSION/ACCOUNT/PERMISSION_SET."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from runner.model.failure import Failure
from runner.model.identity import Environment, Identity, PermissionSet, Role
from runner.settings import sts_limits

if TYPE_CHECKING:
    from runner.acquire.book import Book

HERE = "the command line"  # where it stands, for a sentence


def role(arn: str) -> Role:
    """Make of an ARN the role that it is; raises unknown-identity when it is another thing's."""
    if not sts_limits.is_arn(arn, "iam", "role/"):
        example = sts_limits.ROLE_EXAMPLE
        cause = f"an ARN is an identity when it is a role's, such as {example}"
        raise Failure("unknown-identity", near="", cause=cause, remedy=f"run --identity {example} -- ...")
    return Role(name=arn, where=HERE, role_arn=arn)


def permission_set(name: str, book: Book) -> Identity | None:
    """Make of SSO_SESSION/ACCOUNT/PERMISSION_SET what it says, None when it is not of that form.

    Raises unknown-identity when there is no such session.
    """
    parts = name.split("/")
    if len(parts) != 3 or not all(parts) or not (len(parts[1]) == 12 and parts[1].isascii() and parts[1].isdigit()):
        return None
    session, account, permission_set_name = parts
    known = [*book.sso_sessions, *book.aws_files.sso_sessions]
    if session not in known:
        near = difflib.get_close_matches(session, known, 1)
        other = "/".join((near[0], account, permission_set_name)) if near else ""
        raise Failure(
            "unknown-identity",
            near=f"; near: {other}" if near else "",
            cause=f'no sso-session "{session}" in {book.aws_files.config_path}; there is {", ".join(known) or "none"}',
            remedy=f"run --identity {other} -- ..."
            if near
            else f"aws configure sso-session        # to make {session}",
        )
    return PermissionSet(
        name=name,
        where=f"[sso-session {session}] in {book.aws_files.config_path}",
        sso_session=session,
        start_url="",
        sso_region="",
        sso_account=account,
        permission_set=permission_set_name,
    )


def environment() -> Environment:
    """Return the source of a role ARN without --via."""
    return Environment(name="the environment", where="the environment")
