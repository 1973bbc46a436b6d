"""The cache that all AWS tools share: the names of its files, and the forms of its instants."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.acquire.login import clients, tokens
from runner.acquire.login.tokens import SsoSession

URL = "https://x.awsapps.com/start"


@pytest.mark.parametrize(
    ("session", "begins"),
    [(SsoSession("s", URL, "us-east-1"), "a0f1490a20d0211c"), (SsoSession("", URL, "us-east-1"), "3947de8b")],
)
def test_a_token_is_named_by_its_session_or_its_start_url(session: SsoSession, begins: str) -> None:
    """As the AWS CLI names it."""
    assert Path(tokens.token_path(session)).name.startswith(begins)


@pytest.mark.parametrize(
    ("session", "begins"),
    [(SsoSession("s", URL, "us-east-1"), "b2f640a2"), (SsoSession("", URL, "us-east-1"), "82b0c67d")],
)
def test_a_registration_is_named_by_all_that_shapes_it(session: SsoSession, begins: str) -> None:
    """As the AWS CLI names it: scopes that are not configured are null, and so is the session of a legacy profile."""
    assert Path(clients.path_of(session)).name.startswith(begins)


def test_the_order_of_scopes_counts() -> None:
    """Another order is another file."""
    one, other = (SsoSession("s", URL, "us-east-1", scopes) for scopes in (("a", "b"), ("b", "a")))

    assert clients.path_of(one) != clients.path_of(other)


@pytest.mark.parametrize("text", ["2026-11-21T06:00:00Z", "2026-11-21T06:00:00UTC", "2026-11-21T07:00:00+01:00"])
def test_instants_are_read_as_all_tools_have_written_them(text: str) -> None:
    """And written in the one form that all of them read."""
    assert tokens.iso(tokens.instant(text)) == "2026-11-21T06:00:00Z"


@pytest.mark.parametrize("text", ["2026-11-21T06:00:00", "soon", "", None])
def test_an_instant_without_a_zone_is_none(text: str | None) -> None:
    """It could be any of 24 hours."""
    with pytest.raises(ValueError):
        tokens.instant(text)
