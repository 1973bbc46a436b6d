"""An AWS account, as a listing has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """Name and email are somebody's own words; `permission_sets` are those that whoever is logged in may use."""

    account_id: str
    name: str
    email: str
    partition: str = "aws"
    permission_sets: tuple[str, ...] = ()
