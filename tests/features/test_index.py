"""The index of identities: what completion offers, made anew when a file changes, and nobody's failure."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.index import form
from tests.harness.run import RunIn
from tests.harness.world import World

CONFIG = """\
[default]
region = eu-west-1

[profile "with blank"]
region = eu-west-1

[profile "o'hara"]
region = eu-west-1

[profile ünï]
region = eu-west-1

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
"""
IDENTITY = '[identities."{}"]\nkind = "aws/profile"\nprofile = "default"\n'
OWN = f"""{IDENTITY.format("own")}tags = {{ team = "ops" }}

[sso_sessions.ours]
sso_start_url = "https://ours.awsapps.com/start"
sso_region = "eu-west-1"

[groups]
audits = ["own"]
"""
PROFILES = ["default", "with blank", "o'hara", "ünï"]


@pytest.fixture(autouse=True)
def _configured(world: World) -> None:
    world.aws_config(CONFIG)
    world.runner_toml(OWN)


def offered(run: RunIn, *words: str, **changes: str | None) -> list[str]:
    """Ask for names as a shell does; nothing is ever said, and the status is always 0."""
    done = run("--complete", *words, env=changes).expect_status(0).expect_stderr("")
    return done.stdout.decode().splitlines()


def indexes(world: World) -> list[Path]:
    """Return the files of the index that are kept."""
    return sorted((world.runtime / "runner" / "index").glob("*"))


def test_names_are_offered_by_kind(run: RunIn) -> None:
    """Identities before profiles, in the order of the files; groups and tags where patterns are taken; SSO sessions."""
    assert offered(run, "identities") == ["own", *PROFILES]
    assert offered(run, "patterns") == ["own", *PROFILES, "@audits"]
    assert offered(run, "patterns", "@") == ["@audits", "@tag:team=ops"]
    assert offered(run, "sso-sessions") == ["ours", "corp"]


def test_a_prefix_selects(run: RunIn) -> None:
    """Only what begins with it is offered, as it is written; `runner` answers as `run` does."""
    assert offered(run, "identities", "o") == ["own", "o'hara"]
    assert offered(run, "identities", "O") == []
    assert run("--complete", "identities", "w", program="runner").expect_status(0).text == "with blank\n"


def test_only_names_that_can_be_typed_are_offered(run: RunIn, world: World) -> None:
    """What is not printable, or would be read as an option, is left out."""
    world.runner_toml("".join(IDENTITY.format(name) for name in (r"a\u001b[31m", r"b\nc", "-x", r"d\u202e", "e%0A")))

    assert offered(run, "identities") == ["e%0A", *PROFILES]


def test_the_index_is_private_and_made_once(run: RunIn, world: World) -> None:
    """It is a file of 0600 that the next who asks reads; it is left as it is while no file changes."""
    offered(run, "identities")
    [path] = indexes(world)
    before = path.stat()

    offered(run, "identities")

    assert before.st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert indexes(world) == [path]
    assert path.stat() == before


def add_profile(world: World) -> None:
    world.aws_config(f"{CONFIG}[profile late]\nregion = eu-west-1\n")


def add_credentials(world: World) -> None:
    world.aws_credentials("[late]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")


def add_identity(world: World) -> None:
    world.runner_toml(OWN + IDENTITY.format("late"))


def trusted_project(world: World) -> None:
    project = world.runner_toml(IDENTITY.format("late"), "project")
    RunIn(world)("trust", project, program="runner").expect_status(0)


@pytest.mark.parametrize("change", [add_profile, add_credentials, add_identity, trusted_project])
def test_a_change_counts_at_once(run: RunIn, world: World, change: Callable[[World], None]) -> None:
    """A file that has changed, that was absent, or that is nearer than the others makes it anew."""
    assert "late" not in offered(run, "identities")

    change(world)

    assert "late" in offered(run, "identities")


def test_the_file_of_the_command_line_counts(run: RunIn, world: World) -> None:
    """--config among the words typed, or RUN_CONFIG, is what names are read from."""
    other = world.runner_toml(IDENTITY.format("other"), world.cwd / "other file.toml")

    for words in (["-c", str(other)], [f"--config={other}"], ["-q", f"-c{other}"], ["-c", "'other file.toml'"]):
        assert offered(run, "identities", "o", "run", *words, "-i") == ["other", "o'hara"]
    assert offered(run, "identities", "o", RUN_CONFIG=str(other)) == ["other", "o'hara"]


def test_an_untrusted_project_is_not_read(run: RunIn, world: World) -> None:
    """Its names are not offered before `runner trust`, nor after it has been changed."""
    world.runner_toml(IDENTITY.format("planted"), "project")

    assert offered(run, "identities") == ["own", *PROFILES]
    assert b"planted" not in indexes(world)[0].read_bytes()
    assert "planted" in offered(run, "identities", RUN_TRUST="1")


def test_of_broken_files_the_rest_is_offered(run: RunIn, world: World) -> None:
    """An identity that is broken keeps its name, a file that is broken takes nothing else with it."""
    world.runner_toml(f'[identities.broken]\nkind = "aws/nothing"\n{OWN}')
    assert offered(run, "identities") == ["own", *PROFILES, "broken"]

    world.runner_toml("[[[")
    assert offered(run, "identities") == PROFILES

    world.runner_toml(OWN)
    world.aws_config("[profile")
    assert offered(run, "identities") == ["own"]


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"runner index 1 0\n", "cut"])
def test_a_damaged_index_is_made_anew(run: RunIn, world: World, content: bytes | str) -> None:
    """Whatever stands in its place, names are those of the files."""
    offered(run, "identities")
    [path] = indexes(world)
    whole = path.read_bytes()
    path.write_bytes(content if isinstance(content, bytes) else whole[:-9])

    assert offered(run, "identities") == ["own", *PROFILES]
    assert path.read_bytes() == whole


def test_an_index_of_somebody_else_is_not_read(run: RunIn, world: World) -> None:
    """One that others can write is made anew, and so is a link."""
    offered(run, "identities")
    [path] = indexes(world)
    forged = form.parse(path.read_bytes())
    forged.add(form.Entry("forged", "aws/profile", "/nowhere"))
    path.write_bytes(form.dump(forged))
    assert "forged" in offered(run, "identities"), "the forged index is not one that would be read"

    path.chmod(0o666)

    assert "forged" not in offered(run, "identities")
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_nobody_has_made_for_a_week_is_removed(run: RunIn, world: World) -> None:
    """Indexes of folders that nobody comes to any more do not pile up."""
    offered(run, "identities")
    [path] = indexes(world)
    os.utime(path, (0, 0))

    offered(run, "identities", RUN_CONFIG="other.toml")

    assert len(indexes(world)) == 1
    assert indexes(world) != [path]


@pytest.mark.parametrize(
    ("words", "changes"),
    {
        "an unknown kind": (["nonsense"], {}),
        "no word": ([], {}),
        "a wrong variable": (["identities"], {"RUN_ERROR_FORMAT": "xml", "RUN_DURATION": "x"}),
        "no home": (["identities"], {"HOME": "/nonexistent"}),
        "no private directory": (["identities"], {"XDG_RUNTIME_DIR": "/nonexistent"}),
        "a job of CI": (["identities"], {"CI": "1", "XDG_RUNTIME_DIR": None}),
    }.values(),
)
def test_nothing_is_said_and_nothing_fails(run: RunIn, words: list[str], changes: dict[str, str | None]) -> None:
    """A prompt is no place for complaints."""
    offered(run, *words, **changes)


def test_secrets_do_not_reach_the_index(run: RunIn, world: World) -> None:
    """Keys that stand in the files are not in it."""
    key = world.aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")

    assert "keys" in offered(run, "identities")

    [path] = indexes(world)
    assert key.secret_access_key.encode() not in path.read_bytes()
