"""Findings on plugins."""

from __future__ import annotations

from collections.abc import Iterator

from suite.registry import Registry
from suite.settings import Settings
from suite.upkeep.finding import Finding, named

PART = "plugins"


def look(registry: Registry, settings: Settings) -> Iterator[Finding]:
    """Yield which plugins failed, and which listeners are asked for that nobody registered."""
    failed = [plugin for plugin in registry.plugins if plugin.failures]
    for plugin in failed:
        failure = plugin.failures[0]
        said = (failure.message.splitlines() or [""])[0]
        what = f"{plugin.name} ({plugin.origin}) failed at {failure.stage}: {said}"
        yield Finding(PART, "wrong", what, "suite plugins --traceback")
    known = {entry.name for entry in registry.listeners}
    unknown = [name for name in settings.listeners if name not in known]
    if unknown:
        yield Finding(PART, "wrong", f"no plugin has the listeners {named(unknown)}", "unset SUITE_LISTENERS")
    if not failed and not unknown:
        of_others = sum(plugin.distribution != "basin-suite" for plugin in registry.plugins)
        counts = f"{len(list(registry.methods))} methods, {len(list(registry.tasks))} tasks"
        yield Finding(PART, "fine", f"{len(registry.plugins)} loaded, {of_others} of them of others: {counts}")
