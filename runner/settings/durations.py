"""Durations as people write them."""

from __future__ import annotations

UNITS_S = {"h": 3600, "m": 60, "s": 1}
ABOVE_ALL_S = 86400  # more than any unit
LONGEST = 9  # digits; no duration of ours is 30 years


def seconds(text: str) -> int | None:
    """Read `90s`, `15m`, `1h30m`, `36h` or plain seconds; None when it is none of these."""
    total, number, last_s = 0, "", ABOVE_ALL_S
    for character in text:
        if character.isascii() and character.isdigit():
            number += character
            continue
        unit_s = UNITS_S.get(character)
        if unit_s is None or not number or unit_s >= last_s or len(number) > LONGEST:
            return None
        total, number, last_s = total + int(number) * unit_s, "", unit_s
    if (number and last_s < ABOVE_ALL_S) or len(number) > LONGEST or not text:
        return None  # "1h30": minutes or seconds?
    return int(number) if number else total


def text(duration_s: int) -> str:
    """Write a duration as people do, in the largest unit that has no remainder."""
    for unit, unit_s in UNITS_S.items():
        if duration_s % unit_s == 0 and duration_s >= unit_s:
            return f"{duration_s // unit_s}{unit}"
    return f"{duration_s}s"
