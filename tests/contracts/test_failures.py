"""The table of failures and the code agree: each row is raised, each that is raised has a row and all its facts."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import runner
from runner import report
from runner.model.failure import Failure
from runner.model.failures import FAILURES

TOP = Path(runner.__file__).parent


@dataclass(frozen=True)
class Raised:
    """A call of Failure: where, what, with which facts; `is_open` when some come by **."""

    where: str
    slug: str
    facts: frozenset[str]
    is_open: bool


def calls() -> Iterator[Raised]:
    """Find every Failure("slug", ...) of the package."""
    for path in sorted(TOP.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Failure":
                facts = [each.arg for each in node.keywords]
                where = f"{path.relative_to(TOP)}:{node.lineno}"
                for slug in slugs(node.args[0], tree):
                    yield Raised(where, slug, frozenset(fact for fact in facts if fact), None in facts)


def slugs(word: ast.expr, tree: ast.AST) -> list[str]:
    """Return what the first argument may be: a text, one of two, or a name that is given texts in the same file."""
    if isinstance(word, ast.Constant):
        return [str(word.value)]
    if isinstance(word, ast.IfExp):
        return [*slugs(word.body, tree), *slugs(word.orelse, tree)]
    assert isinstance(word, ast.Name), ast.dump(word)
    assigned = [each for each in ast.walk(tree) if isinstance(each, ast.Assign)]
    values = [each.value for each in assigned for target in each.targets if ast.dump(target) == target_of(word.id)]
    return [slug for value in values for slug in slugs(value, tree)]


def target_of(name: str) -> str:
    return ast.dump(ast.Name(name, ast.Store()))


RAISED = list(calls())


def fields(slug: str) -> set[str]:
    """Return the facts that a row's sentence and remedy are made from."""
    texts = (FAILURES[slug].sentence, FAILURES[slug].remedy)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_calls_are_found() -> None:
    """The tests below are about something."""
    assert len(RAISED) > 40
    assert all(each.slug for each in RAISED)


@pytest.mark.parametrize("raised", RAISED, ids=lambda each: f"{each.where}-{each.slug}")
def test_what_is_raised_can_be_said(raised: Raised) -> None:
    """Its slug is in the table, and its facts are those of the row: all of them, and no other."""
    assert raised.slug in FAILURES
    needed = fields(raised.slug)

    given = raised.facts - {"cause"}
    assert given <= needed
    if raised.is_open:
        return
    assert given == needed
    failure = Failure(raised.slug, **dict.fromkeys(given, "FACT"))
    for text in (report.as_text(failure), report.as_json(failure)):
        assert "FACT" in text or not needed


@pytest.mark.parametrize("slug", FAILURES)
def test_a_row_is_raised(slug: str) -> None:
    """Nothing stands in the table that nobody raises."""
    assert slug in {raised.slug for raised in RAISED}


@pytest.mark.parametrize("slug", FAILURES)
def test_a_row_is_well_formed(slug: str) -> None:
    """A slug in small letters, a sentence that begins small and ends without a full stop, a remedy, a meaning."""
    row = FAILURES[slug]

    assert set(slug) <= {*string.ascii_lowercase, "-"}
    assert row.sentence
    assert not row.sentence.endswith(".")
    assert row.remedy
    assert row.meaning.endswith(".")
    assert row.meaning[0].isupper()


def test_a_failure_crosses_a_pipe() -> None:
    """All of it is there again on the other side."""
    for raised in RAISED:
        failure = Failure(raised.slug, cause="c", **dict.fromkeys(fields(raised.slug), "fact")).at("x")
        again = Failure.of(failure.plain())
        assert report.as_json(again) == report.as_json(failure)
