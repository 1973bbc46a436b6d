"""What the user asked for, before anything has been looked up."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class RunRequest:
    """The options of one `run`, and the child's argv; "" and 0 mean: not given.

    `origins` tells for each option given where it came from: the option's own name or the RUN_ variable. `no_input`
    says why nobody may be asked, "" when somebody may.
    """

    __slots__ = (
        "account",
        "cache",
        "command",
        "config",
        "debug",
        "duration_s",
        "error_format",
        "expect_arn",
        "identity",
        "inject",
        "kill_after_s",
        "linger",
        "max_lifetime_s",
        "min_ttl_s",
        "no_input",
        "on_expiry",
        "origins",
        "pdeathsig",
        "quiet",
        "region",
        "timeout_s",
        "validate",
        "verbose",
    )

    account: str
    cache: str
    config: str
    debug: bool
    duration_s: int
    error_format: str
    expect_arn: str
    identity: str
    inject: str
    kill_after_s: int
    linger: bool
    max_lifetime_s: int
    min_ttl_s: int
    no_input: str
    on_expiry: str
    pdeathsig: str
    quiet: bool
    region: str
    timeout_s: int
    validate: str
    verbose: bool

    def __init__(self, command: list[str], origins: Mapping[str, str]) -> None:
        self.command = command
        self.origins = origins
