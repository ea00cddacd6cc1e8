"""Names of what is new: the registry takes them, Python takes them, and nobody has them."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from suite.errors import SuiteError
from suite.registry import SLUG, Table

COMMAND = "suite new --help"


def check_name(name: str) -> str:
    """Return the Python module of a name, as ``my_method`` of ``my-method``.

    Raises:
        SuiteError: it is no name.
    """
    module = re.sub(r"[-.]", "_", name)
    if not SLUG.match(name) or not module.isidentifier():
        proposed = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:64].strip("-")
        hint = f" Did you mean {proposed!r}?" if proposed else ""
        rule = "a lower-case letter, then lower-case letters, digits, '-' and '.', at most 64"
        raise SuiteError(f"{name!r} is not a name: {rule}.{hint}", place="NAME", next=COMMAND)
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        raise SuiteError(f"{name!r} is a reserved word of Python", place="NAME", next=COMMAND)
    return module


def check_module(name: str, module: str, kind: str = "method") -> None:
    """Check that no other module, Python's own or of a package, has the name of what is new.

    Raises:
        SuiteError: one has, and says where it lies.
    """
    found = find_spec(module)
    if found is not None or module in sys.stdlib_module_names:
        raise SuiteError(
            f"{name!r} would become the Python module {module!r}, and this module exists",
            place=(found and found.origin) or "Python itself",
            next=f"suite new {kind} {name}-{kind} ...",
        )


def check_free(name: str, table: Table[object]) -> None:
    """Check that nothing registered has this name.

    Raises:
        SuiteError: something has; it says which plugin brought it.
    """
    if name in table:
        plugin = table.entry(name).plugin
        raise SuiteError(
            f"the {table.kind} {name!r} exists, from the plugin {plugin.name!r}",
            place=f"{plugin.distribution} {plugin.version}, {plugin.origin}",
            next=f"suite {table.kind}s show {name}",
        )


def class_of(name: str, source: str, kind: str = "Method") -> str:
    """Return a class name, as ``MyMethod``, of which ``source``, that the class is put into, says nothing yet."""
    words = "".join(part[:1].upper() + part[1:] for part in re.split(r"[-.]", name))
    while re.search(rf"\b(Test)?{words}\b", source):
        words += kind
    return words


def check_folder(folder: Path) -> None:
    """Check that a folder can be written: it is not there yet, or it is empty.

    Raises:
        SuiteError: it is a file, or has something in it.
    """
    above = next(path for path in (folder, *folder.absolute().parents) if path.exists() or path.is_symlink())
    if not above.is_dir() or (above == folder and any(folder.iterdir())):
        what = "is not empty" if above.is_dir() else "is not a folder"
        raise SuiteError(f"{above} {what}. Nothing was written", place=str(folder), next="choose another folder: DIR")
