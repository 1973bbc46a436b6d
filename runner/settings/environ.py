"""RUN_ variables and options as one request: flags before variables, and each value remembers where it came from."""

from __future__ import annotations

from runner.model.failure import Failure
from runner.model.request import RunRequest
from runner.settings.durations import seconds
from runner.settings.options import OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.settings.argv import Words

YES = ("1", "true", "yes", "on")
NO = ("", "0", "false", "no", "off")
SESSION_S = (900, 129600)  # STS: a role's session lasts 15 min to 12 h, a user's at most 36 h


def request(words: Words, environ: Mapping[str, str]) -> RunRequest:
    """Put options and RUN_ variables together and check their values; raises usage."""
    given, command = words
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    for option in OPTIONS:
        if option.key in given:
            values[option.key], origins[option.key] = given[option.key], option.name
        elif environ.get(option.variable):
            values[option.key], origins[option.key] = environ[option.variable], option.variable
    asked = RunRequest(command, origins)
    asked.identity = values.get("identity", "")
    asked.config = values.get("config", "")
    asked.region = values.get("region", "")
    asked.account = _account(values, origins)
    asked.duration_s = _duration_s(values, origins)
    asked.error_format = error_format(given, environ)
    asked.no_input = _flag(values, origins, "no_input")
    asked.verbose = _flag(values, origins, "verbose")
    asked.quiet = _flag(values, origins, "quiet")
    asked.debug = _flag(values, origins, "debug")
    return asked


def error_format(given: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Return how failures are to be written, "text" or "json"; raises usage for anything else."""
    value = given.get("error_format") or environ.get("RUN_ERROR_FORMAT") or "text"
    if value not in ("text", "json"):
        raise wrong("--error-format" if given.get("error_format") else "RUN_ERROR_FORMAT", value, "text or json")
    return value


def wrong(origin: str, value: str, allowed: str) -> Failure:
    """Return the failure of a value that its option or variable does not take."""
    return Failure("usage", problem=f'{origin} "{value}" must be {allowed}', remedy="run --help")


def _account(values: Mapping[str, str], origins: Mapping[str, str]) -> str:
    value = values.get("account", "")
    if value and not (len(value) == 12 and value.isascii() and value.isdigit()):
        raise wrong(origins["account"], value, "an account ID of 12 digits")
    return value


def _duration_s(values: Mapping[str, str], origins: Mapping[str, str]) -> int:
    value = values.get("duration")
    if value is None:
        return 0
    duration_s = seconds(value)
    if duration_s is None or not SESSION_S[0] <= duration_s <= SESSION_S[1]:
        raise wrong(origins["duration"], value, "a duration from 15m to 36h, such as 90s, 15m, 1h30m or seconds")
    return duration_s


def _flag(values: Mapping[str, str], origins: Mapping[str, str], key: str) -> bool:
    value = values.get(key, "").lower()
    if value not in YES and value not in NO:
        raise wrong(origins[key], value, "1 or 0")
    return value in YES
