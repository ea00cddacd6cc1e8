"""The page of the hooks."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from suite import hookspecs
from suite.reference.markdown import prose
from suite.registry import HOOKS


def page() -> str:
    """Return the page: what a plugin is, then each hook with its signature and when it is called."""
    parts = ["# Hooks", prose(hookspecs.__doc__), "[Plugins](../plugins.md) has a whole example of each."]
    for name in HOOKS:
        hook = getattr(hookspecs, name)
        parts += [f"## {name}", f"```python\n{name}{_signature(hook)}\n```", prose(hook.__doc__)]
    return "\n\n".join(parts) + "\n"


def _signature(hook: Callable[..., None]) -> str:
    return str(inspect.signature(hook)).replace("'", "")  # annotations are texts, as the module postpones them
