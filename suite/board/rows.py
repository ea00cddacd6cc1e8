"""A row of a table: what its runs say, averaged over seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

from suite.board.model import Row
from suite.contracts import Method, Parameters
from suite.registry import Registry
from suite.store.stored import StoredRun, parsed

UNFINISHED = ("running", "stale", "late")
Members = Sequence[type[Method] | None]
"""The method of a row, and then its partners; None for one that is not installed."""


def counted(seeds: Sequence[int], runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Return the done runs that a row's numbers come from, by seed: those of the task's own seeds if there are any."""
    done = sorted((run for run in runs if run.state == "done"), key=lambda run: run.seed)
    return [run for run in done if run.seed in seeds] or done  # seeds beyond the task's own are not mixed in


def make_row(
    registry: Registry,
    method: str,
    seeds: Sequence[int],
    runs: Sequence[StoredRun],
    scored: Mapping[str, float | None],
    values: Sequence[Mapping[str, Any]],
    facts: Mapping[str, str],
    marks: Mapping[str, Any],
    declared: Mapping[str, type[Method]],
) -> Row:
    """Return the row of a method with its parameters, from one run of each seed; it has no place yet.

    ``scored`` are the runs that count, by id, with their values in the primary column; ``values`` are `Value` as data;
    ``marks`` say whose the runs are; ``declared`` are methods that are not installed.
    """
    parameters = parsed(runs[0].parameters)
    members = members_of(registry, method, parameters) if method not in declared else [declared[method]]
    needs = frozenset[str]().union(*(member.needs for member in members if member))
    by_seed = sorted(runs, key=lambda run: run.seed)
    counting = [run for run in by_seed if run.id in scored]
    done = {run.seed for run in counting}
    track, _, name = method.partition("/")
    return Row.model_validate(  # at once: an object for each of its parts would take twice the time
        {
            "method": method,
            "name": name,
            "version": runs[0].method_version,
            "parameters": parameters,
            "changed": changed(members[0], parameters),
            "chosen": {run.seed: tuning["chosen"] for run in counting if (tuning := parsed(run.tuning))},
            "card": members[0].card if members[0] else None,
            "access": tuple(sorted(needs & registry.tracks[track].privileges)),
            "standing": members[0].standing if members[0] and all(members) else "not installed",
            "seeds": tuple(run.seed for run in counting),
            "failed": dict(Counter(run.state for run in runs if run.state not in ("done", *UNFINISHED))),
            "values": values,
            "cost": _mean_cost(counting),
            "facts": dict(facts),
            "runs": [
                {"seed": run.seed, "state": run.state, "run": run.id, "value": scored.get(run.id)} for run in by_seed
            ],
            **marks,
            "unranked": marks["unranked"] or _lacking([seed for seed in seeds if seed not in done], by_seed),
        }
    )


def _lacking(seeds: Sequence[int], runs: Sequence[StoredRun]) -> str:
    """Return why seeds have no value, as ``seeds 0–4 failed, seed 7 is not done``; nothing if there are none."""
    ended = {run.seed for run in runs if run.state not in ("done", *UNFINISHED)}
    failed, waiting = [seed for seed in seeds if seed in ended], [seed for seed in seeds if seed not in ended]
    parts = [f"{_seeds(failed)} failed"] if failed else []
    if waiting:
        parts.append(f"{_seeds(waiting)} {'is' if len(waiting) == 1 else 'are'} not done")
    return ", ".join(parts)


def _seeds(seeds: Sequence[int]) -> str:
    """Return ``seed 3``, or ``seeds 0–4, 7, 9``."""
    spans: list[list[int]] = []
    for seed in sorted(seeds):
        if spans and seed == spans[-1][-1] + 1:
            spans[-1].append(seed)
        else:
            spans.append([seed])
    texts = [f"{span[0]}–{span[-1]}" if len(span) > 2 else ", ".join(map(str, span)) for span in spans]
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(texts)}"


def members_of(registry: Registry, name: str, parameters: Mapping[str, Any]) -> Members:
    """Return the method of a cell, and then its partners, which stand in its parameters as ``ring(size=3)``."""
    if name not in registry.methods:
        return [None]
    method = registry.methods[name]
    labels = [str(parameters[role]).partition("(")[0] for role in method.partners if parameters.get(role)]
    if not labels:
        return [method]
    installed = {entry.value.name: entry.value for entry in registry.methods_of(method.track)}
    return [method, *map(installed.get, labels)]


def changed(method: type[Method] | None, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are not the method's defaults: all, if the method is not installed."""
    defaults = _defaults(method.Parameters) if method else {}
    return {key: value for key, value in parameters.items() if key not in defaults or defaults[key] != value}


@lru_cache
def _defaults(parameters: type[Parameters]) -> dict[str, Any]:
    return parameters().model_dump(mode="json")


def _mean_cost(runs: Sequence[StoredRun]) -> dict[str, float]:
    """Return the mean of each cost over the runs that state it."""
    stated: dict[str, list[float]] = {
        "wall_seconds": [run.wall_seconds for run in runs if run.wall_seconds is not None],
        "peak_memory_bytes": [run.peak_memory_bytes for run in runs if run.peak_memory_bytes is not None],
    }
    for cost in from_json(f"[{','.join(run.cost or 'null' for run in runs)}]"):
        for name, value in (cost or {}).items():
            stated.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in stated.items() if values}
