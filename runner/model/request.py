"""What the user asked for, before anything has been looked up."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


# What says how the last role is assumed, beside --duration; all of it shapes the credentials.
ROLE_OPTIONS = (
    "via",
    "assume_role",
    "role_session_name",
    "source_identity",
    "session_tag",
    "session_policy",
    "session_policy_arn",
)


class RunRequest:
    """The options of one `run`, and the child's argv; "" and 0 mean: not given.

    The values of an option that repeats are joined by a zero. `origins` tells for each option given where it came
    from: the option's own name, the RUN_ variable, or the outer run. `no_input` says why nobody may be asked, "" when
    somebody may.
    """

    __slots__ = (
        "account",
        "assume_role",
        "cache",
        "command",
        "config",
        "debug",
        "dry_run",
        "duration_s",
        "error_format",
        "expect_arn",
        "identity",
        "inject",
        "kill_after_s",
        "linger",
        "login",
        "max_lifetime_s",
        "min_ttl_s",
        "no_input",
        "on_expiry",
        "origins",
        "pdeathsig",
        "quiet",
        "region",
        "report",
        "role_session_name",
        "session_policy",
        "session_policy_arn",
        "session_tag",
        "source_identity",
        "timeout_s",
        "validate",
        "verbose",
        "via",
    )

    account: str
    assume_role: str
    cache: str
    config: str
    debug: bool
    dry_run: bool
    duration_s: int
    error_format: str
    expect_arn: str
    identity: str
    inject: str
    kill_after_s: int
    linger: bool
    login: str
    max_lifetime_s: int
    min_ttl_s: int
    no_input: str
    on_expiry: str
    pdeathsig: str
    quiet: bool
    region: str
    report: str
    role_session_name: str
    session_policy: str
    session_policy_arn: str
    session_tag: str
    source_identity: str
    timeout_s: int
    validate: str
    verbose: bool
    via: str

    def __init__(self, command: list[str], origins: Mapping[str, str]) -> None:
        self.command = command
        self.origins = origins
