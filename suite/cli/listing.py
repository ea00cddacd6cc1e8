"""Lists of what is registered, kept from one command to the next: loading every plugin takes longer than reading them.

A list is used again while no file of a plugin, and nothing that is installed, has changed since.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from suite.cli.output import load

if TYPE_CHECKING:
    from suite.registry import Registry

Rows = list[dict[str, Any]]


def listed(kind: str, make: Callable[[Registry], Rows], strict: bool) -> Rows:
    """Return the rows that ``make`` makes of the registry, or those of the last time if nothing has changed.

    Where a plugin fails nothing is kept, so that every command says so.
    """
    from suite.cache import Cache
    from suite.freshness import changed, stamps
    from suite.settings import load_settings

    settings = load_settings()
    cache = Cache(settings.cache_folder)
    which = {
        "list": kind,
        "python": [sys.version, sys.prefix, *sys.path],
        "plugins": [str(file) for file in settings.plugins],
        "disabled": settings.disabled_plugins,
    }
    kept = cache.note("lists", which)
    if kept is not None and not changed(kept["stamps"]):
        return [dict(zip(kept["columns"], values, strict=True)) for values in kept["values"]]
    registry, _ = load(strict)
    rows = make(registry)
    if not registry.failures:
        packages = {plugin.origin.partition(".")[0] for plugin in registry.plugins}
        files = {module for module in sys.modules if module.startswith("suite_plugin_file_")}
        with suppress(OSError):  # a list that cannot be kept is made again
            columns = list(rows[0]) if rows else []  # a note keeps no order of keys
            values = [list(row.values()) for row in rows]
            cache.write_note("lists", which, {"stamps": stamps(packages | files), "columns": columns, "values": values})
    return rows
