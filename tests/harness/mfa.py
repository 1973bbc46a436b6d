"""A world with a role that needs an MFA code, and terminals to type it on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.harness.aws import Role
from tests.harness.lease_files import BASE
from tests.harness.terminal import Terminal
from tests.harness.world import World

SERIAL = "arn:aws:iam::111111111111:mfa/ada"
CODES = ("271828", "314159", "161803", "141421")
QUESTION = f"MFA code of {SERIAL}"
ASK = f'run: {QUESTION} for "role": '


def with_mfa(world: World, extra: str = "") -> Role:
    """Give a world the profile `role`, whose role wants a code of SERIAL; each of CODES is good once."""
    key = world.aws.user("dev")
    world.aws_credentials(f"[keys]\n{key.ini()}")
    world.aws_config(f"[profile role]\nrole_arn = {BASE}\nsource_profile = keys\nmfa_serial = {SERIAL}\n{extra}")
    world.aws.mfa(SERIAL, *CODES)
    role = world.aws.role(BASE)
    role.mfa = True
    return role


@contextlib.contextmanager
def terminal_in(world: World, **variables: str) -> Iterator[Terminal]:
    """Give a shell on a terminal in the world's working directory."""
    terminal = Terminal({**world.environ, **variables})
    try:
        terminal.type(f"cd {world.cwd}; stty echo")
        terminal.prompt()
        yield terminal
    finally:
        terminal.close()
