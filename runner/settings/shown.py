"""What may be said of a runner.toml that is broken: values of keys that hold no secret, and never a line of it."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# The others, unknown keys too, may hold a secret: a program's argument, a policy, a key in a wrong place.
PLAIN = frozenset(
    (
        *("account", "audience", "cache", "duration", "inject", "kind", "mfa_serial", "permission_set"),
        *("principal_arn", "process_timeout", "profile", "region", "role_arn", "role_session_name"),
        *("source_identity", "sso_region", "sso_session", "sso_start_url", "token_file", "via"),
    )
)
QUOTED = re.compile(r"'(?:[^'\\]|\\.){3,}'")  # a single character that is in its way, also as \n, a parser may name


def value(tables: Mapping[str, object], key: str) -> str:
    """Return what stands under a dotted key, in quotes if it is a text; "" when it is no single value, or not shown."""
    found: object = tables
    *_, last = names = key.split(".")
    for name in names:
        if not isinstance(found, dict) or name not in found:
            return ""
        found = found[name]
    if last not in PLAIN or isinstance(found, dict | list):
        return ""
    return f'"{found}"' if isinstance(found, str) else str(found)


def without_content(error: Exception) -> str:
    """Return what a TOML parser says, without what it quotes of the file."""
    return QUOTED.sub("'...'", str(error))
