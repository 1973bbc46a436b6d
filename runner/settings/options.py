"""The options of `run`, one row each: the hot parser, the full command, its help and the README are made of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Option:
    """One option; a flag when it has no `metavar`. `variable` is the RUN_ variable that stands in for it, or "".

    The values of one that `repeats` travel as one text, joined by SEPARATOR.
    """

    __slots__ = ("allowed", "metavar", "name", "short", "text", "variable")

    repeats = False

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


class Repeated(Option):
    """One that may be given several times."""

    __slots__ = ()

    repeats = True


SEPARATOR = "\0"  # no argument and no variable holds it

OPTIONS = (
    Option("-i --identity", "NAME", "RUN_IDENTITY", "Act as this identity of a runner.toml, AWS profile or role ARN."),
    Option("-c --config", "FILE", "RUN_CONFIG", "Read identities from this file alone; naming it is trusting it."),
    Option("--region", "REGION", "RUN_REGION", "The AWS region of the command."),
    Option("--account", "ID", "RUN_ACCOUNT", "Refuse to start unless AWS says this is the account."),
    Option(
        "--expect-arn",
        "PATTERN",
        "RUN_EXPECT_ARN",
        "Refuse to start unless AWS says this is the ARN; * and ? stand for others.",
    ),
    Option(
        "--via", "NAME", "RUN_VIA", "Assume the role that is named by its ARN with the credentials of this identity."
    ),
    Option("--assume-role", "ARN", "RUN_ASSUME_ROLE", "Assume this role with the credentials of the identity."),
    Option("--duration", "DURATION", "RUN_DURATION", "How long the last role's session is to last: 90s, 15m, 1h30m."),
    Option("--role-session-name", "NAME", "RUN_ROLE_SESSION_NAME", "What the last role's session is called."),
    Option(
        "--source-identity", "NAME", "RUN_SOURCE_IDENTITY", "Who is behind the last role's session, for CloudTrail."
    ),
    Repeated("--session-tag", "TAG", "", "A tag of the last role's session, KEY=VALUE; may be repeated."),
    Option(
        "--session-policy",
        "FILE",
        "RUN_SESSION_POLICY",
        "Allow the last role's session no more than the policy in this file, or in this JSON, does too.",
    ),
    Repeated("--session-policy-arn", "ARN", "", "And no more than this managed policy does; may be repeated."),
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
    Option(
        "--login",
        "auto|never",
        "RUN_LOGIN",
        "When an SSO login is needed: ask on the terminal whether to log in, or fail.",
        ("auto", "never"),
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
    Option(
        "--report", "FILE", "RUN_REPORT", "Write a JSON object about the run, when it has ended, in place of this file."
    ),
    Option("--dry-run", "", "", "Print who the command would act as, and what it would get; do not run it."),
    Option("-v --verbose", "", "RUN_VERBOSE", "Say who the command acts as, and what was set and removed for it."),
    Option("-q --quiet", "", "RUN_QUIET", "Write failures only."),
    Option("--debug", "", "RUN_DEBUG", "Add where in run a failure was raised."),
)
BY_NAME: Mapping[str, Option] = {
    **{option.name: option for option in OPTIONS},
    **{option.short: option for option in OPTIONS if option.short},
}

# What `runner export` takes too: all that is about getting credentials, nothing that is about a command.
EXPORTED = frozenset(
    [
        *("config", "region", "account", "expect_arn", "via", "assume_role", "duration", "role_session_name"),
        *("source_identity", "session_tag", "session_policy", "session_policy_arn", "min_ttl", "validate", "login"),
        *("no_input", "error_format", "quiet", "debug"),
    ]
)
