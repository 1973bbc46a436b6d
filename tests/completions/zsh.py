"""The files for zsh: functions of fpath, found by the #compdef in their first line."""

from __future__ import annotations

from runner.settings.options import Option
from tests.completions.commands import COMMAND, FILE, KINDS, Command, names, sentence

HEADER = """#compdef {0}
# Completion of `{0}` for zsh. Made by `python -m tests.completions`, where changes belong.
"""

# The same in both files: each is loaded without the other.
SHARED = """
# Offer the names of the kind said last, behind what _arguments wants compadd to be told; zsh quotes them.
_runner_names() {
    local program=${(Q)_comp_command1}
    [[ $program == */* && -x $program ]] || program=${program:t}
    local -a found=(${(f)"$(command $program --complete $argv[-1] '' $words 2>/dev/null)"})
    compadd "${(@)argv[1,-2]}" -a found
}
"""

BEHIND = """'*::argument:{ [[ $words[1] != -- ]] || { shift words; (( CURRENT-- )) }; _normal }'"""

RUN = """
local context state state_descr line
typeset -A opt_args

# -S: -- ends the options. (-): so does the first word that is none; from there on it is the command's own completion,
# of whose words _arguments leaves out a -- before them, unless it is the first word of all.
@ARGUMENTS@
"""

RUNNER = """
local curcontext=$curcontext context state state_descr line
typeset -A opt_args
local -a runner_commands=(
@COMMANDS@
)

@RUNNER@ && return
[[ $state == behind ]] || { _describe -t commands command runner_commands; return }

# `words` now begins with the command.
curcontext=${curcontext%:*}-$words[1]:
case $words[1] in
@CASES@
    *) return 1 ;;
esac
"""


def of_run(run: Command) -> str:
    """Return the file for `run`."""
    return HEADER.format("run") + SHARED + RUN.replace("@ARGUMENTS@", _arguments(run, 0))


def of_runner(runner: Command, commands: tuple[Command, ...]) -> str:
    """Return the file for `runner`."""
    described = "\n".join("    " + _quoted(f"{each.name}:{sentence(each.text)}") for each in commands)
    behind = ["'(-)1: :->command'", "'*:: :->behind'"]
    page = RUNNER.replace("@COMMANDS@", described)
    page = page.replace("@RUNNER@", _call(["-C", "-s"], [*_options(runner), *behind], 0))
    return HEADER.format("runner") + SHARED + page.replace("@CASES@", "\n".join(_case(each) for each in commands))


def _case(command: Command) -> str:
    # `runner run` is `run`, whose file stands beside this one.
    body = "        _run" if command.name == "run" else _arguments(command, 8)
    return f"    {command.name})\n{body}\n        ;;"


def _arguments(command: Command, indent: int) -> str:
    rest: list[str] = []
    if command.argument == COMMAND:
        rest = ["'(-)1:command:_command_names -e'", BEHIND]
    elif command.argument:
        place = "*" if command.argument.endswith("...") else "1"
        rest = [_quoted(f"{place}:{_value(command.argument)}")]
    return _call(["-s", "-S"], [*_options(command), *rest], indent)


def _call(flags: list[str], specs: list[str], indent: int) -> str:
    words = [" ".join(["_arguments", *flags]), *(" " * (indent + 4) + spec for spec in specs)]
    return " " * indent + " \\\n".join(words)


def _options(command: Command) -> list[str]:
    return [_option(option) for option in command.options]


def _option(option: Option) -> str:
    """Return the specification of an option, given once unless it repeats; help and the like are given alone."""
    others = "(- *)" if option.name in ("--help", "--version") else f"({' '.join(names(option))})"
    others = "*" if option.repeats else others
    text = "[" + sentence(option.text).replace("[", r"\[").replace("]", r"\]") + "]"
    value = f":{_value(option.metavar)}" if option.metavar else ""
    # + and =: the value stands in the same word, behind = for the long form, or in the next.
    spelt = [name + ("" if not value else "=" if name.startswith("--") else "+") for name in names(option)]
    if len(spelt) == 1:
        return _quoted(others + spelt[0] + text + value)
    return _quoted(others) + "{" + ",".join(spelt) + "}" + _quoted(text + value)


def _value(metavar: str) -> str:
    """Return message and action; the action of what cannot be offered is a space, which shows the message alone."""
    if metavar == FILE:
        return f"{metavar}:_files"
    if metavar in KINDS:
        return f"name:_runner_names {KINDS[metavar]}"
    if "|" in metavar:
        return f"{metavar}:({metavar.replace('|', ' ')})"
    return f"{metavar}: "


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"
