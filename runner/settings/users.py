"""What an entry may say of an IAM user's keys and MFA device: checked, and never quoted."""

from __future__ import annotations

from typing import NamedTuple

from runner.model.identity import User
from runner.settings.entries import AssumeRoleEntry, Common, UserEntry

FROM = "env:"  # keys stand in variables; one written into the file would be everybody's who reads it
BESIDE_LETTERS = frozenset("_+=/:,.@-")


class Wrong(NamedTuple):
    """What is wrong with an entry: the key ("" for all of it), the problem, what is allowed."""

    key: str
    problem: str
    allowed: str


def wrong(entry: Common) -> Wrong | None:
    """Say what is wrong with an entry's keys or MFA device; None when nothing is, or it has neither."""
    if isinstance(entry, UserEntry):
        return _wrong_keys(entry) or _wrong_device(entry)
    return _wrong_device(entry) if isinstance(entry, AssumeRoleEntry) else None


def _wrong_keys(entry: UserEntry) -> Wrong | None:
    pair = {"access_key_id": entry.access_key_id, "secret_access_key": entry.secret_access_key}
    for key, value in pair.items():
        if value and not (value.startswith(FROM) and _variable(value).isidentifier() and value.isascii()):
            return Wrong(key, "must name a variable: a key never stands in runner.toml", f'{key} = "env:NAME"')
    given = [key for key, value in pair.items() if value]
    allowed = 'profile = "NAME", or access_key_id and secret_access_key = "env:NAME"'
    if entry.profile and given:
        return Wrong("", f"has both profile and {given[0]}", allowed)
    if len(given) == 1 or not (entry.profile or given):
        return Wrong("", "has half a key pair" if given else "has no keys", allowed)
    return None


def _wrong_device(entry: UserEntry | AssumeRoleEntry) -> Wrong | None:
    serial = entry.mfa_serial
    if entry.mfa_process and not serial:
        return Wrong("mfa_process", "has no mfa_serial beside it", 'mfa_serial = "arn:aws:iam::111111111111:mfa/NAME"')
    plain = serial.isascii() and all(each.isalnum() or each in BESIDE_LETTERS for each in serial)
    if serial and not (plain and 9 <= len(serial) <= 256):
        return Wrong("mfa_serial", "is not the ARN or serial number of a device", "9 to 256 of A-Za-z0-9_+=/:,.@-")
    return None


def user(entry: UserEntry, duration_s: int, **common: str) -> User:
    """Make of a checked entry what acquiring works with."""
    return User(
        **common,
        profile=entry.profile,
        key_id_variable=_variable(entry.access_key_id),
        secret_variable=_variable(entry.secret_access_key),
        mfa_serial=entry.mfa_serial,
        mfa_process=entry.mfa_process,
        duration_s=duration_s,
    )


def _variable(value: str) -> str:
    """Return the NAME of "env:NAME", "" of ""."""
    return value.removeprefix(FROM)
