"""The kind aws/user: sessions of an IAM user, with and without MFA, alone and below roles."""

from __future__ import annotations

import pytest

from tests.harness import lease_files
from tests.harness.aws import FakeAws
from tests.harness.fails import Fails
from tests.harness.mfa import CODES, QUESTION, SERIAL, terminal_in
from tests.harness.run import RunIn
from tests.harness.world import World

ROLES = [f"arn:aws:iam::222222222222:role/R{number}" for number in range(6)]
USER = '[identities.ada]\nkind = "aws/user"\n'
DEVICE = f'mfa_serial = "{SERIAL}"\n'


@pytest.fixture(autouse=True)
def keys(world: World, aws: FakeAws) -> None:
    """Give the world a profile `keys` of a user with an MFA device."""
    world.aws_credentials(f"[keys]\n{aws.user('ada').ini()}")
    world.aws_config("[profile keys]\nregion = eu-west-3\n")
    aws.mfa(SERIAL, *CODES)


def over(*arns: str) -> str:
    """Return identities r0, r1... that are roles over the user `ada`."""
    entry = '[identities.r{}]\nkind = "aws/assume-role"\nvia = "ada"\nrole_arn = "{}"\n'
    return "".join(entry.format(number, arn) for number, arn in enumerate(arns))


def test_a_session_of_a_profiles_keys(run: RunIn, world: World, aws: FakeAws) -> None:
    """Twelve hours if nothing is said; the region is the profile's; the next run asks nobody."""
    world.runner_toml(f'{USER}profile = "keys"\n')

    for _ in range(2):
        ended = run("-i", "ada", "--", "sh", "-c", "echo $AWS_REGION").expect_status(0)
        assert ended.text == "eu-west-3\n"

    [call] = aws.calls("GetSessionToken")
    assert dict(call.parameters) == {"DurationSeconds": "43200"}


@pytest.mark.parametrize(("options", "duration_s"), [((), 900), (("--duration", "36h"), 129600)])
def test_how_long_a_session_lasts(
    run: RunIn, world: World, aws: FakeAws, options: tuple[str, ...], duration_s: int
) -> None:
    """From 15 minutes to 36 hours; --duration comes before what is configured."""
    world.runner_toml(f'{USER}profile = "keys"\nduration = "15m"\n')

    run(*options, "-i", "ada", "--", "true").expect_status(0)

    [call] = aws.calls("GetSessionToken")
    assert call.parameters["DurationSeconds"] == str(duration_s)


def test_keys_in_variables(run: RunIn, world: World, aws: FakeAws) -> None:
    """The variables that are named, and no others; AWS says whose they are."""
    world.runner_toml(f'{USER}access_key_id = "env:KEY_OF_ADA"\nsecret_access_key = "env:OTHER_HALF"\n')
    key = aws.user("by-variable")
    given = {"KEY_OF_ADA": key.access_key_id, "OTHER_HALF": key.secret_access_key}

    ended = run("-v", "-i", "ada", "--", "true", env=given).expect_status(0)

    assert "user/by-variable" in ended.error_text
    assert "chain: keys in KEY_OF_ADA and OTHER_HALF > session of ada" in ended.error_text
    run("-i", "ada", "--", "true", env={**given, "OTHER_HALF": None, "KEY_OF_ADA": "AKIAOTHER"}).expect_failure(
        "no-credentials", 77, contains=["not set: OTHER_HALF"], identity="ada"
    )


def test_six_roles_over_one_user_ask_once(world: World, aws: FakeAws) -> None:
    """The session is kept: five later runs assume their roles without a question."""
    world.runner_toml(f'{USER}profile = "keys"\n{DEVICE}{over(*ROLES)}')
    for arn in ROLES:
        aws.role(arn).mfa = True
    with terminal_in(world) as terminal:
        terminal.type("for r in 0 1 2 3 4 5; do run -i r$r -- echo as-$r; done")
        terminal.sees(QUESTION)
        terminal.type(CODES[0])
        said = terminal.sees(r"as-5\r")
        assert terminal.prompt() == 0

    assert QUESTION not in said
    assert len(aws.calls("GetSessionToken")) == 1
    assert [call.parameters["RoleArn"] for call in aws.calls("AssumeRole")] == ROLES
    assert lease_files.holding(world.root, CODES) == []


def test_six_roles_at_once_ask_once(run: RunIn, world: World, aws: FakeAws) -> None:
    """Also when they start together: one spends the code that all were given, the others take its session."""
    world.runner_toml(f'{USER}profile = "keys"\n{DEVICE}{over(*ROLES)}')
    for arn in ROLES:
        aws.role(arn).mfa = True

    runs = [run.start("-i", f"r{number}", "--", "true", env={"RUN_MFA_CODE": CODES[0]}) for number in range(6)]

    for each in runs:
        each.finish(within_s=60).expect_status(0)
    assert len(aws.calls("GetSessionToken")) == 1


def test_a_session_that_aws_does_not_take_any_more_is_got_again(run: RunIn, world: World, aws: FakeAws) -> None:
    """One that was revoked is thrown away, and the run goes on with a new one."""
    world.runner_toml(f'{USER}profile = "keys"\n{over(*ROLES[:2])}')
    for arn in ROLES[:2]:
        aws.role(arn)
    run("-i", "r0", "--", "true").expect_status(0)
    [call] = aws.calls("AssumeRole")
    session = aws.keys.find(call.access_key_id)
    assert session is not None
    aws.revoke(session)

    run("-i", "r1", "--", "true").expect_status(0)

    assert len(aws.calls("GetSessionToken")) == 2


@pytest.mark.usefixtures("keys")
def test_nothing_is_kept_where_nothing_may_be(run: RunIn, world: World, aws: FakeAws) -> None:
    """cache = "none" of the user counts for its session too."""
    world.runner_toml(f'{USER}profile = "keys"\ncache = "none"\n{over(ROLES[0])}')
    aws.role(ROLES[0])

    for _ in range(2):
        run("-i", "r0", "--", "true").expect_status(0)

    assert len(aws.calls("GetSessionToken")) == 2
    assert lease_files.paths(world) == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('access_key_id = "AKIACANARYSECRET"\nsecret_access_key = "CANARYSECRETx"', ["ada.access_key_id", "env:NAME"]),
        ('access_key_id = "env:A"\nsecret_access_key = "CANARYSECRETx"', ["runner.toml:4", "ada.secret_access_key"]),
        ('access_key_id = "env:A"\nsecret_access_key = "env:CANARY-SECRET"', ["ada.secret_access_key", "env:NAME"]),
        ('access_key_id = "env:A"', ["has half a key pair"]),
        ("", ["has no keys", 'profile = "NAME"']),
        ('profile = "keys"\naccess_key_id = "env:A"', ["has both profile and access_key_id"]),
        ('profile = "nobody"', ['profile "nobody" does not exist', "keys"]),
        ('profile = "keys"\nduration = "37h"', ["ada.duration", "15m to 36h"]),
        ('profile = "keys"\nmfa_process = "x"', ["mfa_process", "has no mfa_serial beside it"]),
        ('profile = "keys"\nmfa_serial = "a b"', ["mfa_serial", "is not the ARN or serial number of a device"]),
        ('profile = "role"', ['profile "role" has no long-term keys']),
    ],
)
def test_a_broken_entry(fails: Fails, world: World, entry: str, said: list[str]) -> None:
    """File, key and what is allowed are named, a key that was written into the file is not shown."""
    world.aws_config(f"[profile keys]\n[profile role]\nrole_arn = {ROLES[0]}\nsource_profile = keys\n")
    path = world.runner_toml(f"{USER}{entry}\n")

    fails("-i", "ada", slug="invalid-config", status=78, contains=[str(path), *said])


def test_a_role_that_wants_mfa_from_a_role_entry(run: RunIn, world: World, aws: FakeAws) -> None:
    """mfa_serial goes with kind aws/assume-role too."""
    world.runner_toml(f'[identities.r]\nkind = "aws/assume-role"\nvia = "keys"\nrole_arn = "{ROLES[0]}"\n{DEVICE}')
    aws.role(ROLES[0]).mfa = True

    run("-i", "r", "--", "true", env={"RUN_MFA_CODE": CODES[0]}).expect_status(0)
