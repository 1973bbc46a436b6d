"""Names and patterns -> identities, in the order of the files. Pure: what there is comes in as a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All identities with a name, in the order of the files, each with its tags; and the groups."""

    tags: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The identities selected, in order. `is_fan_out`: said by a pattern, or several, also when one matches."""

    names: tuple[str, ...]
    is_fan_out: bool


def select(words: Sequence[str], without: Iterable[str], catalogue: Catalogue) -> Selection:
    """Select by names, globs, @GROUP and @tag:KEY=VALUE, less what matches `without`; no word means all.

    A name that is not in the catalogue is selected as it stands, behind the others: looking it up is not our part.
    Raises no-match for a pattern that matches nothing, and when nothing is left.
    """
    chosen = dict.fromkeys(catalogue.tags) if not words else {}
    for word in words:
        found = list(_matches(word, catalogue, ()))
        if not found:
            raise _no_match(word, catalogue)
        chosen.update(dict.fromkeys(found))
    excluded = {name for word in without for name in _matches(word, catalogue, ())}
    ordered = [*(name for name in catalogue.tags if name in chosen), *(n for n in chosen if n not in catalogue.tags)]
    names = tuple(name for name in ordered if name not in excluded)
    if not names:
        raise _no_match(" ".join([*words, *(f"--except {word}" for word in without)]) or "*", catalogue)
    is_one_name = len(words) == 1 and not is_pattern(words[0], catalogue)
    return Selection(names, is_fan_out=not is_one_name)


def is_pattern(word: str, catalogue: Catalogue) -> bool:
    """Tell whether a word is a glob or begins with @; the exact name of an identity never is."""
    return word not in catalogue.tags and (word.startswith("@") or any(each in word for each in "*?["))


def _matches(word: str, catalogue: Catalogue, inside: tuple[str, ...]) -> Iterable[str]:
    """Return what a word stands for; groups may name groups, and one that is inside itself adds nothing."""
    if not is_pattern(word, catalogue):
        return [word]
    if word.startswith("@tag:"):
        key, equals, value = word[5:].partition("=")
        return [name for name, tags in catalogue.tags.items() if equals and tags.get(key) == value]
    if word.startswith("@"):
        members = () if word in inside else catalogue.groups.get(word[1:], ())
        return [name for member in members for name in _matches(member, catalogue, (*inside, word))]
    return [name for name in catalogue.tags if fnmatchcase(name, word)]


def _no_match(word: str, catalogue: Catalogue) -> Failure:
    groups = ", ".join(f"@{name}" for name in catalogue.groups) or "none"
    tags = sorted({f"@tag:{key}={value}" for tags in catalogue.tags.values() for key, value in tags.items()})
    there = f"identities: {', '.join(catalogue.tags) or 'none'}; groups: {groups}; tags: {', '.join(tags) or 'none'}"
    return Failure("no-match", pattern=word, cause=there)
