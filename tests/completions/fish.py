"""The files for fish."""

from __future__ import annotations

from runner.settings.options import Option
from tests.completions.commands import COMMAND, FILE, KINDS, Command, names, sentence

HEADER = "# Completion of `{}` for fish. Made by `python -m tests.completions`, where changes belong.\n"

# The same in both files: each is loaded without the other.
SHARED = r"""
# Print the names of the kind $argv[1]; fish quotes them.
function __runner_names
    set -l words (commandline -opc)
    set -l program $words[1]
    string match -q '*/*' -- $program; and test -x $program; or set program (string replace -r '.*/' '' -- $program)
    command $program --complete $argv[1] '' $words 2>/dev/null
end

# Print the command behind the options, as far as it is typed; fail while the cursor stands before it. $argv[2..] are
# the words before the cursor, from the first option on; $argv[1] matches the options whose value is the next word.
function __runner_wrapped
    set -l valued $argv[1]
    set -l words $argv[2..-1]
    set -l current (commandline -ct)
    while set -q words[1]
        if test "$words[1]" = --
            set -e words[1]
            break
        else if not string match -rq '^-.' -- "$words[1]"
            break
        else if string match -rq -- $valued "$words[1]"
            set -q words[2]; or return 1 # the cursor stands in the value
            set -e words[1]
        end
        set -e words[1]
    end
    if not set -q words[1]; and string match -q -- '-*' "$current"
        return 1
    end
    string join ' ' -- (string escape -- $words) "$current"
    return 0 # string join fails when there is one word
end
"""

RUN = r"""
function __runner_run_wrapped
    set -l words (commandline -opc)
    __runner_wrapped @VALUED@ $words[2..-1]
end

function __runner_run_complete
    set -l command (__runner_run_wrapped); and complete --do-complete="$command"
end

set -l options 'not __runner_run_wrapped >/dev/null'
complete -c run -x -a '(__runner_run_complete)'
@OPTIONS@
"""

RUNNER = r"""
# Print the words between the command $argv[1] and the cursor; fail when the command is another one. "" is none yet.
function __runner_words
    set -l words (commandline -opc)
    set -e words[1]
    while string match -q -- '-*' "$words[1]"
        set -e words[1]
    end
    test "$words[1]" = "$argv[1]"; or return 1
    set -q words[2]; and string join \n -- $words[2..-1]
    return 0
end

# Print what __runner_wrapped does, for the command $argv[1].
function __runner_wrapped_by
    set -l words (__runner_words $argv[1]); or return 1
    switch $argv[1]
@VALUED@
        case '*'
            return 1
    end
end

# Succeed where the options of the command $argv[1] can stand.
function __runner_at
    __runner_words $argv[1] >/dev/null; and not __runner_wrapped_by $argv[1] >/dev/null
end

function __runner_complete
    for prefix in @PREFIXES@
        set -l command (__runner_wrapped_by $prefix); and complete --do-complete="$command"
    end
end

complete -c runner -f -a '(__runner_complete)'
@OPTIONS@
"""


def of_run(run: Command) -> str:
    """Return the file for `run`."""
    page = RUN.replace("@VALUED@", _valued(run)).replace("@OPTIONS@", _options(run, "run", "$options"))
    return HEADER.format("run") + SHARED + page


def of_runner(runner: Command, commands: tuple[Command, ...]) -> str:
    """Return the file for `runner`."""
    prefixes = [each for each in commands if each.argument == COMMAND]
    cases = [f"        case {each.name}\n            __runner_wrapped {_valued(each)} $words" for each in prefixes]
    none_yet = "'__runner_at \"\"'"
    lines = [_options(runner, "runner", none_yet)]
    lines += [f"complete -c runner -n {none_yet} -a {each.name} -d {_quoted(sentence(each.text))}" for each in commands]
    for each in commands:
        lines += ["", _options(each, "runner", f"'__runner_at {each.name}'")]
        if each.argument == FILE:
            lines.append(f"complete -c runner -n '__runner_at {each.name}' -F")
        if each.argument in KINDS:
            lines.append(
                f"complete -c runner -n '__runner_at {each.name}' -a '(__runner_names {KINDS[each.argument]})'"
            )
    page = RUNNER.replace("@VALUED@", "\n".join(cases)).replace("@OPTIONS@", "\n".join(lines))
    return HEADER.format("runner") + SHARED + page.replace("@PREFIXES@", " ".join(each.name for each in prefixes))


def _valued(command: Command) -> str:
    """Return a pattern: -vi, whose last letter is the first that takes a value, or a long name."""
    valued = [name for option in command.options if option.metavar for name in names(option)]
    letters = "".join(name[1] for name in valued if not name.startswith("--"))
    long = [name for name in valued if name.startswith("--")]
    bundle = [f"-[^-{letters}]*[{letters}]"] if letters else []
    return _quoted(f"^({'|'.join(bundle + long)})$")


def _options(command: Command, program: str, condition: str) -> str:
    return "\n".join(f"complete -c {program} -n {condition} {_option(option)}" for option in command.options)


def _option(option: Option) -> str:
    spelt = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in names(option))
    return f"{spelt}{_value(option.metavar)} -d {_quoted(sentence(option.text))}"


def _value(metavar: str) -> str:
    if not metavar:
        return ""
    if metavar == FILE:
        return " -r -F"
    if metavar in KINDS:
        return f" -x -a '(__runner_names {KINDS[metavar]})'"
    return f" -x -a {_quoted(metavar.replace('|', ' '))}" if "|" in metavar else " -x"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"
