"""The source of a method: which files its results depend on, found by reading what each file imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from suite.contracts import Method
from suite.discovery import FILE
from suite.hashing import digest, file_digest
from suite.registry import Entry
from suite.run.provenance import is_editable

BUILT_IN = "suite.plugins"
"""The package of the built-in methods. The core beside it is no method's source: its version stands for it."""


def source_digest(entry: Entry[type[Method]]) -> str | None:
    """Return the hash of a method's source if it can be edited in place, else None: a release's version says it all.

    Covers the class's module and every module of its top-level package that it imports, at the top or inside
    functions, names of constants and of functions alike, and what those import in turn.
    """
    if entry.plugin.distribution != FILE and not is_editable(entry.plugin.distribution):
        return None
    module = entry.value.__module__
    package = BUILT_IN if module.startswith(f"{BUILT_IN}.") else module.partition(".")[0]
    return digest([file_digest(file) for file in sorted(_sources(module, package))])


def _sources(module: str, package: str) -> set[Path]:
    files: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = None if name in files else _file(name)
        if file is not None:
            files[name] = file
            inside = (each for each in _imported(name, file) if each == package or each.startswith(f"{package}."))
            waiting += inside
    return set(files.values())


def _file(name: str) -> Path | None:
    """Return the file of a module; None for what is none, as a function. Imports nothing: that might take seconds."""
    module = sys.modules.get(name)
    if module is not None:
        spec = module.__spec__
        return Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None
    parent, _, tail = name.rpartition(".")
    candidates = (
        file for folder in _folders(parent) for file in (folder / f"{tail}.py", folder / tail / "__init__.py")
    )
    return next((file for file in candidates if file.is_file()), None)


def _folders(package: str) -> list[Path]:
    """Return the folders in which the modules of a package lie."""
    module = sys.modules.get(package)
    if module is not None:
        return [Path(folder) for folder in getattr(module, "__path__", ())]
    file = _file(package) if package else None
    return [file.parent] if file is not None and file.name == "__init__.py" else []


def _imported(name: str, file: Path) -> tuple[str, ...]:
    return _imports(name, file.name == "__init__.py", file, file.stat().st_mtime_ns)


@cache
def _imports(name: str, is_package: bool, file: Path, stamp: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_names(ast.parse(file.read_bytes()), name if is_package else name.rpartition(".")[0])))


def _names(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield every module that is imported anywhere; of ``from a import b`` both, since ``b`` may be one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parent, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
