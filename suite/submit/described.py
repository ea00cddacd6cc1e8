"""What a submission.yaml has to say of runs: their packages, and tasks, settings, methods, parameters and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suite.contracts import Method
from suite.contracts.setting import beyond_defaults
from suite.discovery import OWN
from suite.errors import SuiteError
from suite.hashing import canonical_json
from suite.registry import Registry
from suite.store.rows import RunRow
from suite.store.submission.document import Declared


def packages_of(runs: Sequence[RunRow], registry: Registry) -> list[dict[str, Any]]:
    """Return the distributions that the methods of these runs came from, each with its methods.

    Raises:
        SuiteError: a run does not say, or a method came from several.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for run in runs:
        plugin = (run.environment or {}).get("plugin") or {}
        if plugin.get("version"):
            found.setdefault((str(plugin["distribution"]), str(plugin["version"])), set()).add(run.cell.method)
        elif run.state == "done":
            raise SuiteError(
                f"{run.cell.method} came from a file, not from an installed package",
                place=f"run {run.id[:8]}",
                next="install its package, run it again without --plugin, then pack",
            )
    several = [name for names in found.values() for name in names if sum(name in each for each in found.values()) > 1]
    if several:
        raise SuiteError(
            f"{several[0]} has runs of several versions",
            place="the store",
            next="choose runs of one version: --task, --method",
        )
    return [
        {
            "distribution": distribution,
            "version": version,
            "names": sorted(names),
            **({} if distribution == OWN else {"declared": _declared(sorted(names), registry)}),
        }
        for (distribution, version), names in sorted(found.items())
    ]


def _declared(names: Sequence[str], registry: Registry) -> dict[str, Any]:
    """Return what those methods declare that are installed."""
    return {
        name: declared(registry.methods[name]).model_dump(mode="json") for name in names if name in registry.methods
    }


def declared(method: type[Method]) -> Declared:
    """Return what a method's class declares."""
    return Declared(
        card=method.card,
        needs=tuple(sorted(method.needs)),
        uses=tuple(sorted(method.uses)),
        standing=method.standing,
        parameters=method.Parameters().model_dump(mode="json"),
    )


def runs_of(runs: Sequence[RunRow], registry: Registry) -> list[dict[str, Any]]:
    """Return the entries of ``runs`` that name exactly the cells of these runs."""
    seeds: dict[tuple[str, str, str, str], set[int]] = {}
    settings: dict[str, dict[str, str]] = {}
    changed: dict[str, dict[str, Any]] = {}
    for run in runs:
        setting, parameters = _setting(run, registry), _changed(run, registry)
        texts = canonical_json(setting), canonical_json(parameters)
        settings[texts[0]], changed[texts[1]] = setting, parameters
        seeds.setdefault((run.cell.task, texts[0], run.cell.method, texts[1]), set()).add(run.cell.seed)
    together: dict[tuple[str, str, tuple[int, ...], str], list[str]] = {}
    for (task, setting_text, method, parameter_text), of_cell in seeds.items():
        together.setdefault((task, parameter_text, tuple(sorted(of_cell)), setting_text), []).append(method)
    entries: dict[tuple[str, str, tuple[int, ...], tuple[str, ...]], list[str]] = {}
    for (task, parameter_text, numbers, setting_text), methods in together.items():
        entries.setdefault((task, parameter_text, numbers, tuple(sorted(methods))), []).append(setting_text)
    return [
        {
            "task": task,
            "settings": [settings[text] for text in sorted(texts)],
            "methods": list(methods),
            **({"parameters": changed[parameter_text]} if changed[parameter_text] else {}),
            "seeds": list(numbers),
        }
        for (task, parameter_text, numbers, methods), texts in sorted(entries.items())
    ]


def _setting(run: RunRow, registry: Registry) -> dict[str, str]:
    if run.cell.task not in registry.tasks:
        return dict(run.cell.setting)
    task = registry.tasks[run.cell.task]()
    try:
        return beyond_defaults(task.axes, task.setting(run.cell.setting))
    except SuiteError:  # the axis or the value is not there any more
        return dict(run.cell.setting)


def _changed(run: RunRow, registry: Registry) -> dict[str, Any]:
    """Return the parameters that are not the defaults, as METHOD.NAME; all of a method that is not installed."""
    defaults: Mapping[str, Any] = {}
    if run.cell.method in registry.methods:
        method = registry.methods[run.cell.method]()
        defaults = {**method.parameters.model_dump(mode="json"), **{r: b.label for r, b in method.beside.items()}}
    name = run.cell.method.partition("/")[2]
    return {
        f"{name}.{parameter}": value
        for parameter, value in run.cell.parameters.items()
        if isinstance(value, bool | int | float | str) and (parameter not in defaults or defaults[parameter] != value)
    }
