"""The modules of a start in one file, beside the bytecode that the interpreter keeps of each of them.

Reading it takes half of the time that some forty imports take. It is trusted as the interpreter trusts its own files
in __pycache__: it is used while every source has the size and the time of change it had, and left alone otherwise.
"""

# No `from __future__ import annotations` here: importing __future__ would cost 1.5 % of a start.

import gc
import marshal
import os
import sys

import runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import TypeAlias

    # A module: its name, its file below the package, size and time of change of that, and its code, marshalled.
    Entry: TypeAlias = tuple[str, str, int, int, bytes]

PACKAGE_FILE = "__init__.py"

is_missing = False  # whether load() has found nothing that it could use


def place() -> str:
    """Return the path of the file for this interpreter; "" where it keeps no bytecode."""
    kept = runner.__spec__.cached if runner.__spec__ else None
    folder, _, name = (kept or "").rpartition("/")
    return f"{folder}/start{name.removeprefix('__init__')}" if folder else ""


def load() -> None:
    """Put the modules into sys.modules, as importing them would; else the imports that follow find them as ever."""
    global is_missing  # noqa: PLW0603 - one process starts once
    gc.disable()  # a start leaves no garbage, and looking for it takes 2 % of it
    before = set(sys.modules)
    try:
        _read_and_execute()
    except (OSError, EOFError, TypeError, ValueError, ImportError, AttributeError):
        is_missing = True
        for name in set(sys.modules) - before:
            del sys.modules[name]


def _read_and_execute() -> None:
    descriptor = os.open(place(), os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = os.read(descriptor, os.fstat(descriptor).st_size)  # half the time of a file object's
    finally:
        os.close(descriptor)
    version, entries = marshal.loads(content)
    root = os.path.dirname(runner.__file__)
    if version != sys.version or not all(_is_current(f"{root}/{entry[1]}", entry) for entry in entries):
        raise ValueError("of another interpreter, or of other sources")
    _execute(root, entries)


def _is_current(path: str, entry: "Entry") -> bool:
    status = os.stat(path)
    return entry[2] == status.st_size and entry[3] == status.st_mtime_ns


def _execute(root: str, entries: "list[Entry]") -> None:
    """Make the packages, then execute all modules in the order in which they were done."""
    for name, file, *_ in entries:
        if file.endswith(PACKAGE_FILE):
            _make(name, f"{root}/{file}")
    for name, file, _, _, code in entries:
        module = sys.modules[name] if file.endswith(PACKAGE_FILE) else _make(name, f"{root}/{file}")
        exec(marshal.loads(code), module.__dict__)  # noqa: S102 - what import does
        package, _, last = name.rpartition(".")
        setattr(sys.modules[package], last, module)


def _make(name: str, path: str) -> "ModuleType":
    """Make an empty module as the interpreter's own loader does."""
    loader = type(runner.__loader__)(name, path)  # type: ignore[call-arg,misc]  # a loader of source files
    spec = type(runner.__spec__)(name, loader, origin=path)  # type: ignore[arg-type]  # is there: place()
    spec.has_location = True
    module = type(sys)(name)
    module.__spec__, module.__loader__, module.__file__ = spec, loader, path
    module.__package__ = name.rpartition(".")[0]
    if path.endswith(PACKAGE_FILE):
        module.__package__ = name
        module.__path__ = spec.submodule_search_locations = [os.path.dirname(path)]
    sys.modules[name] = module
    return module
