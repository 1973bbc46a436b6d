"""Names of identities, groups and SSO sessions, from the index, which is made anew when a file has changed.

    run --complete identities|patterns|sso-sessions [PREFIX [WORD]...]

is what the shells' completions ask. It is no command for people: nothing is said on stderr, and it always ends with 0.
"""

from __future__ import annotations

import os

from runner import cold
from runner.index import store
from runner.settings import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runner.index.form import Index
    from runner.settings.files import Files

CONFIG = ("-c", "--config")


def complete(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Write the names of a kind that begin with a prefix to stdout, one a line; raises whatever went wrong.

    The other words are those of the command line so far: a --config among them is what names are read from.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    kind, prefix, *line = *words, *("", "")[len(words) :]
    index = current(files.find(_config(line) or environ.get("RUN_CONFIG", ""), environ), environ)
    found = [name for name in _names(kind, prefix, index) if name.startswith(prefix) and _can_be_typed(name)]
    content = "".join(f"{name}\n" for name in found).encode()
    while content:
        content = content[os.write(1, content) :]


def current(looked_at: Files, environ: Mapping[str, str]) -> Index:
    """Return the index of these files as they are now; raises state-directory-unsafe."""
    path = store.path_of(looked_at, environ)
    return store.current(path, environ) or cold.index(looked_at, path, environ)


def _names(kind: str, prefix: str, index: Index) -> Iterable[str]:
    if kind == "identities":
        return index.names
    if kind == "sso-sessions":
        return index.sso_sessions
    if kind != "patterns":
        return ()
    groups = [f"@{group}" for group, *_ in index.groups]
    if not prefix.startswith("@"):
        return [*index.names, *groups]
    tags = {f"@tag:{key}={value}": None for entry in index.entries for key, value in entry.tagged.items()}
    return [*groups, *tags]


def _can_be_typed(name: str) -> bool:
    """Tell whether a shell can quote a name, and `run` takes it for one; what is not printable nobody types."""
    return name.isprintable() and not name.startswith("-")


def _config(words: Sequence[str]) -> str:
    """Return the file of a --config among words as they were typed, "" when there is none."""
    config = ""
    for before, word in zip(("", *words), words, strict=False):
        name, equals, value = word.partition("=")
        if before in CONFIG:
            config = word
        elif equals and name == "--config":
            config = value
        elif word.startswith("-c"):
            config = word[2:]
    return os.path.expanduser("".join(each for each in config if each not in "\\'\""))
