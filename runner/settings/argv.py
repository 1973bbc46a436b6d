"""The hot form of the command line, read by hand; anything else, and any doubt, is left to the full command."""

from __future__ import annotations

from runner.settings.options import BY_NAME, SEPARATOR

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
        name, equals, value = words[at].partition("=")
        option = BY_NAME.get(name)
        again = option is not None and option.key in given
        if (
            option is None
            or (again and not option.repeats)
            or (equals and not (option.metavar and name.startswith("--")))
        ):
            return None
        if option.metavar and not equals:
            at += 1
            value = words[at] if at < len(words) else "-"
        if option.metavar and (not value or value.startswith("-")):
            return None
        if again:
            value = given[option.key] + SEPARATOR + value
        given[option.key] = value if option.metavar else "1"
        at += 1
    if at >= len(words):
        return None
    return given, words[at:]
