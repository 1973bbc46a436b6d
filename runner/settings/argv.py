"""The hot form of the command line, read by hand; anything else, and any doubt, is left to the full command."""

from __future__ import annotations

from runner.settings.options import BY_NAME, EXPORTED, SEPARATOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    # The options given, by key, and the child's argv.
    Words: TypeAlias = tuple[dict[str, str], list[str]]


def hot(words: list[str]) -> Words | None:
    """Read `[--option VALUE]... [--] command [argument]...`; None means: not mine.

    Options are taken in their plain forms only: each once unless it repeats, values that do not begin with `-`, no
    bundled letters. What is read here reads the same in the full command.
    """
    given: dict[str, str] = {}
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        if words[at] == "--":
            at += 1
            break
        at = _after_option(words, at, given)
        if at < 0:
            return None
    if at >= len(words):
        return None
    return given, words[at:]


def hot_export(words: list[str]) -> tuple[dict[str, str], str] | None:
    """Read NAME and plain options in any order, with `--format process` or none; None means: not mine."""
    given: dict[str, str] = {}
    name = ""
    at = 0
    while at < len(words):
        if words[at] == "--format" and words[at + 1 : at + 2] == ["process"]:
            at += 2
        elif words[at] and not words[at].startswith("-"):
            if name:
                return None
            name = words[at]
            at += 1
        else:
            at = _after_option(words, at, given)
            if at < 0:
                return None
    return ({**given, "identity": name}, "process") if name and given.keys() <= EXPORTED else None


def _after_option(words: list[str], at: int, given: dict[str, str]) -> int:
    """Take the option that stands there, with its value; return where the next word is, or -1."""
    name, equals, value = words[at].partition("=")
    option = BY_NAME.get(name)
    if option is None or (equals and not (option.metavar and name.startswith("--"))):
        return -1
    again = option.key in given
    if again and not option.repeats:
        return -1
    if option.metavar and not equals:
        at += 1
        value = words[at] if at < len(words) else "-"
    if option.metavar and (not value or value.startswith("-")):
        return -1
    if again:
        value = given[option.key] + SEPARATOR + value
    given[option.key] = value if option.metavar else "1"
    return at + 1
