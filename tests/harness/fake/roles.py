"""Roles, their trust policies, and the MFA devices they may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.harness.fake.http import AwsError
from tests.harness.fake.keys import Principal


@dataclass(slots=True)
class Role:
    """A role and who may assume it. Patterns are globs over ARNs of users, of roles and of role sessions.

    `lifetime_s` overrides what a caller asked for, so that tests see credentials end; `mfa` asks for a code;
    `subjects` are globs over the `sub` of a web identity token.
    """

    arn: str
    trusts: tuple[str, ...] = ("*",)
    external_id: str = ""
    max_duration_s: int = 3600
    lifetime_s: float | None = None
    mfa: bool = False
    subjects: tuple[str, ...] = ("*",)

    def trusted(self, caller: Principal, external_id: str, *, mfa: bool) -> bool:
        """Judge as a trust policy does."""
        names = [caller.arn] + ([caller.role_arn] if caller.role_arn else [])
        known = any(fnmatchcase(name, pattern) for name in names for pattern in self.trusts)
        return known and external_id == (self.external_id or external_id) and (mfa or not self.mfa)

    def trusted_subject(self, subject: str) -> bool:
        return any(fnmatchcase(subject, pattern) for pattern in self.subjects)


class MfaDevices:
    """MFA devices; a code is good once, as in its window of 30 seconds."""

    def __init__(self) -> None:
        self._codes: dict[str, set[str]] = {}

    def add(self, serial: str, *codes: str) -> None:
        self._codes.setdefault(serial, set()).update(codes)

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
        if code not in self._codes[serial]:
            raise AwsError(
                "AccessDenied", 403, "MultiFactorAuthentication failed with invalid MFA one time pass code. "
            )
        self._codes[serial].remove(code)
        return True
