"""Every secret of the fake AWS: made here, marked, remembered."""

from __future__ import annotations

import base64
import json
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Protocol

MARKERS = ("CANARYSECRET", "CANARYTOKEN")

_SECRET_ALPHABET = string.ascii_letters + string.digits + "+/"


class Witness(Protocol):
    """Somebody who knows what was printed, by where it was printed."""

    def printed(self) -> Mapping[str, bytes]: ...


class Canaries:
    """Makes secrets that a test can grep for: each contains one of MARKERS."""

    def __init__(self) -> None:
        self._all: list[str] = []

    def add(self, text: str) -> str:
        self._all.append(text)
        return text

    def all(self) -> tuple[str, ...]:
        return tuple(self._all)

    def secret_access_key(self) -> str:
        """Make 40 characters, `+` and `/` among them, as AWS's are."""
        return self.add(_random(MARKERS[0], 38) + "/+")

    def token(self, length: int = 160) -> str:
        """Make a session token, an SSO access token, a refresh token, a client secret..."""
        return self.add(_random(MARKERS[1], length - 2) + "==")

    def jwt(self, claims: Mapping[str, object]) -> str:
        """Make a web identity token: readable claims and a signature nobody checks."""
        header = _segment({"alg": "RS256", "kid": "fake", "typ": "JWT"})
        return self.add(f"{header}.{_segment(claims)}.{_random(MARKERS[1], 64).replace('+', '-').replace('/', '_')}")


def leaks(printed: Mapping[str, bytes], canaries: Iterable[str]) -> list[str]:
    """Return where secrets were printed; the secrets themselves are not repeated."""
    needles = {*(marker.encode() for marker in MARKERS), *(text.encode() for text in canaries)}
    return [place for place, data in printed.items() if any(needle in data for needle in needles)]


def _random(marker: str, length: int) -> str:
    return marker + "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(length - len(marker)))


def _segment(content: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
