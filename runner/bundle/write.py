"""Writing the file of a start's modules. Cold: it happens once after an installation or a change."""

from __future__ import annotations
import __future__

import ast
import marshal
import os
import sys
from pathlib import Path

from runner import bundle
from runner.bundle import PACKAGE_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.bundle import Entry

FUTURE = __future__.annotations
ONLY_CHECKED = "TYPE_CHECKING"


def write(roots: tuple[str, ...]) -> None:
    """Write the modules that importing `roots` loads, in the order in which they are done; raises OSError."""
    collection = Collection()
    for root in roots:
        collection.add(root)
    content = marshal.dumps((sys.version, collection.entries))
    place = Path(bundle.place())
    temporary = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)


class Collection:
    """Modules of ours, each behind all that it imports at its top."""

    def __init__(self) -> None:
        self._root = Path(bundle.__file__).parents[1]
        self._seen = {self._root.name, bundle.__name__}  # loaded before the file is read
        self.entries: list[Entry] = []

    def add(self, name: str) -> None:
        """Add a module with its package and what both import; what is no module of ours is passed over."""
        file = self._file(name)
        if name in self._seen or not file:
            return
        self._seen.add(name)
        self.add(name.rpartition(".")[0])
        source = self._root / file
        before = source.stat()  # before it is read
        tree = ast.parse(source.read_bytes())
        for imported in _imports(tree):
            self.add(imported)
        _strip(tree)
        code = compile(tree, str(source), "exec", FUTURE.compiler_flag, dont_inherit=True)
        self.entries.append((name, file, before.st_size, before.st_mtime_ns, marshal.dumps(code)))

    def _file(self, name: str) -> str:
        """Return the file of a module below the package's directory, "" when there is no such module."""
        package, _, rest = name.partition(".")
        path = rest.replace(".", "/")
        found = (each for each in (f"{path}.py", f"{path}/{PACKAGE_FILE}") if (self._root / each).is_file())
        return next(found, "") if package == self._root.name else ""


def _strip(tree: ast.Module) -> None:
    """Take out what no start needs: docstrings, and `from __future__ import annotations`, itself a file to import.

    The compiler is told of the latter in another way.
    """
    tree.body = [each for each in tree.body if not (isinstance(each, ast.ImportFrom) and each.module == "__future__")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module) and ast.get_docstring(node, clean=False):
            del node.body[0]
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node)]


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports when it is executed, names of modules and names in them."""
    for statement in ast.walk(ast.Module(_executed(tree.body), [])):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)


def _executed(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements at the top without functions, classes and what only the type checker sees."""
    later = (ast.FunctionDef, ast.ClassDef)
    return [each for each in statements if not isinstance(each, later) and not _is_for_checker(each)]


def _is_for_checker(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and isinstance(statement.test, ast.Name) and statement.test.id == ONLY_CHECKED
