"""`runner sync`: identities for all accounts and permission sets of whoever is logged in, in a runner.toml."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.harness.aws import FOREVER, FakeAws
from tests.harness.output import Output
from tests.harness.programs import BOTO_PROBE
from tests.harness.run import RunIn
from tests.harness.sso_profiles import SESSION, token_file
from tests.harness.world import World

pytestmark = pytest.mark.usefixtures("corp")

DEV, PROD = "111111111111", "222222222222"
BY_HAND = """\
# Identities of the team.

[settings]   # for all of us
region = "eu-west-1"

# The guard is on purpose.
[identities.mine]
kind    = "aws/profile"     # odd spaces stay
profile = 'dev'
"""
GENERATED = """\
[identities.dev-admin]
kind = "aws/permission-set"
sso_session = "corp"
account = "111111111111"
permission_set = "Admin"
synced_from = "sso-session corp"

[identities.prod-readonly]
kind = "aws/permission-set"
sso_session = "corp"
account = "222222222222"
permission_set = "ReadOnly"
synced_from = "sso-session corp"
"""


@pytest.fixture
def corp(world: World, aws: FakeAws) -> None:
    """Give a world with one SSO session, and somebody logged in who may use two accounts."""
    world.aws_config(SESSION)
    world.sso_login(aws.sso_token())
    aws.account(PROD, "Prod", "ReadOnly")
    aws.account(DEV, "dev", "Admin")


def sync(run: RunIn, *words: str | Path) -> Output:
    return run("sync", *words, program="runner")


def user_file(world: World) -> Path:
    return world.config / "runner" / "runner.toml"


def entries(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(path.read_text())["identities"]
    return found


def test_a_first_sync(run: RunIn, world: World) -> None:
    """The user's file is made, 0600; the list says what came; and each identity works in a run."""
    output = sync(run).expect_status(0).expect_stderr("")

    path = user_file(world)
    assert path.read_text() == GENERATED
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert output.text.splitlines() == [
        "added    dev-admin      permission set Admin in 111111111111",
        "added    prod-readonly  permission set ReadOnly in 222222222222",
        f"wrote {path}: 2 added, 0 changed, 0 removed, 0 as they were",
    ]
    child = run("-i", "prod-readonly", "--", BOTO_PROBE).expect_status(0).json()
    assert child["arn"].startswith(f"arn:aws:sts::{PROD}:assumed-role/AWSReservedSSO_ReadOnly_")


def test_a_second_sync_changes_nothing(run: RunIn, world: World, aws: FakeAws) -> None:
    """Not a byte, nor the file itself; an account that has another name now keeps the name of its identity."""
    world.runner_toml(BY_HAND)
    sync(run).expect_status(0)
    before = user_file(world).read_bytes(), user_file(world).stat()
    aws.account(PROD, "renamed", "ReadOnly")

    output = sync(run).expect_status(0).expect_stderr("")

    after = user_file(world).read_bytes(), user_file(world).stat()
    assert (before[0], before[1].st_ino, before[1].st_mtime_ns) == (after[0], after[1].st_ino, after[1].st_mtime_ns)
    assert output.text == f"{user_file(world)}: nothing to change, 2 entries are as they should be\n"


def test_what_is_written_by_hand_stays(run: RunIn, world: World) -> None:
    """Entries, comments and formatting, and the mode of the file; new entries stand behind them."""
    path = world.runner_toml(BY_HAND)
    path.chmod(0o640)

    sync(run).expect_status(0)

    assert path.read_text() == f"{BY_HAND}\n{GENERATED}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("behind", ["", "\n\n", "# the end"], ids=["no line end", "blank lines", "a comment"])
def test_whatever_the_file_ends_with(run: RunIn, world: World, behind: str) -> None:
    """It stays, and a second sync changes nothing."""
    path = world.runner_toml(BY_HAND.rstrip() + behind)

    sync(run).expect_status(0)

    once = path.read_text()
    assert once.startswith(BY_HAND.rstrip() + behind)
    sync(run).expect_status(0)
    assert path.read_text() == once


def test_line_ends_of_another_system(run: RunIn, world: World) -> None:
    """New entries have those of the file."""
    path = world.runner_toml("")
    path.write_bytes(BY_HAND.replace("\n", "\r\n").encode())

    sync(run).expect_status(0)

    assert path.read_bytes() == f"{BY_HAND}\n{GENERATED}".replace("\n", "\r\n").encode()


def test_a_link_stays_one(run: RunIn, world: World) -> None:
    """A file that is kept elsewhere is written there."""
    kept = world.runner_toml(BY_HAND, world.home / "dotfiles" / "runner.toml")
    user_file(world).parent.mkdir(mode=0o700)
    user_file(world).symlink_to(kept)

    sync(run).expect_status(0)

    assert user_file(world).is_symlink()
    assert kept.read_text() == f"{BY_HAND}\n{GENERATED}"
    assert [each.name for each in kept.parent.iterdir()] == ["runner.toml"]


def test_what_somebody_added_to_an_entry_stays(run: RunIn, world: World) -> None:
    """A region, tags, comments and another name; what sync wrote is set right again, and said."""
    named = GENERATED.replace("[identities.dev-admin]", "[identities.d]  # shorter")
    edited = named.replace('permission_set = "Admin"', 'permission_set = "Admin"\nregion = "eu-north-1" # cold')
    path = world.runner_toml(edited.replace('sso_session = "corp"', 'sso_session = "x" # why', 1))

    output = sync(run).expect_status(0)

    assert path.read_text() == edited.replace('sso_session = "corp"', 'sso_session = "corp" # why', 1)
    assert output.text.splitlines()[0] == "changed  d  sso_session"


def test_gone_entries_are_reported_and_removed_when_asked_to(run: RunIn, world: World, aws: FakeAws) -> None:
    """Without --prune they stay; with it they go, and comments behind them stay: they are about what comes next."""
    sync(run).expect_status(0)
    path = user_file(world)
    path.write_text(path.read_text().replace("\n[identities.prod", "# The one that matters.\n[identities.prod"))
    aws.portal.withdraw(DEV, "Admin")
    before = path.read_text()

    reported = sync(run).expect_status(0)
    assert reported.text.splitlines()[0] == "gone     dev-admin  runner sync --prune removes it"
    assert path.read_text() == before
    removed = sync(run, "--prune").expect_status(0)

    assert removed.text.splitlines()[0] == "removed  dev-admin"
    assert path.read_text() == "# The one that matters.\n" + GENERATED.partition("\n\n")[2]


def test_a_gone_entry_that_another_is_built_on(run: RunIn, world: World, aws: FakeAws) -> None:
    """It is not removed: the other would be broken."""
    sync(run).expect_status(0)
    path = user_file(world)
    over = f'\n[identities.over]\nkind = "aws/assume-role"\nvia = "dev-admin"\nrole_arn = "arn:aws:iam::{DEV}:role/x"\n'
    path.write_text(path.read_text() + over)
    aws.portal.withdraw(DEV, "Admin")

    sync(run, "--prune").expect_status(0).expect_in_stdout("gone     dev-admin  is the via of another entry")

    assert "dev-admin" in entries(path)


def test_another_sources_entries_are_not_ours(run: RunIn, world: World) -> None:
    """Nor are they gone."""
    other = GENERATED.replace("corp", "other").replace("prod-readonly", "theirs").partition("\n\n")[2]
    path = world.runner_toml(other)

    sync(run, "--prune").expect_status(0)

    assert path.read_text() == f"{other}\n{GENERATED}"


def test_names_that_are_taken(run: RunIn, world: World) -> None:
    """A hand-written identity and an AWS profile keep their names; it is said each time, and nothing is written."""
    world.aws_config(f"{SESSION}[profile dev-admin]\nregion = eu-west-1\n")
    path = world.runner_toml(BY_HAND.replace("mine", "prod-readonly"))
    before = path.read_bytes()

    for _ in range(2):
        output = sync(run).expect_status(0)
        taken = "another identity or an AWS profile has this name"
        assert output.text.splitlines()[:2] == [f"skipped  dev-admin      {taken}", f"skipped  prod-readonly  {taken}"]
    assert path.read_bytes() == before


def test_many_accounts_with_hostile_names(run: RunIn, world: World, aws: FakeAws) -> None:
    """120 accounts: control characters, quotes, other scripts, equal names. Each has a plain name of its own."""
    hostile = [
        'a"]\n[settings]\nregion="x',
        "\x1b[31mred\x07",
        "東京",
        "Überweisung / Zürich",
        "twin",
        "Twin",
        "'''",
        "a'b\\",
    ]
    for number in range(120):
        name = hostile[number] if number < len(hostile) else f"Team {number:03}"
        aws.account(f"3{number:011}", name, "ReadOnly", "Power.User")

    output = sync(run).expect_status(0)

    found = entries(user_file(world))
    assert len(found) == 242
    assert all(each == "\n" or each.isprintable() for each in output.text)
    assert set("".join(found)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    expected = {
        "a-settings-region-x-readonly": "300000000000",
        "31mred-power-user": "300000000001",
        "300000000002-readonly": "300000000002",
        "uberweisung-zurich-readonly": "300000000003",
        "twin-readonly-300000000004": "300000000004",
        "twin-readonly-300000000005": "300000000005",
        "team-119-power-user": "300000000119",
    }
    assert {name: found[name]["account"] for name in expected} == expected
    before = user_file(world).read_bytes()
    sync(run).expect_status(0)
    assert user_file(world).read_bytes() == before
    run("config", "check", program="runner").expect_status(0)


def test_a_later_twin_takes_no_name(run: RunIn, world: World, aws: FakeAws) -> None:
    """Who was first keeps the short name; of two permission sets that read the same each is told apart."""
    sync(run).expect_status(0)
    aws.account("333333333333", "dev", "Admin")
    aws.account("444444444444", "x", "Read_Only", "Read-Only")

    sync(run).expect_status(0)

    found = entries(user_file(world))
    assert found["dev-admin"]["account"] == DEV
    assert found["dev-admin-333333333333"]["account"] == "333333333333"
    assert {each["permission_set"] for name, each in found.items() if name.startswith("x-read-only-444444444444")} == {
        "Read_Only",
        "Read-Only",
    }


def test_a_template_for_names(run: RunIn, world: World) -> None:
    """Words in braces are filled in; others are refused."""
    sync(run, "--name", "corp.{permission_set}_{account}-{account_name}").expect_status(0)

    assert list(entries(user_file(world))) == [f"corp.admin_{DEV}-dev", f"corp.readonly_{PROD}-prod"]
    for wrong in ("{email}", "a b", "@{account}", "-{account}"):
        sync(run, "--name", wrong).expect_failure("usage", 64, contains=["{account_name}"])


def test_a_dry_run(run: RunIn, world: World, aws: FakeAws) -> None:
    """It says what would change, and writes nothing."""
    path = world.runner_toml(BY_HAND)
    aws.account(DEV, "dev", "Extra")

    output = sync(run, "--dry-run").expect_status(0)

    assert output.text.splitlines()[1] == "added    dev-extra      permission set Extra in 111111111111"
    assert output.text.splitlines()[-1] == f"would write {path}: 3 added, 0 changed, 0 removed, 0 as they were"
    assert path.read_text() == BY_HAND


def test_the_file_that_is_named(run: RunIn, world: World) -> None:
    """A project's: it is made, and the next step is said; names of the user's identities are taken in it."""
    world.runner_toml(BY_HAND.replace("mine", "dev-admin"))

    output = sync(run, "--config", "runner.toml").expect_status(0)

    path = world.cwd / "runner.toml"
    assert list(entries(path)) == ["prod-readonly"]
    assert output.text.splitlines()[-1].endswith(f"runner trust {path}")
    run("-i", "prod-readonly", "--", "true").expect_failure("config-not-trusted", 78)
    run("trust", path, program="runner").expect_status(0)
    run("-i", "prod-readonly", "--", "true").expect_status(0)
    assert "trust" not in sync(run, "--config", "runner.toml").expect_status(0).text


def test_a_named_file_that_is_no_projects(run: RunIn, world: World) -> None:
    """Nothing is to be trusted: naming it is trusting it."""
    path = world.home / "other" / "runner.toml"

    output = sync(run, "-c", path).expect_status(0)

    assert "trust" not in output.text
    run("-c", path, "-i", "dev-admin", "--", "true").expect_status(0)
    assert not user_file(world).exists()


BROKEN = {
    "not TOML": "[identities.mine\n",
    "an unknown key": '[identities.mine]\nkind = "aws/profile"\nprofile = "x"\ncolour = "red"\n',
    "inline": 'identities = { mine = { kind = "aws/profile", profile = "x" } }\n',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("words", [[], ["--dry-run"]], ids=["", "dry"])
def test_a_broken_file(run: RunIn, world: World, text: str, words: list[str]) -> None:
    """It is said what is wrong, and the file is as it was."""
    path = world.runner_toml(text)

    sync(run, *words).expect_failure("invalid-config", 78, contains=[str(path)])

    assert path.read_text() == text
    assert [each.name for each in path.parent.iterdir()] == ["runner.toml"]


def test_a_file_that_others_can_write(run: RunIn, world: World, aws: FakeAws) -> None:
    """It is refused before AWS is asked."""
    path = world.runner_toml(BY_HAND)
    path.chmod(0o666)

    sync(run).expect_failure("config-not-trusted", 78, contains=["chmod go-w"])

    assert aws.calls() == []


def test_a_folder_that_cannot_be_written(run: RunIn, world: World) -> None:
    """What is in the way is said, and nothing is left."""
    world.config.joinpath("runner").write_text("a file")

    sync(run).expect_failure("invalid-config", 78, contains=[str(user_file(world))])


def test_nobody_is_logged_in(run: RunIn, world: World) -> None:
    """As of runner accounts; nothing is written."""
    token_file(world).unlink()

    output = sync(run).expect_failure("login-required", 77, contains=["runner login --sso-session corp"])

    assert "--config" not in output.error_text
    assert not user_file(world).exists()


def test_half_a_list_is_none(run: RunIn, world: World, aws: FakeAws) -> None:
    """When AWS fails in the middle, nothing is gone and nothing is written."""
    sync(run).expect_status(0)
    before = user_file(world).read_bytes()
    aws.account("333333333333", "new", "Admin")
    aws.fail("ListAccountRoles", "InternalServerException", 500, times=FOREVER)

    sync(run, "--prune").expect_failure("endpoint-unreachable", 75)

    assert user_file(world).read_bytes() == before


def test_two_at_once(run: RunIn, world: World, aws: FakeAws) -> None:
    """One writes after the other, and each entry is there once."""
    for number in range(30):
        aws.account(f"3{number:011}", f"Team {number}", "ReadOnly")
    started = [run.start("sync", program="runner") for _ in range(3)]

    for each in started:
        each.finish().expect_status(0)

    assert len(entries(user_file(world))) == 32
    assert [each.name for each in user_file(world).parent.iterdir()] == ["runner.toml"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_stays(run: RunIn, world: World) -> None:
    """Root who writes a file of a group does not take it away from them."""
    path = world.runner_toml(BY_HAND)
    os.chown(path, 0, 12345)

    sync(run).expect_status(0)

    assert path.stat().st_gid == 12345


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (["--organization"], "usage"),
        (["--organization", "--via", "x", "--role", "a b"], "usage"),
        (["--organization", "--via", "x", "--role", "r", "--sso-session", "corp"], "conflicting-options"),
        (["--via", "x"], "conflicting-options"),
        (["--sso-session", "nobody"], "invalid-config"),
    ],
)
def test_words_that_do_not_fit(run: RunIn, words: list[str], slug: str) -> None:
    """Usage, before anything is asked or written."""
    sync(run, *words).expect_failure(slug, 78 if slug == "invalid-config" else 64)
