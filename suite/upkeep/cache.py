"""Findings on the cache: all of it can be made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from suite.cache import Cache
from suite.settings import Settings
from suite.upkeep.artifacts import artifacts
from suite.upkeep.finding import Finding, named, size

PART = "cache"


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what there is to say of the artifacts that cells share."""
    damaged = sorted(Cache(settings.cache_folder).damaged())
    if damaged:
        what = f"{len(damaged)} files are not what was written; they are made again when they are needed"
        where = named([path.relative_to(settings.cache_folder) for path in damaged])
        yield Finding(PART, "wrong", f"{what}: {where}", "suite cache prune --damaged --yes")
    found = artifacts(settings.cache_folder)
    left = [each for each in found if each.is_left]
    if left:
        what = f"{len(left)} half-written files and locks of processes that were killed"
        yield Finding(PART, "worth a look", what, "suite cache prune --left --yes")
    sizes = Counter[str]()
    for each in found:
        sizes[each.kind] += each.size
    if not damaged:
        kinds = [f"{kind} {size(count)}" for kind, count in sizes.most_common()]
        what = f"{len(found)} artifacts, {size(sizes.total())}{f' ({named(kinds)})' if kinds else ''}"
        yield Finding(PART, "fine", what)
