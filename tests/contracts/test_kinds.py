"""What is registered keeps its contract: kinds of identity and modes of injection."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

import pytest

from runner.acquire.kinds import KINDS
from runner.inject import INJECTORS, injector
from runner.inject.contract import Injection
from runner.model import identity as identities
from runner.model.identity import Identity
from runner.settings.options import OPTIONS

MODULES = {kind.__name__: importlib.import_module(getattr(module, "__name__")) for kind, module in KINDS.items()}  # noqa: B009 - a Protocol to mypy


@pytest.mark.parametrize(
    ("function", "parameters"), [("hops", ["identity"]), ("fetch", ["identity", "source", "reach"])]
)
@pytest.mark.parametrize("kind", MODULES)
def test_a_kind_has_what_acquiring_calls(kind: str, function: str, parameters: list[str]) -> None:
    """`hops` and `fetch`, with the contract's parameters, each with its sentence."""
    found = getattr(MODULES[kind], function)

    assert list(inspect.signature(found).parameters) == parameters
    assert inspect.getdoc(found)
    assert MODULES[kind].__doc__


@pytest.mark.parametrize("kind", MODULES)
def test_a_kind_says_what_it_depends_on(kind: str) -> None:
    """`sources` stamps what a lease is made from."""
    found = MODULES[kind].sources

    assert list(inspect.signature(found).parameters) == ["identity", "environ"]
    assert inspect.getdoc(found)


def test_every_identity_is_of_a_kind() -> None:
    """A class of identities that nobody can acquire is a profile: resolving puts another in its place."""
    classes = {each for each in vars(identities).values() if inspect.isclass(each) and issubclass(each, Identity)}

    assert {each.__name__ for each in classes - KINDS.keys()} == {"Identity", "Profile", "AssumedRole"}
    assert all(inspect.getdoc(each) for each in classes)


@pytest.mark.parametrize("mode", INJECTORS)
def test_an_injection_has_prepare(mode: str) -> None:
    """Its module is there, `prepare` has the contract's parameters and a sentence."""
    module = injector(mode)

    assert isinstance(module, ModuleType)
    assert module.__name__ == INJECTORS[mode]
    assert list(inspect.signature(module.prepare).parameters) == ["lease", "directory", "environ"]
    assert inspect.getdoc(module.prepare)
    assert module.__doc__
    assert [each for each in vars(module).values() if inspect.isclass(each) and issubclass(each, Injection)]


def test_every_injection_can_be_asked_for() -> None:
    """--inject takes every mode there is, and no other."""
    [option] = [each for each in OPTIONS if each.name == "--inject"]

    assert set(option.allowed) == INJECTORS.keys()
