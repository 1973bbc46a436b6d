"""Real shells on pseudo-terminals, which are asked to complete a line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pexpect

from tests.harness.terminal import WITHIN_S, kill_session

# Where packages of bash-completion put what an interactive bash reads.
BASH_COMPLETION = next(
    (
        path
        for folder in ("/usr/share", "/usr/local/share", "/opt/homebrew/share")
        if (path := Path(folder, "bash-completion", "bash_completion")).exists()
    ),
    None,
)
COLOURS = re.compile(r"\x1b(\[[0-9;]*m|[()].)|\x0f")
MOVES = re.compile(r"\x1b(\[[0-9;?<=>]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|.)|[\r\b]")

# Each makes Control-G print the line in << >> and empty it: what stood on the screen before is what TAB has shown.
BASH = """
PS1='ready> '
bind 'set bell-style none'
bind 'set completion-query-items 0'
bind 'set enable-bracketed-paste off' 2>/dev/null
bind 'set page-completions off'
bind 'set show-all-if-ambiguous on'
show() { printf '<<%s>>\\n' "$READLINE_LINE"; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\\C-g": show'
"""
ZSH = """
fpath=({share}/zsh/site-functions $HOME/functions $fpath)
autoload -Uz compinit && compinit -u -D
unsetopt prompt_sp beep
PS1='ready> '
show() {{ print -r -- "<<$BUFFER>>"; zle send-break }}
zle -N show
bindkey -e
bindkey '^G' show
"""
FISH = """
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
function fish_prompt; echo 'ready> '; end
function show; echo '<<'(commandline)'>>'; commandline ''; end
bind \\cg show
"""


@dataclass(frozen=True, slots=True)
class Completed:
    """The line after TAB, without what a shell adds behind a word it holds for complete, and the words shown."""

    line: str
    shown: frozenset[str]


class Shell:
    """An interactive shell that finds completions below the folder `share`, as an installation leaves them."""

    def __init__(self, name: str, share: Path, environ: Mapping[str, str]) -> None:
        self.name = name
        home = Path(environ["HOME"])
        variables = {**environ, "TERM": "xterm", "XDG_DATA_DIRS": f"{share}:/usr/local/share:/usr/share"}
        argv = _prepared(name, share, home)
        self.terminal = pexpect.spawn(
            argv[0], argv[1:], env=variables, cwd=home, timeout=WITHIN_S, encoding="utf-8", dimensions=(100, 250)
        )
        self.terminal.delaybeforesend = None
        self.terminal.expect("ready> ")

    def complete(self, line: str, after: str = "") -> Completed:
        """Type a line, press TAB at its end, or before `after`, and return what has become of it."""
        self.terminal.send(f"{line}{after}{_control('b') * len(after)}\t{_control('g')}")
        self.terminal.expect(r"<<([^\r\n]*)>>")
        screen = MOVES.sub(" ", COLOURS.sub("", self.terminal.before))
        return Completed(self.terminal.match.group(1).rstrip(" ="), frozenset(screen.split()))

    def close(self) -> None:
        kill_session(self.terminal.pid)
        self.terminal.close(force=True)


def missing(name: str) -> str:
    """Return what is not installed that the shell `name` needs, or ""."""
    program = name.partition(" ")[0]
    if not shutil.which(program):
        return program
    return "bash-completion" if name == "bash" and not BASH_COMPLETION else ""


def _prepared(name: str, share: Path, home: Path) -> list[str]:
    """Write the start-up file and return the argv."""
    start = home / "start"
    match name:
        case "bash":  # which loads a completion when it is first asked for one
            start.write_text(f"{BASH}. {BASH_COMPLETION}\n")
        case "bash alone":
            folder = share / "bash-completion" / "completions"
            start.write_text(f"{BASH}. {folder}/run\n. {folder}/runner\n")
        case "zsh":
            (home / ".zshrc").write_text(ZSH.format(share=share))
            return ["zsh", "-d", "-i"]
        case "fish":
            start.write_text(FISH)
            return ["fish", "-i", "-C", f"source {start}"]
    return ["bash", "--noprofile", "--rcfile", str(start), "-i"]


def _control(letter: str) -> str:
    return chr(ord(letter) - ord("a") + 1)
