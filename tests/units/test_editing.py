"""Editing a runner.toml as a text: exactly what was asked for, and not a byte else."""

from __future__ import annotations

import pytest

from runner.settings.editing import Edits, NotEditableError, edited

ENTRY = '[identities.x]\nkind = "k" # why\n'
MINE = '# Mine.\n[identities.mine]\nkind = "m"\n'
ADDED = Edits(added={"new one": {"kind": 'a"\x1b\n'}})
NEW = '[identities."new one"]\nkind = "a\\"\\u001b\\n"\n'
HEADER_IN_TEXT = '[identities.mine]\nnote = """\n[identities.x]\nkind = 1\n"""\n'

REMOVED = {
    "alone": (ENTRY, ""),
    "first": (f"{ENTRY}\n{MINE}", MINE),
    "last": (f"{MINE}\n{ENTRY}", f"{MINE}\n"),
    "between": (f'{MINE}\n{ENTRY}# s\n[settings]\nregion = "r"\n', f'{MINE}\n# s\n[settings]\nregion = "r"\n'),
    "with tables of its own": (f'{ENTRY}[identities.x.tags]\na = "b"\n\n{MINE}', MINE),
    "with a table elsewhere": (f'{ENTRY}{MINE}[identities.x.tags]\na = "b"\n# end\n', f"{MINE}# end\n"),
    "below a header": (f"[identities] # all\n{ENTRY}{MINE}", f"[identities] # all\n{MINE}"),
    "quoted": (ENTRY.replace("x]", '"x"]  # q') + MINE, MINE),
    "beside a text that looks like it": (HEADER_IN_TEXT + ENTRY, HEADER_IN_TEXT),
}


@pytest.mark.parametrize(("text", "expected"), REMOVED.values(), ids=REMOVED)
def test_an_entry_is_removed(text: str, expected: str) -> None:
    """With all that is its own; comments behind it stay."""
    assert edited(text, Edits(removed=("x",))) == expected


@pytest.mark.parametrize(("text", "_"), REMOVED.values(), ids=REMOVED)
def test_a_key_is_changed(text: str, _: str) -> None:
    """In its place, the comment behind it stays; a header in a text is none."""
    expected = text.replace('kind = "k"', 'kind = "new"')

    assert edited(text, Edits(changed={"x": {"kind": "new"}})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", NEW),
        (ENTRY, f"{ENTRY}\n{NEW}"),
        (ENTRY.rstrip("\n"), f"{ENTRY}\n{NEW}"),
        (f"{ENTRY}\n\n# end", f"{ENTRY}\n\n# end\n\n{NEW}"),
        ('[settings]\nregion = "r"\n', f'[settings]\nregion = "r"\n\n{NEW}'),
        ("# nothing yet\n", f"# nothing yet\n\n{NEW}"),
    ],
)
def test_an_entry_is_added(text: str, expected: str) -> None:
    """At the end, a blank line before it; its name and values as TOML spells them."""
    assert edited(text, ADDED) == expected


@pytest.mark.parametrize("text", ['identities = {x = {kind = "k"}}\n', '[identities]\nx = {kind = "k"}\n'])
def test_a_form_that_cannot_be_edited(text: str) -> None:
    """Then it is not."""
    with pytest.raises(NotEditableError):
        edited(text, Edits(added={"new": {"kind": "a"}}, removed=("x",)))


def test_all_at_once() -> None:
    """Adding, changing and removing in one go."""
    edits = Edits(added=ADDED.added, changed={"mine": {"kind": "n"}}, removed=("x",))

    assert edited(f"{ENTRY}\n{MINE}", edits) == MINE.replace('"m"', '"n"') + "\n" + NEW
