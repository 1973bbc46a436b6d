"""RUN_ variables and options as one request: flags before variables, and each value remembers where it came from."""

from __future__ import annotations

from runner.model.failure import Failure
from runner.model.request import ROLE_OPTIONS, RunRequest
from runner.settings.durations import seconds, text
from runner.settings.files import inherited
from runner.settings.options import OPTIONS, SEPARATOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.settings.argv import Words

YES = ("1", "true", "yes", "on")
NO = ("", "0", "false", "no", "off")
MFA_CODE = "RUN_MFA_CODE"  # for one run and nobody else: what it starts does not get it
SESSION_S = (900, 129600)  # STS: a role's session lasts 15 min to 12 h, a user's at most 36 h
ANY_S = (1, 366 * 86400)


def request(words: Words, environ: Mapping[str, str]) -> RunRequest:
    """Put options and RUN_ variables together and check their values; raises usage."""
    given, command = words
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    outer = {} if "identity" in given else inherited(environ)
    for option in OPTIONS:
        if option.key in given:
            values[option.key], origins[option.key] = given[option.key], option.name
        elif environ.get(option.variable):
            values[option.key], origins[option.key] = environ[option.variable], option.variable
        elif option.name in outer:
            values[option.key], origins[option.key] = outer[option.name], "the outer run"
    _check_choices(values, origins)
    asked = RunRequest(command, origins)
    asked.identity = values.get("identity", "")
    asked.config = values.get("config", "")
    asked.region = _region(values, origins)
    asked.account = _account(values, origins)
    asked.expect_arn = _expect_arn(values, origins)
    asked.cache = _cache(environ)
    asked.duration_s = _duration_s(values, origins, "duration", SESSION_S)
    asked.min_ttl_s = _duration_s(values, origins, "min_ttl", ANY_S)
    asked.max_lifetime_s = _duration_s(values, origins, "max_lifetime", ANY_S)
    asked.timeout_s = _duration_s(values, origins, "timeout", ANY_S)
    asked.kill_after_s = _duration_s(values, origins, "kill_after", ANY_S)
    asked.pdeathsig = values.get("pdeathsig", "")
    asked.inject = values.get("inject", "process")
    asked.validate = values.get("validate", "auto")
    asked.login = values.get("login", "auto")
    asked.on_expiry = values.get("on_expiry", "warn")
    asked.report = values.get("report", "")
    asked.error_format = values.get("error_format", "text")
    for key in ROLE_OPTIONS:
        setattr(asked, key, _stated(values, origins, key))
    for flag in ("dry_run", "linger", "verbose", "quiet", "debug"):
        setattr(asked, flag, _flag(values, origins, flag))
    asked.no_input = _no_input(values, origins, environ)
    _check_mfa_code(environ)
    return asked


def _no_input(values: Mapping[str, str], origins: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Say why nobody may be asked; RUN_NO_INPUT=0 says that somebody is there although CI is set."""
    if "no_input" in values:
        return f"{origins['no_input']} is set" if _flag(values, origins, "no_input") else ""
    return "CI is set" if environ.get("CI", "").lower() not in NO else ""


def is_mfa_code(text: str) -> bool:
    """Tell whether a text can be a code of an MFA device: six digits, as STS takes them."""
    return len(text) == 6 and text.isascii() and text.isdigit()


def _check_mfa_code(environ: Mapping[str, str]) -> None:
    if environ.get(MFA_CODE) and not is_mfa_code(environ[MFA_CODE]):
        problem = f"{MFA_CODE} is not a code of six digits"  # not shown: it may be the code, mistyped
        remedy = f"unset {MFA_CODE}        # or set it to the code that the device shows"
        raise Failure("usage", problem=problem, cause="the environment", remedy=remedy)


def _check_choices(values: Mapping[str, str], origins: Mapping[str, str]) -> None:
    for option in OPTIONS:
        value = values.get(option.key)
        if value is not None and option.allowed and value not in option.allowed:
            raise wrong(origins[option.key], value, f"one of {', '.join(option.allowed)}")


def _cache(environ: Mapping[str, str]) -> str:
    value = environ.get("RUN_CACHE", "")
    if value not in ("", "runtime", "none"):
        raise wrong("RUN_CACHE", value, "one of runtime, none")
    return value


def wrong(origin: str, value: str, allowed: str) -> Failure:
    """Return the failure of a value that its option or variable does not take."""
    said_in = "the environment" if origin.startswith("RUN_") else "the command line"
    return Failure("usage", problem=f'{origin} "{value}" must be {allowed}', cause=said_in, remedy="run --help")


def is_region(text: str) -> bool:
    """Tell whether a text may be the name of a region; it becomes part of host names and of the child's files."""
    return 0 < len(text) < 64 and text.isascii() and text.replace("-", "a").isalnum()


def _region(values: Mapping[str, str], origins: Mapping[str, str]) -> str:
    value = values.get("region", "")
    if value and not is_region(value):
        raise wrong(origins["region"], value, "a region, such as eu-west-1")
    return value


def _account(values: Mapping[str, str], origins: Mapping[str, str]) -> str:
    value = values.get("account", "")
    if value and not (len(value) == 12 and value.isascii() and value.isdigit()):
        raise wrong(origins["account"], value, "an account ID of 12 digits")
    return value


def _expect_arn(values: Mapping[str, str], origins: Mapping[str, str]) -> str:
    value = values.get("expect_arn", "")
    if value and not value.startswith(("arn:", "*")):
        raise wrong(origins["expect_arn"], value, "a pattern of ARNs, such as 'arn:aws:sts::*:assumed-role/Deploy/*'")
    return value


def _stated(values: Mapping[str, str], origins: Mapping[str, str], key: str) -> str:
    """Return what a role option says; an empty one is refused: it would narrow nothing."""
    if "" in values.get(key, "-").split(SEPARATOR):
        raise wrong(origins[key], "", "a value that is not empty")
    return values.get(key, "")


def _duration_s(values: Mapping[str, str], origins: Mapping[str, str], key: str, bounds: tuple[int, int]) -> int:
    value = values.get(key)
    if value is None:
        return 0
    duration_s = seconds(value)
    if duration_s is None or not bounds[0] <= duration_s <= bounds[1]:
        allowed = f"a duration from {text(bounds[0])} to {text(bounds[1])}, such as 90s, 15m, 1h30m or seconds"
        raise wrong(origins[key], value, allowed)
    return duration_s


def _flag(values: Mapping[str, str], origins: Mapping[str, str], key: str) -> bool:
    value = values.get(key, "").lower()
    if value not in YES and value not in NO:
        raise wrong(origins[key], value, "1 or 0")
    return value in YES
