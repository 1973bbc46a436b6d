"""Names for identities that nobody has named: readable ones, made of what AWS calls things."""

from __future__ import annotations

import unicodedata

TEMPLATE = "{account_name}-{permission_set}"
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
IN_TEMPLATES = PLAIN | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ._-")


def is_template(template: str) -> bool:
    """Tell whether names can be made of a template: characters of names, and the words that are filled in."""
    rest = template
    for word in _words("", "", ""):
        rest = rest.replace(f"{{{word}}}", "")
    return bool(template) and set(rest) <= IN_TEMPLATES and not template.startswith("-")


def filled_in(template: str, account_name: str, account: str, role: str) -> str:
    """Return a template with its words filled in; `role` is the name of a role or of a permission set."""
    for word, value in _words(account_name, account, role).items():
        template = template.replace(f"{{{word}}}", value)
    return template.strip("-") or account


def slug(text: str) -> str:
    """Return a text in small letters and digits, accents taken off, with dashes in the place of all else."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    dashed = "".join(character if character in PLAIN else " " for character in bare)
    return "-".join(dashed.split())


def _words(account_name: str, account: str, role: str) -> dict[str, str]:
    named = slug(role) or "role"
    return {"account_name": slug(account_name) or account, "account": account, "permission_set": named, "role": named}
