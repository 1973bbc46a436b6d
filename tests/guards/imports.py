"""Every way one module of a tree can name another: what the guards look at."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "runner"

# A table's value ("runner.inject.process"), also with an attribute ("runner.inject.process:inject"), and the start
# of an f-string ("runner.inject." before a {name}).
MODULE_TEXT = re.compile(r"runner(?:\.\w+)*\.?(?::\w+)?")
# Code in a string, for an interpreter started with -c.
IMPORT_IN_TEXT = re.compile(r"\b(?:from|import)\s+(runner(?:\.\w+)+)")


@dataclass(frozen=True, slots=True)
class Import:
    """One place where the module `source` names the module, or a name in the module, `target`."""

    source: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


@dataclass(frozen=True, slots=True)
class Tree:
    """The modules below one folder that is named like the package: dotted name -> file."""

    modules: dict[str, Path]

    @classmethod
    def of(cls, root: Path) -> Tree:
        """Read which modules are below `root`, the folder of the package."""
        return cls({_dotted(root, path): path for path in sorted(root.rglob("*.py"))})

    @property
    def parts(self) -> set[str]:
        """The top-level modules and packages."""
        return {name.split(".")[1] for name in self.modules if name != PACKAGE}

    def imports(self) -> Iterator[Import]:
        """Yield every import at any depth, under TYPE_CHECKING too, and every text that names a module of the tree."""
        for name, path in self.modules.items():
            tree = ast.parse(path.read_text(), str(path))
            yield from self._statements(name, tree)
            yield from self._texts(name, tree)

    def module_of(self, target: str) -> str | None:
        """Return the module of the tree that `target` is, or that holds the name `target`; None for a foreign one."""
        if target in self.modules:
            return target
        holder = target.rpartition(".")[0]
        return self.module_of(holder) if holder else None

    def _statements(self, name: str, tree: ast.AST) -> Iterator[Import]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(name, alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(name, node)
                for alias in node.names:
                    yield Import(name, f"{base}.{alias.name}", node.lineno)

    def _texts(self, name: str, tree: ast.AST) -> Iterator[Import]:
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                for target in _named_in(node.value):
                    # "runner.toml" is a file: only what the tree has is a module.
                    if self.module_of(target) not in (None, PACKAGE):
                        yield Import(name, target, node.lineno)

    def _base(self, name: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = name.split(".") if self.modules[name].name == "__init__.py" else name.split(".")[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, node.module] if node.module else package)


def _named_in(text: str) -> list[str]:
    if MODULE_TEXT.fullmatch(text):
        return [text.partition(":")[0].rstrip(".")]
    return IMPORT_IN_TEXT.findall(text)


def _dotted(root: Path, path: Path) -> str:
    relative = path.relative_to(root).with_suffix("")
    names = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    return ".".join([PACKAGE, *names])
