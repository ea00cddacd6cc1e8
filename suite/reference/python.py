"""The page of the public names of Python."""

from __future__ import annotations

import inspect
from importlib import import_module
from types import ModuleType

from suite.reference.markdown import code, line, table
from suite.registry import Registry

PUBLIC = ("suite", "suite.contracts", "suite.landscape", "suite.neighbours")
"""Besides the packages of the tracks. `suite.testing` needs pytest; docs/plugins.md lists what it has."""


def page(registry: Registry) -> str:
    """Return the page: each public module with the names that it promises to keep."""
    packages = dict.fromkeys(entry.value.contracts[0].__module__.rpartition(".")[0] for entry in registry.tracks)
    parts = [
        "# Public names of Python",
        "These names stay: [what is public](../api-policy.md) says for how long. `help(suite.Method)` prints more.",
    ]
    for name in (*PUBLIC, *packages):
        module = import_module(name)
        rows = [(code(each), _about(getattr(module, each))) for each in sorted(module.__all__)]
        parts += [f"## {name}", line((module.__doc__ or "").split("\n\n")[0]), table(("name", "what"), rows)]
    return "\n\n".join(parts) + "\n"


def _about(value: object) -> str:
    """Return the first paragraph of what a class, function or module says of itself; another value is what it says."""
    if inspect.isclass(value) or inspect.isroutine(value) or isinstance(value, ModuleType):
        return line((value.__doc__ or "").split("\n\n")[0])
    return code(value)
