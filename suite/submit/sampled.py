"""Whose samples go into a submission, where there is room for some."""

from __future__ import annotations

from collections.abc import Sequence

from suite.registry import Registry
from suite.settings import Settings
from suite.store.rows import RunRow
from suite.store.samples import samples_path


def sampled(runs: Sequence[RunRow], settings: Settings, registry: Registry, most: int) -> list[str]:
    """Return runs whose files of samples have ``most`` bytes together.

    By whole tables, since samples are compared pair by pair: first those whose task has one seed, for which nothing
    else tells of the spread, then the others, small ones first. Of a table that is too large, its ranked rows alone.
    """
    tables: dict[tuple[str, str], dict[str, int]] = {}
    ranked: set[str] = set()
    for run in runs:
        path = samples_path(settings, run.samples) if run.samples else None
        if path is not None and path.exists():
            sizes = tables.setdefault((run.cell.task, run.cell.protocol), {})
            sizes[run.id] = path.stat().st_size
            if run.cell.method in registry.methods and registry.methods[run.cell.method].standing == "ranked":
                ranked.add(run.id)

    def order(table: tuple[str, str]) -> tuple[bool, int, tuple[str, str]]:
        task = table[0]
        several = task not in registry.tasks or len(registry.tasks[task].seeds) > 1
        return several, sum(tables[table].values()), table

    chosen: list[str] = []
    left = most
    for table in sorted(tables, key=order):
        for names in (set(tables[table]), set(tables[table]) & ranked):
            size = sum(tables[table][name] for name in names)
            if size <= left:
                chosen += sorted(names)
                left -= size
                break
    return chosen
