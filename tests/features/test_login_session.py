"""Profiles with login_session: sessions of `aws login`."""

from __future__ import annotations

import pytest

from tests.harness.fails import Fails
from tests.harness.world import World

LOGIN = "[profile login]\nlogin_session = arn:aws:sts::111111111111:assumed-role/Admin/me\nregion = eu-west-1\n"


def test_a_session_of_aws_login_that_is_not_there(fails: Fails, world: World) -> None:
    """With the extra [login] installed: who it is for, and what to type."""
    pytest.importorskip("awscrt")
    world.aws_config(LOGIN)

    fails("-i", "login", slug="login-session-expired", status=77, identity="login", remedy="aws login --profile login")


def test_a_session_of_aws_login_needs_the_extra(fails: Fails, world: World) -> None:
    """Without awscrt it is said what to install."""
    world.aws_config(LOGIN)
    hidden = world.root / "hidden" / "awscrt"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError\n")

    fails(
        *("-i", "login"),
        slug="dependency-missing",
        status=78,
        identity="login",
        contains=["awscrt"],
        remedy="pip install 'runner[login]'",
        env={"PYTHONPATH": str(hidden.parent)},
    )
