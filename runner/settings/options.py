"""The options of `run`, one row each: the hot parser, the full command, its help and the README are made of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Option:
    """One option; a flag when it has no `metavar`. `variable` is the RUN_ variable that stands in for it, or ""."""

    __slots__ = ("allowed", "metavar", "name", "short", "text", "variable")

    def __init__(self, names: str, metavar: str, variable: str, text: str, allowed: tuple[str, ...] = ()) -> None:
        short, _, name = names.rpartition(" ")
        self.short = short
        self.name = name
        self.metavar = metavar
        self.variable = variable
        self.text = text
        self.allowed = allowed

    @property
    def key(self) -> str:
        """The name as an attribute of RunRequest."""
        return self.name[2:].replace("-", "_")


OPTIONS = (
    Option("-i --identity", "NAME", "RUN_IDENTITY", "Act as this identity of a runner.toml, or this AWS profile."),
    Option("-c --config", "FILE", "RUN_CONFIG", "Read identities from this file alone; naming it is trusting it."),
    Option("--region", "REGION", "RUN_REGION", "The AWS region of the command."),
    Option("--account", "ID", "RUN_ACCOUNT", "Refuse to start unless AWS says this is the account."),
    Option(
        "--expect-arn",
        "PATTERN",
        "RUN_EXPECT_ARN",
        "Refuse to start unless AWS says this is the ARN; * and ? stand for others.",
    ),
    Option("--duration", "DURATION", "RUN_DURATION", "How long the last role's session is to last: 90s, 15m, 1h30m."),
    Option(
        "--inject",
        "process|file",
        "RUN_INJECT",
        "How the command gets credentials: a process that its SDK asks, or keys in a file (no SDK reads that again).",
        ("process", "file"),
    ),
    Option("--min-ttl", "DURATION", "RUN_MIN_TTL", "Start only with credentials that last at least so long."),
    Option("--max-lifetime", "DURATION", "RUN_MAX_LIFETIME", "Stop renewing credentials so long after the start."),
    Option(
        "--on-expiry",
        "warn|term|ignore",
        "RUN_ON_EXPIRY",
        "What to do when credentials end and cannot be renewed: say so, end the command (status 77), nothing.",
        ("warn", "term", "ignore"),
    ),
    Option(
        "--validate",
        "always|auto|never",
        "RUN_VALIDATE",
        "Ask AWS who the credentials are: before each start, unless known for 15 minutes, never.",
        ("always", "auto", "never"),
    ),
    Option("--timeout", "DURATION", "RUN_TIMEOUT", "End the command with TERM after so long; status 124."),
    Option("--kill-after", "DURATION", "RUN_KILL_AFTER", "And with KILL when it lives so long after TERM; status 137."),
    Option("--pdeathsig", "SIGNAL", "RUN_PDEATHSIG", "Send the command this signal when run itself is killed (Linux)."),
    Option("--linger", "", "RUN_LINGER", "Leave the private files until the credentials end, for what stays behind."),
    Option(
        "--no-input",
        "",
        "RUN_NO_INPUT",
        "Never ask, and let no program ask: fail instead. The default where CI is set, unless RUN_NO_INPUT=0.",
    ),
    Option("--error-format", "text|json", "RUN_ERROR_FORMAT", "How failures are written.", ("text", "json")),
    Option("-v --verbose", "", "RUN_VERBOSE", "Say who the command acts as, and what was set and removed for it."),
    Option("-q --quiet", "", "RUN_QUIET", "Write failures only."),
    Option("--debug", "", "RUN_DEBUG", "Add where in run a failure was raised."),
)
BY_NAME: Mapping[str, Option] = {
    **{option.name: option for option in OPTIONS},
    **{option.short: option for option in OPTIONS if option.short},
}
