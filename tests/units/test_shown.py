"""What is said of a broken runner.toml: values that hold no secret, and never what stands in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner import report
from runner.model.failure import Failure
from runner.settings import config

SECRET = "hunter2hunter2"
BROKEN = [
    f'credential_process = "helper --password {SECRET}',
    f"external_id = '{SECRET}\n",
    f'"{SECRET}" {SECRET}',
    f"a = {SECRET}",
    f"a = {{ x = 1, {SECRET} = 1, {SECRET} = 2 }}",
    f"[{SECRET}]\n[{SECRET}]",
    f"{SECRET} = 1\n{SECRET} = 2",
    f'[identities.x]\nkind = "aws/credentials"\ncredential_process = ["{SECRET}"]',
    f'[identities.x]\nkind = "aws/credentials"\ncredential_process = "x"\nprocess_timeout = {{ a = "{SECRET}" }}',
    f'[identities.x]\nkind = "aws/credentials"\nsecret_access_key = "{SECRET}"',
]


@pytest.mark.parametrize("text", BROKEN)
def test_no_secret_of_a_broken_file_is_said(text: str) -> None:
    """Neither by the TOML parser's words nor by ours."""
    with pytest.raises(Failure) as raised:
        config.parse(Path("/x/runner.toml"), text.encode())

    assert SECRET not in report.as_text(raised.value).replace(f"/x/runner.toml {SECRET}", "")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('account = "123"', '/x/runner.toml:3 identities.x.account: "123" is not an account ID'),
        ("region = 7", "/x/runner.toml:3 identities.x.region: 7 is wrong"),
        ('kind = "aws/magic"', '/x/runner.toml:2 identities.x.kind: "aws/magic" is not a kind of identity'),
        ('external_id = ["s"]', "/x/runner.toml:3 identities.x.external_id: is wrong"),
        ("colour = 1", "/x/runner.toml:3 identities.x.colour: is wrong: Object contains unknown field `colour`"),
        ('duration = "1d"', '/x/runner.toml:3 identities.x.duration: "1d" is not a duration'),
    ],
)
def test_file_line_key_and_value(entry: str, said: str) -> None:
    """All four are in the sentence; what would be allowed is in the cause."""
    role = 'via = "a"\nrole_arn = "arn:aws:iam::111111111111:role/R"\n'
    kind = "" if entry.startswith("kind") else 'kind = "aws/assume-role"\n'

    with pytest.raises(Failure) as raised:
        config.parse(Path("/x/runner.toml"), f"[identities.x]\n{kind}{entry}\n{role}".encode())

    assert raised.value.sentence.startswith(said)
    assert "allowed: " in raised.value.cause


def test_everything_broken_is_found() -> None:
    """Each broken entry once, and what is not broken is read."""
    text = """
    colour = 1
    [groups]
    all = 7
    [identities.a]
    kind = "aws/magic"
    [identities.b]
    kind = "aws/profile"
    profile = "dev"
    [identities.c]
    kind = "aws/profile"
    """

    read, problems = config.survey(Path("/x/runner.toml"), text.encode())

    assert [name for name, _ in problems] == ["", "", "a", "c"]
    assert list(read.identities) == ["b"]
