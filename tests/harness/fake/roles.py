"""Roles, their trust policies, and the MFA devices they may ask for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.harness.fake.clock import Clock
from tests.harness.fake.http import AwsError
from tests.harness.fake.keys import Principal

WINDOW_S = 30


@dataclass(slots=True)
class Role:
    """A role and who may assume it. Patterns are globs over ARNs of users, of roles and of role sessions.

    `lifetime_s` overrides what a caller asked for, so that tests see credentials end; `mfa` asks for a code;
    `subjects` are globs over the `sub` of a web identity token; `denial` is what a policy says to everybody.
    """

    arn: str
    trusts: tuple[str, ...] = ("*",)
    external_id: str = ""
    max_duration_s: int = 3600
    lifetime_s: float | None = None
    mfa: bool = False
    subjects: tuple[str, ...] = ("*",)
    denial: str = ""

    def trusted(self, caller: Principal, external_id: str, *, mfa: bool) -> bool:
        """Judge as a trust policy does."""
        names = [caller.arn] + ([caller.role_arn] if caller.role_arn else [])
        known = any(fnmatchcase(name, pattern) for name in names for pattern in self.trusts)
        return known and external_id == (self.external_id or external_id) and (mfa or not self.mfa)

    def trusted_subject(self, subject: str) -> bool:
        return any(fnmatchcase(subject, pattern) for pattern in self.subjects)


@dataclass(slots=True)
class Authenticator:
    """A virtual MFA device: another code every 30 seconds, made from what only it and the service know."""

    clock: Clock
    seed: str

    def code(self) -> str:
        """Return the code that it shows now."""
        window = int(self.clock.now()) // WINDOW_S
        return f"{int(hashlib.sha256(f'{self.seed}{window}'.encode()).hexdigest(), 16) % 10**6:06}"


class MfaDevices:
    """MFA devices; a code is good once, that of an authenticator in its window of 30 seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, set[str]] = {}
        self._authenticators: dict[str, Authenticator] = {}
        self._used: set[tuple[str, str]] = set()

    def add(self, serial: str, *codes: str) -> None:
        self._codes.setdefault(serial, set()).update(codes)

    def authenticator(self, serial: str) -> Authenticator:
        """Register a virtual device."""
        self.add(serial)
        made = self._authenticators[serial] = Authenticator(self._clock, serial)
        return made

    def check(self, serial: str, code: str) -> bool:
        """Tell whether MFA was used; raise when it was tried and failed."""
        if not serial and not code:
            return False
        if not serial or not code:
            raise AwsError(
                "AccessDenied",
                403,
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            )
        if serial not in self._codes:
            raise AwsError(
                "AccessDenied",
                403,
                "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial "
                "number is valid and associated with this user.",
            )
        shown = self._authenticators[serial].code() if serial in self._authenticators else ""
        if (serial, code) in self._used or code not in {*self._codes[serial], shown}:
            raise AwsError(
                "AccessDenied", 403, "MultiFactorAuthentication failed with invalid MFA one time pass code. "
            )
        self._used.add((serial, code))
        return True
