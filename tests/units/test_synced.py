"""What a sync wants, and what its entries are called."""

from __future__ import annotations

import pytest

from runner.model.account import Account
from runner.settings import naming, synced
from runner.settings.synced import MARK, OrganizationSource, SsoSource

SOURCE = SsoSource("corp")
ONE = Account("111111111111", "One", "", permission_sets=("Admin",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prod", "prod"),
        ("  Prod -- EU (west)  ", "prod-eu-west"),
        ("Ünïcode ﬁne", "unicode-fine"),
        ("東京", ""),
        ("a\x00\x1b[2Jb", "a-2jb"),
        ("@team:x*", "team-x"),
        ("", ""),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    """Small letters and digits, dashes between; never what a pattern, a group or an option begins with."""
    assert naming.slug(text) == expected


def test_a_template_without_a_name() -> None:
    """An account without a name that can be spelt is called by its number."""
    assert naming.filled_in(naming.TEMPLATE, "東京", "111111111111", "Admin") == "111111111111-admin"
    assert naming.filled_in("{role}", "x", "111111111111", "+") == "role"


def found(*accounts: Account, there: dict[str, dict[str, object]] | None = None) -> synced.Changes:
    asked = synced.wanted(SOURCE, accounts, naming.TEMPLATE)
    return synced.changes(SOURCE, asked, there or {}, frozenset({"profile-admin"}))


def test_a_name_that_looks_like_another_with_its_number() -> None:
    """Every entry has a name of its own, whatever accounts are called."""
    twins = [Account(each * 12, "a", "", permission_sets=("Admin",)) for each in "12"]
    imitator = Account("333333333333", "a admin 111111111111", "", permission_sets=("Admin", "x"))
    imitating = Account("444444444444", "a", "", permission_sets=("admin-111111111111",))

    added = found(*twins, imitator, imitating).added

    assert len(added) == 5
    assert added["a-admin-222222222222"]["account"] == "222222222222"


def test_a_copy_of_an_entry_is_kept() -> None:
    """Under two names it is the same; neither is gone."""
    entry: dict[str, object] = dict(found(ONE).added["one-admin"])

    changes = found(ONE, there={"a": entry, "b": entry})

    assert changes == synced.Changes(same=2)


def test_an_entry_without_the_mark_is_somebodys_own() -> None:
    """Whoever takes the mark out has it for good; its name is in the way, and that of an AWS profile too."""
    entry: dict[str, object] = {key: value for key, value in found(ONE).added["one-admin"].items() if key != MARK}

    changes = found(ONE, Account("222222222222", "profile", "", permission_sets=("Admin",)), there={"one-admin": entry})

    assert changes == synced.Changes(in_the_way=("one-admin", "profile-admin"))


def test_roles_of_an_organization() -> None:
    """In the partition of the account, with its path; the name is the role's without."""
    source = OrganizationSource("root", "path/Auditor")
    account = Account("111111111111", "One", "", partition="aws-cn")

    [wanted] = synced.wanted(source, [account], naming.TEMPLATE)

    assert wanted.base == "one-auditor"
    assert wanted.keys["role_arn"] == "arn:aws-cn:iam::111111111111:role/path/Auditor"
