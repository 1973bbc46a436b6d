"""What the user asked for, before anything has been looked up."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class RunRequest:
    """The options of one `run`, and the child's argv; "" and 0 mean: not given.

    `origins` tells for each option given where it came from: the option's own name or the RUN_ variable.
    """

    __slots__ = (
        "account",
        "command",
        "config",
        "debug",
        "duration_s",
        "error_format",
        "identity",
        "no_input",
        "origins",
        "quiet",
        "region",
        "verbose",
    )

    account: str
    config: str
    debug: bool
    duration_s: int
    error_format: str
    identity: str
    no_input: bool
    quiet: bool
    region: str
    verbose: bool

    def __init__(self, command: list[str], origins: Mapping[str, str]) -> None:
        self.command = command
        self.origins = origins
