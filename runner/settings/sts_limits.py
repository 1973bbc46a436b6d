"""What STS takes of a role's parameters: judged here, before anything is called. Limits are those of its API model."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from typing import TypeVar

from runner.model.identity import AssumedRole, Role, SamlRole, WebIdentityRole

ROLE_EXAMPLE = "arn:aws:iam::111111111111:role/NAME"
NAME = frozenset(string.ascii_letters + string.digits + "_+=,.@-")
EXTERNAL_ID = NAME | frozenset(":/")
TAG_MARKS = frozenset(" _.:/=+-@")  # beside letters and numbers of any script
MOST_TAGS = 50
MOST_POLICY_ARNS = 10
LONGEST_ARN = 2048
LONGEST_POLICY = 2048  # characters, of web identity and SAML; AssumeRole's is judged by AWS, packed with the tags
ROLE_S = (900, 43200)
CHAINED_S = 3600  # a role assumed with another session's credentials

R = TypeVar("R", bound=AssumedRole)


class RefusedError(Exception):
    """A parameter that STS would refuse: its key as runner.toml has it, what is wrong with it, what is allowed."""

    def __init__(self, key: str, problem: str, allowed: str) -> None:
        super().__init__(f"{key} {problem}")
        self.key = key
        self.problem = problem
        self.allowed = allowed


def checked(role: R) -> R:
    """Return a role with its session policy minified; raises RefusedError for what STS would not take.

    Its own ARN and its duration are not looked at.
    """
    for key, characters, longest in (
        ("role_session_name", NAME, 64),
        ("source_identity", NAME, 64),
        ("external_id", EXTERNAL_ID, 1224),
    ):
        _check_text(key, getattr(role, key, ""), characters, longest)
    if isinstance(role, Role):
        _check_tags(role)
    if isinstance(role, SamlRole) and not is_arn(role.principal_arn, "iam", "saml-provider/"):
        example = "arn:aws:iam::111111111111:saml-provider/NAME"
        raise RefusedError("principal_arn", f'"{role.principal_arn}" is not the ARN of a SAML provider', example)
    _check_policy_arns(role)
    policy = minified(role.session_policy) if role.session_policy else ""
    if isinstance(role, WebIdentityRole | SamlRole) and len(policy) > LONGEST_POLICY:
        raise RefusedError("session_policy", f"has {len(policy)} characters", f"{LONGEST_POLICY}, without white space")
    return replace(role, session_policy=policy)


def is_arn(text: str, service: str, resource: str) -> bool:
    """Tell whether a text is an ARN of a resource that begins so, and that its kind of service has in an account."""
    parts = text.split(":", 5)
    is_plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= LONGEST_ARN
    if len(parts) < 6 or not is_plain or parts[0] != "arn" or parts[2] != service:
        return False
    return bool(parts[1]) and parts[5].startswith(resource) and len(parts[5]) > len(resource)


def minified(policy: str) -> str:
    """Return the JSON of a policy without white space; raises RefusedError when it is none."""
    try:
        said = json.loads(policy, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError("session_policy", f"is not JSON: {error}", "the JSON of an IAM policy") from None
    if not isinstance(said, dict) or "Statement" not in said:
        raise RefusedError("session_policy", "has no Statement", "the JSON of an IAM policy")
    return json.dumps(said, separators=(",", ":"))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):  # whichever of the two is taken, it may be the wider one
        raise ValueError("a key stands in it twice")
    return table


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def _check_text(key: str, value: str, characters: frozenset[str], longest: int) -> None:
    if value and not (2 <= len(value) <= longest and characters.issuperset(value)):
        marks = "".join(sorted(characters - frozenset(string.ascii_letters + string.digits)))
        raise RefusedError(key, f'"{value}" is refused by STS', f"2 to {longest} letters, digits and {marks}")


def _check_tags(role: Role) -> None:
    if len(role.session_tags) > MOST_TAGS:
        raise RefusedError("session_tags", f"with {len(role.session_tags)} tags is too much", f"at most {MOST_TAGS}")
    seen: set[str] = set()
    for key, value in role.session_tags:
        if not 1 <= len(key) <= 128 or not _is_tag(key) or key.lower().startswith("aws:"):
            allowed = "1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:"
            raise RefusedError("session_tags", f'"{key}" is refused by STS as a key', allowed)
        if len(value) > 256 or not _is_tag(value):
            allowed = "up to 256 letters, digits, spaces and _.:/=+-@"
            raise RefusedError("session_tags", f'"{value}" is refused by STS as the value of {key}', allowed)
        if key.lower() in seen:
            raise RefusedError("session_tags", f'"{key}" is a key twice', "each once, in capitals or not")
        seen.add(key.lower())
    keys = [key for key, _ in role.session_tags]
    for key in role.transitive_tag_keys:
        if key not in keys:
            allowed = f"a key of session_tags: {', '.join(keys) or 'there are none'}"
            raise RefusedError("transitive_tag_keys", f'"{key}" is no tag of this session', allowed)


def _is_tag(text: str) -> bool:
    return all(character.isalnum() or character in TAG_MARKS for character in text)


def _check_policy_arns(role: AssumedRole) -> None:
    if len(role.session_policy_arns) > MOST_POLICY_ARNS:
        raise RefusedError(
            "session_policy_arns",
            f"with {len(role.session_policy_arns)} policies is too much",
            f"at most {MOST_POLICY_ARNS}",
        )
    for arn in role.session_policy_arns:
        if not is_arn(arn, "iam", "policy/"):
            example = "arn:aws:iam::111111111111:policy/NAME"
            raise RefusedError("session_policy_arns", f'"{arn}" is not the ARN of a policy', example)
