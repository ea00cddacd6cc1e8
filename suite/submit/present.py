"""Which runs of a store can be submitted: those of methods and tasks as they are here and now."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import canonicalize_name

from suite.cache import Cache
from suite.discovery import FILE
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.reproduce.planned import CannotRepeat, repeated
from suite.settings import Settings
from suite.store.rows import RunRow


def present_runs(runs: Sequence[RunRow], registry: Registry, settings: Settings, *, tier: str) -> list[RunRow]:
    """Return the runs whose cell this code has, version and source of its method included, from the same distribution.

    Raises:
        SuiteError: there is none, or ``tier`` is code and a method can be edited in place, so that nobody else has it.
    """
    cache = Cache(settings.cache_folder)
    present = [run for run in runs if _is_of_its_distribution(run, registry) and _is_of_its_code(run, registry, cache)]
    if not present:
        method, task = runs[0].cell.method, runs[0].cell.task
        raise SuiteError(
            f"none of the {len(runs)} chosen runs used the method that is installed here",
            place=method,
            next=f"suite run -t {task} -m {method}" if method in registry.methods else "pip install its package",
        )
    editable = next((run for run in present if tier == "code" and _plugin(run).get("editable")), None)
    if editable is not None:
        raise SuiteError(
            f"{editable.cell.method} was installed with pip install -e, so nobody else has its code",
            place=f"run {editable.id[:8]}",
            next="pip wheel --no-deps -w dist PROJECT; pip install --no-deps dist/*.whl; then run it again",
        )
    return present


def _is_of_its_distribution(run: RunRow, registry: Registry) -> bool:
    """Tell whether a run is of the distribution that has its method now, in that version; a failed one may not say."""
    if run.cell.method not in registry.methods:
        return False
    plugin, said = registry.methods.entry(run.cell.method).plugin, _plugin(run)
    if not said:
        return run.state != "done"
    same = canonicalize_name(str(said.get("distribution"))) == canonicalize_name(plugin.distribution)
    return same and (plugin.distribution == FILE or said.get("version") == plugin.version)


def _is_of_its_code(run: RunRow, registry: Registry, cache: Cache) -> bool:
    try:
        repeated(run.cell, registry, cache)
    except CannotRepeat:
        return False
    return True


def _plugin(run: RunRow) -> dict[str, object]:
    return (run.environment or {}).get("plugin") or {}
