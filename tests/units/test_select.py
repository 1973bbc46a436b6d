"""Names and patterns: what each selects, in the order of the files."""

from __future__ import annotations

import pytest

from runner.acquire.select import Catalogue, select
from runner.model.failure import Failure

TAGS: dict[str, dict[str, str]] = {
    "prod-b": {"team": "ops", "tier": "1"},
    "prod-a": {"team": "web"},
    "dev": {"team": "ops"},
    "odd[1]": {},
    "Prod-c": {},
}
GROUPS = {
    "audit": ["dev", "prod-*"],
    "both": ["@audit", "odd[1]"],
    "round": ["@round", "dev"],
    "tagged": ["@tag:tier=1"],
    "empty": [],
    "unknown": ["nobody"],
}
CATALOGUE = Catalogue(TAGS, GROUPS)


@pytest.mark.parametrize(
    ("words", "without", "names", "is_fan_out"),
    [
        ([], [], ["prod-b", "prod-a", "dev", "odd[1]", "Prod-c"], True),
        (["dev"], [], ["dev"], False),
        (["nobody"], [], ["nobody"], False),
        (["odd[1]"], [], ["odd[1]"], False),
        (["dev", "prod-b"], [], ["prod-b", "dev"], True),
        (["dev", "dev"], [], ["dev"], True),
        (["nobody", "dev"], [], ["dev", "nobody"], True),
        (["d*"], [], ["dev"], True),
        (["prod-?"], [], ["prod-b", "prod-a"], True),
        (["[pP]rod-*"], [], ["prod-b", "prod-a", "Prod-c"], True),
        (["*"], ["*-*"], ["dev", "odd[1]"], True),
        (["@audit"], [], ["prod-b", "prod-a", "dev"], True),
        (["@both"], ["@tag:team=web"], ["prod-b", "dev", "odd[1]"], True),
        (["@round"], [], ["dev"], True),
        (["@tagged", "@tag:team=web"], [], ["prod-b", "prod-a"], True),
        (["@unknown"], [], ["nobody"], True),
        ([], ["dev", "none-*"], ["prod-b", "prod-a", "odd[1]", "Prod-c"], True),
    ],
)
def test_what_is_selected(words: list[str], without: list[str], names: list[str], is_fan_out: bool) -> None:
    """Each once, in the order of the files; an exact name is no pattern."""
    found = select(words, without, CATALOGUE)

    assert list(found.names) == names
    assert found.is_fan_out is is_fan_out


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["x*"], []),
        (["dev", "x*"], []),
        (["@nobody"], []),
        (["@empty"], []),
        (["@tag:team"], []),
        (["@tag:team=x"], []),
        (["@"], []),
        (["dev"], ["d*"]),
        ([], ["*"]),
    ],
)
def test_what_selects_nothing(words: list[str], without: list[str]) -> None:
    """One pattern without a match is an error, also beside others that match; so is nothing left."""
    with pytest.raises(Failure) as raised:
        select(words, without, CATALOGUE)

    assert raised.value.slug == "no-match"
    assert "groups: @audit" in raised.value.cause
