"""runner.toml: whatever stands in it gives identities or invalid-config, and each identity is what was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runner.model.failure import Failure
from runner.model.identity import Process, Profile, Role
from runner.settings import config
from runner.settings.config import Config


def inline(table: Mapping[str, str]) -> str:
    """Write an inline table."""
    return "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"


PATH = Path("/home/x/runner.toml")
ENTRIES = ("aws/profile", "aws/credentials", "aws/assume-role", "aws/permission-set")
KEYS = st.sampled_from(
    ["kind", "profile", "via", "role_arn", "duration", "region", "account", "process_timeout", "cache", "sso_session"]
)
SCALARS = st.one_of(
    st.sampled_from(['"' + each + '"' for each in ENTRIES]),
    st.sampled_from(
        ['"1h"', '""', '"111111111111"', '"eu-west-1"', '"none"', "0", "-1", "900", "true", "1e400", "nan"]
    ),
    st.sampled_from(["1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "9" * 25, "0x10", "'''\nx'''"]),
    st.text(max_size=8).map(json.dumps),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(inline)
    ),
    max_leaves=6,
)


def parsed(content: bytes) -> Config | Failure:
    """Return what is made of a file; any other exception is a defect."""
    try:
        return config.parse(PATH, content)
    except Failure as failure:
        wrong = failure
    assert wrong.slug == "invalid-config"
    assert str(PATH) in wrong.sentence
    assert str(PATH) in wrong.remedy
    return wrong


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes(content: bytes) -> None:
    """Never another exception."""
    parsed(content)


@given(st.dictionaries(KEYS, VALUES, max_size=6), st.sampled_from(ENTRIES))
def test_any_values_of_an_identity(table: dict[str, str], kind: str) -> None:
    """Of a kind there is, with keys there are and values of any type."""
    lines = {"kind": json.dumps(kind), **table}
    text = "[identities.x]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())

    found = parsed(text.encode("utf-8", "replace"))

    if isinstance(found, Config):
        assert found.identities["x"].name == "x"
        assert str(PATH) in found.identities["x"].where


@given(st.sampled_from(["identities", "settings", "sso_sessions", "identities.x", "other"]), VALUES)
def test_any_value_in_the_place_of_a_table(place: str, value: str) -> None:
    """Lists, numbers, texts where tables should be."""
    parsed(f"{place} = {value}\n".encode("utf-8", "replace"))


def test_each_kind() -> None:
    """What is written is what acquiring works with."""
    found = config.parse(
        PATH,
        b"""
        [settings]
        region = "eu-west-1"
        [identities.p]
        kind = "aws/profile"
        profile = "dev"
        account = "111111111111"
        [identities.c]
        kind = "aws/credentials"
        credential_process = "helper prod"
        process_timeout = "1m30s"
        region = "us-east-1"
        [identities.r]
        kind = "aws/assume-role"
        via = "c"
        role_arn = "arn:aws:iam::111111111111:role/R"
        external_id = "ex"
        role_session_name = "me"
        duration = 900
        """,
    )
    p, c, r = found.identities.values()

    assert found.region == "eu-west-1"
    assert found.via == {"r": "c"}
    assert isinstance(p, Profile)
    assert (p.name, p.profile, p.account, p.where) == ("p", "dev", "111111111111", f"{PATH}:4 [identities.p]")
    assert isinstance(c, Process)
    assert (c.credential_process, c.timeout_s, c.region) == ("helper prod", 90, "us-east-1")
    assert isinstance(r, Role)
    assert (r.role_session_name, r.external_id, r.duration_s) == ("me", "ex", 900)


def test_an_empty_file_is_a_file() -> None:
    """It says nothing."""
    assert config.parse(PATH, b"").identities == {}


def test_where_things_stand() -> None:
    """The line is found for names in quotes, inline tables and nested ones; else the file alone is named."""
    for text, where in (
        ('[identities."a b"]\n', f"{PATH}:1 identities.a b"),
        ('[identities]\nx = { kind = "nope" }\n', f"{PATH} identities.x.kind"),
        ('[identities.x]\n\n  kind="nope"\n', f"{PATH}:3 identities.x.kind"),
        ('identities.x.kind = "nope"\n', f"{PATH} identities.x.kind"),
    ):
        found = parsed(text.encode())
        assert isinstance(found, Failure)
        assert found.sentence.startswith(where)
