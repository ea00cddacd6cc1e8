"""The source of a method or a task: which files its results depend on, found by reading what each imports and names."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from suite.contracts import Task
from suite.discovery import FILE, OWN, file_module, is_editable
from suite.errors import SuiteError
from suite.hashing import digest, file_digest
from suite.registry import Entry

BUILT_IN = "suite.plugins"
"""The package of the built-in methods. The core beside it is no method's source: its version stands for it."""
RELEASED = ("site-packages", "dist-packages")
"""Folders of code that was installed: it changes with its version, and not in place."""
Roots = Sequence[Path]
NAMED = re.compile(r"[\w][\w\-. /]{0,98}\.\w{1,12}")
"""What a text that names a file looks like."""


def source_digest(entry: Entry[type]) -> str | None:
    """Return the hash of the source of a method if it can be edited in place, else None: a release's version says it.

    The built-in methods have one wherever they are installed: a checkout and a release name the same cells alike, so
    that published runs can be made again from either.

    Covers the class's module, every module of its top-level package that it imports, at the top or inside functions,
    names of constants and of functions alike, what those import in turn, other modules that lie where they can be
    edited, and the files beside all of these that they name in a text of their own.
    """
    if entry.plugin.folder is not None:  # a release, even where Python looks into an editable one of the same name
        return None
    if entry.plugin.distribution not in (FILE, OWN) and not is_editable(entry.plugin.distribution):
        return None
    return _digest(entry.value.__module__)


def task_source(task: Task) -> str | None:
    """Return the hash of a task's source if it can be edited in place, as `source_digest`.

    None for what was installed, and for the built-in tasks: they are part of the suite, and have versions.
    """
    module = type(task).__module__
    file = _file(module)
    return None if file is None or module.partition(".")[0] == "suite" or not _in_place(file) else _digest(module)


def file_sources(file: Path) -> set[Path]:
    """Return the files that what a loaded plugin file registers depends on, and that can be edited; itself too."""
    name = file_module(file)
    return _sources(name, name) or {file}


def _digest(module: str) -> str:
    package = BUILT_IN if module.startswith(f"{BUILT_IN}.") else module.partition(".")[0]
    return digest([file_digest(file) for file in sorted(_sources(module, package))])


def check_source(entry: Entry[type], planned: str | None) -> None:
    """Hold a method's source against the hash that its cell was planned with.

    Raises:
        SuiteError: it is another one.
    """
    if planned is not None and source_digest(entry) != planned:
        raise SuiteError(
            f"the source of {entry.name} was edited after the run was planned",
            place=entry.plugin.origin,
            next="suite run",
        )


def _sources(module: str, package: str) -> set[Path]:
    own = None if package == BUILT_IN else _file(module)
    roots = () if own is None else (own.parent, *map(Path, sys.path))
    files: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = None if name in files else _file(name, roots)
        if file is not None:
            files[name] = file
            waiting += (each for each in _read(name, file)[0] if _is_source(each, package, roots))
    above = {path for name in files for path in (_packages(name, roots) if roots else ())}
    return above | {path for name, file in files.items() for path in (file, *_named(name, file))}


def _packages(name: str, roots: Roots) -> Iterator[Path]:
    """Yield the files of the packages that a module lies in: they run before it. What they import is not followed."""
    while name := name.rpartition(".")[0]:
        file = _file(name, roots)
        if file is not None:
            yield file


def _is_source(name: str, package: str, roots: Roots) -> bool:
    """Tell whether a module is of the package, or lies where it can be edited, as a helper beside a plugin file."""
    top = name.partition(".")[0]
    if name == package or name.startswith(f"{package}."):
        return True
    if not roots or top == "suite" or top in sys.stdlib_module_names:
        return False
    file = _file(name, roots)
    return file is not None and _in_place(file)


def _in_place(file: Path) -> bool:
    return not any(part in RELEASED for part in file.parts)


def _file(name: str, roots: Roots = ()) -> Path | None:
    """Return the file of a module; None for what is none, as a function. Imports nothing: that might take seconds.

    Modules that are not loaded and of no package are looked for in ``roots``.
    """
    module = sys.modules.get(name)
    if module is not None:
        spec = module.__spec__
        return Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None
    parent, _, tail = name.rpartition(".")
    candidates = (
        file for folder in _folders(parent, roots) for file in (folder / f"{tail}.py", folder / tail / "__init__.py")
    )
    return next((file for file in candidates if file.is_file()), None)


def _folders(package: str, roots: Roots) -> list[Path]:
    """Return the folders in which the modules of a package lie."""
    if not package:
        return list(roots)
    module = sys.modules.get(package)
    if module is not None:
        return [Path(folder) for folder in getattr(module, "__path__", ())]
    parent, _, tail = package.rpartition(".")
    return [folder / tail for folder in _folders(parent, roots) if (folder / tail).is_dir()]


def _named(name: str, file: Path) -> Iterator[Path]:
    """Yield the files beside a module, or below its folder, that it names in a text."""
    for text in _read(name, file)[1]:
        path = file.parent / text
        if path.is_file() and path.resolve().is_relative_to(file.parent.resolve()):
            yield path


def _read(name: str, file: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the modules that a module imports, and the texts in it that look like names of files."""
    if file.suffix != ".py":
        return (), ()
    return _parsed(name if file.name == "__init__.py" else name.rpartition(".")[0], file, file.stat().st_mtime_ns)


@cache
def _parsed(package: str, file: Path, stamp: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    nodes = list(ast.walk(ast.parse(file.read_bytes())))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    named = (text for text in texts if NAMED.fullmatch(text))
    return tuple(dict.fromkeys(_imports(nodes, package))), tuple(dict.fromkeys(named))


def _imports(nodes: Iterable[ast.AST], package: str) -> Iterator[str]:
    """Yield every module that is imported anywhere; of ``from a import b`` both, since ``b`` may be one."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parent, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
