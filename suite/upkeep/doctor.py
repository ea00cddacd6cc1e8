"""The doctor: looks at every part of an installation, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from suite.registry import Registry
from suite.settings import Settings
from suite.upkeep import board, cache, environment, kept, plugins, scores, store
from suite.upkeep.finding import Finding


def examine(settings: Settings, registry: Registry) -> Iterator[Finding]:
    """Yield a finding after the other, as they are made; a large store and cache are read to their last byte."""
    of_store, health = store.look(settings)
    yield from of_store
    yield from kept.look(settings, health)
    yield from scores.look(registry, settings, health)
    yield from cache.look(settings)
    yield from board.look(settings)
    yield from plugins.look(registry, settings)
    yield from environment.look(settings)
