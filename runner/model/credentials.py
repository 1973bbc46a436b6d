"""Secrets, and nothing else that could be printed."""

from __future__ import annotations


class Credentials:
    """An access key with its secret, session token ("" for long-term keys) and end (UTC epoch seconds, or None).

    The only home of secrets: neither str() nor repr() shows them.
    """

    __slots__ = ("access_key_id", "expires_at", "secret_access_key", "session_token")

    def __init__(
        self, access_key_id: str, secret_access_key: str, session_token: str = "", expires_at: float | None = None
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token
        self.expires_at = expires_at

    def __repr__(self) -> str:
        return "Credentials(****)"


def is_plain(text: object) -> bool:
    """Tell whether this is text of the characters that keys and tokens have: no other can be sent in a header."""
    return isinstance(text, str) and all("!" <= character <= "~" for character in text)
