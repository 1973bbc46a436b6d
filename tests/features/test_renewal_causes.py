"""Whatever a renewal fails by: it is said once, with what to do; the command goes on; renewal too, when it passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness.aws import FakeAws, Role
from tests.harness.eventually import eventually
from tests.harness.gate import Gate
from tests.harness.private import WAITER, directory, helpers, key_in, let_go, next_key, said, unended
from tests.harness.run import RunIn, Running
from tests.harness.world import START_URL, World

BASE = "arn:aws:iam::222222222222:role/Base"
LIFETIME_S = 8
AWS_CONFIG = f"""
    [profile keys]
    region = eu-west-1
    [profile role]
    role_arn = {BASE}
    source_profile = keys
    region = eu-west-1
    [profile web]
    role_arn = {BASE}
    web_identity_token_file = web-token
    region = eu-west-1
    [profile program]
    credential_process = print-keys
    [profile sso]
    sso_session = corp
    sso_account_id = 222222222222
    sso_role_name = ReadOnly
    [sso-session corp]
    sso_start_url = {START_URL}
    sso_region = eu-west-1
    """


class Trouble:
    """A world with identities of every kind, and what may befall them: each function returns what takes it away."""

    def __init__(self, world: World, aws: FakeAws, gate: Gate) -> None:
        self.world = world
        self.aws = aws
        self.gate = gate
        self.key = aws.user("dev")
        self.role: Role = aws.role(BASE, lifetime_s=LIFETIME_S)
        world.environ["AWS_ENDPOINT_URL"] = gate.url
        world.aws_config(AWS_CONFIG)
        aws.permission_set("222222222222", "ReadOnly", LIFETIME_S)
        world.sso_login(aws.sso_token())
        self.give_keys()
        self.give_token()
        self.give_program()

    def give_keys(self) -> None:
        self.world.aws_credentials(f"[keys]\n{self.key.ini()}")

    def give_token(self) -> None:
        (self.world.cwd / "web-token").write_text(self.aws.web_identity_token())

    def give_program(self) -> Path:
        self.give_printed()
        return self.world.program("print-keys", "cat printed\n")

    def give_printed(self) -> None:
        key = self.aws.role_session(BASE, lifetime_s=LIFETIME_S)
        (self.world.cwd / "printed").write_text(key.process_json())

    def denied(self) -> Callable[[], object]:
        self.role.trusts = ("nobody",)
        return lambda: setattr(self.role, "trusts", ("*",))

    def gone(self) -> Callable[[], object]:
        self.gate.shut()
        return self.gate.open

    def reset(self) -> Callable[[], object]:
        self.aws.reset("AssumeRole", times=1 << 30)
        return self.aws.heal

    def deactivated(self) -> Callable[[], object]:
        self.aws.revoke(self.key)
        return lambda: setattr(self.key, "active", True)

    def removed(self) -> Callable[[], object]:
        self.world.aws_credentials("[other]\n")
        return self.give_keys

    def broken(self) -> Callable[[], object]:
        self.world.aws_credentials("[keys\n")
        return self.give_keys

    def clocks_apart(self) -> Callable[[], object]:
        self.aws.skew(3600)
        return lambda: self.aws.skew(0)

    def token_gone(self) -> Callable[[], object]:
        (self.world.cwd / "web-token").unlink()
        return self.give_token

    def token_ended(self) -> Callable[[], object]:
        (self.world.cwd / "web-token").write_text(self.aws.web_identity_token(lifetime_s=-60))
        return self.give_token

    def withdrawn(self) -> Callable[[], object]:
        self.aws.portal.withdraw("222222222222", "ReadOnly")
        return lambda: self.aws.permission_set("222222222222", "ReadOnly", LIFETIME_S)

    def failing(self) -> Callable[[], object]:
        self.world.program("print-keys", "echo 'log in, please' >&2; exit 3\n")
        return self.give_program

    def uninstalled(self) -> Callable[[], object]:
        (self.world.bin / "print-keys").unlink()
        return self.give_program

    def babbling(self) -> Callable[[], object]:
        self.world.program("print-keys", "echo CANARYSECRETabcdefghij0123456789KLMN\n")
        return self.give_program


# What befalls which identity, and what is said of it: the slug, and a part of the remedy.
CAUSES: dict[str, tuple[Callable[[Trouble], Callable[[], object]], str, str, str]] = {
    "AssumeRole denied": (Trouble.denied, "role", "[role-not-assumable]", "aws iam get-role --role-name"),
    "endpoint gone": (Trouble.gone, "role", "[endpoint-unreachable]", "AWS_ENDPOINT_URL"),
    "connection reset": (Trouble.reset, "role", "[endpoint-unreachable]", "AWS_ENDPOINT_URL"),
    "keys deactivated": (Trouble.deactivated, "role", "[long-term-keys-disabled]", "aws configure --profile keys"),
    "keys removed": (Trouble.removed, "role", "[renewal-failed]", "start the command again"),
    "credentials file broken": (Trouble.broken, "role", "[invalid-config]", "$EDITOR "),
    "clocks apart": (Trouble.clocks_apart, "role", "[", "try: "),
    "web token gone": (Trouble.token_gone, "web", "[web-identity-invalid]", "aws iam list-open-id-connect-providers"),
    "web token ended": (Trouble.token_ended, "web", "[web-identity-expired]", "ls -l web-token"),
    "permission set withdrawn": (Trouble.withdrawn, "sso", "[permission-set-not-assigned]", "runner login sso"),
    "portal gone": (Trouble.gone, "sso", "[endpoint-unreachable]", "AWS_ENDPOINT_URL"),
    "program fails": (Trouble.failing, "program", "[credential-process-failed]", "try: print-keys"),
    "program not there": (Trouble.uninstalled, "program", "[credential-process-invalid]", "try: print-keys"),
    "program babbles": (Trouble.babbling, "program", "[credential-process-invalid]", "try: print-keys"),
}


@pytest.fixture
def trouble(world: World, aws: FakeAws) -> Iterator[Trouble]:
    with Gate(aws.url) as gate:
        yield Trouble(world, aws, gate)


@pytest.mark.parametrize("cause", CAUSES)
def test_it_is_said_once_and_passes(run: RunIn, world: World, trouble: Trouble, cause: str) -> None:
    """One line names the cause and a remedy, however often it is tried; then one more, that it is over."""
    befall, name, slug, remedy = CAUSES[cause]
    running = run.start("-i", name, "--", "sh", "-c", f"{WAITER}; exit 3")
    seen = directory(world, running)
    first = key_in(seen)

    mend = befall(trouble)
    said(running, slug, within_s=40)
    if name != "program":  # one is not asked again for five minutes
        tried_again(running)
    mend()
    next_key(seen, first, within_s=25)
    said(running, "has been renewed")
    let_go(world)

    failed, renewed = unended(running.finish().expect_status(3).error_text)
    assert slug in failed
    assert remedy in failed
    assert '" has been renewed and is good until ' in renewed
    assert "Traceback" not in failed


def test_one_cause_after_the_other_is_said_each(run: RunIn, world: World, trouble: Trouble) -> None:
    """Two causes are two lines, and each of them again when it comes back after a success."""
    running = run.start("-i", "role", "--", "sh", "-c", f"{WAITER}; exit 3")
    seen = directory(world, running)
    first = key_in(seen)

    allow = trouble.denied()
    said(running, "[role-not-assumable]", within_s=30)
    trouble.gate.shut()
    said(running, "[endpoint-unreachable]", within_s=40)
    trouble.gate.open()
    allow()
    second = next_key(seen, first, within_s=30)
    allow = trouble.denied()
    eventually(lambda: running.stderr_so_far().count("[role-not-assumable]") == 2, within_s=30)
    allow()
    next_key(seen, second, within_s=30)
    let_go(world)

    lines = unended(running.finish().expect_status(3).error_text)
    assert [line.partition("[")[2].partition("]")[0] for line in lines[:2]] == [
        "role-not-assumable",
        "endpoint-unreachable",
    ]
    assert len(lines) <= 5


def tried_again(running: Running) -> None:
    """Wait for two more helper processes."""
    pids: set[int] = set()

    def two() -> bool:
        pids.update(each.pid for each in helpers(running.pid))
        return len(pids) >= 2

    eventually(two, within_s=40, what="two more attempts")
