"""runner.toml: what is wrong in it is named with file, line, key and what is allowed; and names that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.fails import Fails
from tests.harness.run import RunIn
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("dev")

KINDS = ("aws/profile", "aws/credentials", "aws/assume-role")
ROLE = 'kind = "aws/assume-role"\nvia = "dev"\nrole_arn = "arn:aws:iam::222222222222:role/Base"\n'
# What stands in the file, where it is wrong, and what is said of it.
BROKEN = {
    "not TOML": ('[identities.x]\nkind = "aws/profile\n', "runner.toml", ["is not TOML", "line 2"]),
    "not UTF-8": ("\udcff = 1\n", "runner.toml", ["is not UTF-8", "byte 0"]),
    "a number too long for Python": (f"a = {'1' * 5000}\n", "runner.toml", ["is not TOML"]),
    "unknown table": ("[identity.x]\n", "runner.toml:1 identity", ["identities", "settings"]),
    "identities no table": ("identities = 1\n", "runner.toml:1 identities", ["[identities.NAME]"]),
    "identity no table": ("[identities]\nx = 1\n", "runner.toml:2 identities.x", ["[identities.NAME]"]),
    "identity without a name": ('[identities.""]\nkind = "aws/profile"\n', "identities.", ["[identities.NAME]"]),
    "no kind": ('[identities.x]\nprofile = "dev"\n', "runner.toml:1 identities.x", ["has no kind", *KINDS]),
    "unknown kind": ('[identities.x]\nkind = "aws/magic"\n', "runner.toml:2 identities.x.kind", ["not a kind", *KINDS]),
    "kind no text": ("[identities.x]\nkind = 7\n", "runner.toml:2 identities.x.kind", KINDS),
    "unknown key": (
        '[identities.x]\nkind = "aws/profile"\nprofile = "dev"\nprofil = 1\n',
        "runner.toml:4 identities.x.profil",
        ["profil`", "profile", "region", "account"],
    ),
    "key of another kind": (
        '[identities.x]\nkind = "aws/profile"\nprofile = "dev"\nvia = "dev"\n',
        "",
        ["via", "profile"],
    ),
    "missing key": ('[identities.x]\nkind = "aws/assume-role"\nvia = "dev"\n', "identities.x", ["role_arn"]),
    "missing via": (f"[identities.x]\n{ROLE.replace('via', '# via')}", "identities.x", ["via"]),
    "wrong type": (
        '[identities.x]\nkind = "aws/profile"\nprofile = ["dev"]\n',
        "runner.toml:3 identities.x.profile",
        ["str", "array"],
    ),
    "wrong type in settings": ("[settings]\nregion = 7\n", "runner.toml:2 settings.region", ["str", "int"]),
    "unknown setting": ("[settings]\ncolour = 7\n", "runner.toml:2 settings.colour", ["colour", "region"]),
    "groups no table": ("groups = 1\n", "runner.toml:1 groups", ["[groups]", "int"]),
    "group no list": ('[groups]\nall = "a"\n', "runner.toml:2 groups.all", ["[groups]", "array"]),
    "group of numbers": ("[groups]\na = ['a']\nall = [1]\n", "runner.toml:3 groups.all", ["[groups]", "int"]),
    "tag no text": (
        '[identities.x]\nkind = "aws/profile"\nprofile = "dev"\ntags = { team = 7 }\n',
        "runner.toml:4 identities.x.tags",
        ["str", "int"],
    ),
    "value no secret": (
        '[identities.x]\nkind = "aws/profile"\nprofile = "dev"\nregion = "eu west"\n',
        'identities.x.region: "eu west" is not',
        [],
    ),
    "wrong cache": ('[settings]\ncache = "disk"\n', "runner.toml:2 settings.cache", ["disk"]),
    "region": (
        '[identities.x]\nkind = "aws/profile"\nprofile = "dev"\nregion = "eu west"\n',
        "runner.toml:4 identities.x.region",
        ["eu-west-1"],
    ),
    "region in settings": ('[settings]\nregion = "eu_west"\n', "runner.toml:2 settings.region", ["eu-west-1"]),
    "account": (f'[identities.x]\naccount = "1234"\n{ROLE}', "runner.toml:2 identities.x.account", ["12 digits"]),
    "account no text": (f"[identities.x]\naccount = 111111111111\n{ROLE}", "identities.x.account", ["str", "int"]),
    "duration": (
        f'[identities.x]\nduration = "13h"\n{ROLE}',
        "runner.toml:2 identities.x.duration",
        ["15m to 12h", "1h30m"],
    ),
    "duration no duration": (f'[identities.x]\nduration = "soon"\n{ROLE}', "identities.x.duration", ["15m to 12h"]),
    "duration below zero": (f"[identities.x]\nduration = -1\n{ROLE}", "identities.x.duration", ["15m to 12h"]),
    "role_arn": (
        f"[identities.x]\n{ROLE.replace('arn:aws:iam::222222222222:role/Base', 'Base')}",
        "runner.toml:1 [identities.x]",
        ['role_arn "Base"', "arn:aws:iam::111111111111:role/NAME"],
    ),
    "role_arn of a user": (f"[identities.x]\n{ROLE.replace('role/', 'user/')}", "[identities.x]", ["role/NAME"]),
    "via nobody": (
        f"[identities.x]\n{ROLE.replace('dev', 'nobody')}",
        "runner.toml:1 [identities.x]",
        ['via "nobody"', "no identity"],
    ),
    "profile that does not exist": (
        '[identities.x]\nkind = "aws/profile"\nprofile = "nobody"\n',
        "runner.toml:1 [identities.x]",
        ['profile "nobody" does not exist', "dev"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_runner_toml(fails: Fails, world: World, case: str) -> None:
    """The four lines name the place, the key, what is allowed, and the file to open."""
    text, where, parts = BROKEN[case]
    path = world.runner_toml("")
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    output = fails("-i", "x", slug="invalid-config", status=78, contains=[str(path), where, *parts], remedy=str(path))

    assert "bug" not in output.error_text
    assert fails.run.world.aws.calls() == []


def test_a_config_that_is_named_and_not_there(fails: Fails, world: World) -> None:
    """--config and RUN_CONFIG name a file that has to be one."""
    for path, problem in ((world.cwd / "none.toml", "does not exist"), (world.cwd, "cannot be read")):
        fails("-c", path, "-i", "dev", slug="invalid-config", status=78, contains=[str(path), problem], remedy="ls -l")
    env = {"RUN_CONFIG": "none.toml"}
    fails("-i", "dev", slug="invalid-config", status=78, contains=["none.toml", "does not exist"], env=env)


@pytest.mark.parametrize(("name", "near"), [("bild", "build"), ("de", "dev"), ("DEV", "dev"), ("xyz", ""), ("", None)])
def test_an_unknown_identity(fails: Fails, world: World, name: str, near: str | None) -> None:
    """Near names are offered, of runner.toml and of AWS profiles; `default` is never taken instead."""
    world.aws_config("[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n[profile dev]\n")
    path = world.runner_toml('[identities.build]\nkind = "aws/profile"\nprofile = "dev"\n')

    if near is None:
        fails("-i", name, slug="no-identity", status=78)
        return
    remedy = f"run --identity {near} -- ..." if near else "$EDITOR"
    looked = [str(path), str(world.home / ".aws" / "config"), str(world.home / ".aws" / "credentials")]
    output = fails("-i", name, slug="unknown-identity", status=78, identity=name, contains=looked, remedy=remedy)
    assert ("; near: " in output.error_text) is bool(near)


def test_a_loop_of_via(fails: Fails, world: World) -> None:
    """The loop is printed from where it begins; it may begin behind the identity asked for."""
    roles = {"one": "two", "two": "three", "three": "two", "self": "self"}
    entries = [f"[identities.{name}]\n{ROLE.replace('dev', via)}" for name, via in roles.items()]
    world.runner_toml("".join(entries))

    fails("-i", "self", slug="identity-loop", status=78, identity="self", contains=["self > self  ["])
    fails("-i", "two", slug="identity-loop", status=78, contains=["loop: two > three > two  [", "via"])
    fails("-i", "one", slug="identity-loop", status=78, identity="one", contains=["loop: two > three > two  ["])
    assert world.aws.calls() == []


def test_the_working_directory_may_be_gone(run: RunIn, world: World) -> None:
    """A command without relative paths runs in a directory that was removed; so it does with `run` before it."""
    script = "mkdir gone && cd gone && rmdir ../gone && exec run -i dev -- printenv RUN_IDENTITY"

    output = run("-c", script, program=Path("/bin/sh"))

    output.expect_status(0).expect_stdout("dev\n").expect_stderr("")


def test_a_home_that_is_nobodys(run: RunIn) -> None:
    """Without HOME, or with one that is not there, the files are absent and not a riddle."""
    run("-i", "dev", "--", "true", env={"HOME": "/nowhere", "XDG_CONFIG_HOME": None}).expect_failure(
        "unknown-identity", 78, contains=["/nowhere/.aws/config", "/nowhere/.config/runner/runner.toml"]
    )
