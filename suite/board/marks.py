"""What a row says of where its runs come from, and of what came of running them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from suite.board.claims import Claim, grouped
from suite.board.model import Again, Elsewhere, Origin
from suite.board.sources import Runs
from suite.contracts import Column
from suite.discovery import OWN
from suite.registry import Registry
from suite.store.published import Published
from suite.store.rows import Reproduction, RunRow
from suite.store.stored import StoredRun, parsed
from suite.text import clean

WORST_FIRST = ("different", "cannot", "within tolerance", "equal")


def marks(claim: Claim, counting: Sequence[StoredRun], runs: Runs, primary: Column) -> dict[str, Any]:
    """Return the fields of `Row` that say whose its runs are, how they ran, and what came of them elsewhere."""
    told = counting or claim.runs
    return {
        "origins": origins(told, runs),
        "isolation": isolation(told, runs.source.registry),
        "again": again(vouched(told, runs.owners), verdicts_on(claim, told, runs), runs.source.registry),
        "elsewhere": elsewhere(claim.others, counting, runs, primary),
        "unranked": withdrawn(told, runs.owners),
    }


def vouched(told: Sequence[StoredRun], owners: Mapping[str, Published]) -> list[StoredRun]:
    """Return the runs of the store, and of submissions whose history is about the files that lie there."""
    return [run for run in told if run.id not in owners or owners[run.id].standing.time]


def verdicts_on(claim: Claim, told: Sequence[StoredRun], runs: Runs) -> dict[str, Reproduction]:
    """Return the verdicts on runs, or else on others of the same cell, kept apart alike, with equal scores."""
    found = {run.id: runs.source.verdicts[run.id] for run in told if run.id in runs.source.verdicts}
    judged = {run.cell: run for run in vouched(claim.others, runs.owners) if run.id in runs.source.verdicts}
    for run in told:
        other = judged.get(run.cell)
        if run.id not in found and other is not None and _agree(run, other, runs):
            found[run.id] = runs.source.verdicts[other.id]
    return found


def _agree(run: StoredRun, other: StoredRun, runs: Runs) -> bool:
    registry, rows, values = runs.source.registry, runs.scores.rows, runs.scores.values
    if isolation([run], registry) != isolation([other], registry) or not {run.id, other.id} <= rows.keys():
        return False
    return np.array_equal(values[rows[run.id]], values[rows[other.id]], equal_nan=True)


def origins(told: Sequence[StoredRun], runs: Runs) -> list[Origin]:
    """Return where runs come from: the store, files that were merged, submissions."""

    def source(run: StoredRun) -> str:
        return f"submission {runs.owners[run.id].name}" if run.id in runs.owners else run.origin or ""

    return [_origin(of_one, runs.owners.get(of_one[0].id)) for of_one in grouped(told, source).values()]


def _origin(runs: Sequence[StoredRun], owner: Published | None) -> Origin:
    seeds = tuple(sorted(run.seed for run in runs))
    ended = max((str(run.ended)[:10] for run in runs if run.ended), default="")
    if owner is not None:
        standing = owner.standing
        environments = {owner.results.part(run.id).environment for run in runs}
        machines = sorted({machine(owner.results.environments.get(each or "")) for each in environments} - {""})
        return Origin(
            kind="published",
            name=owner.name,
            by=owner.by,
            ended=ended,
            machine="; ".join(machines),
            state=standing.state,
            state_by=standing.by,
            state_time=standing.time,
            reason=standing.reason,
            seeds=seeds,
        )
    came = parsed(runs[0].origin)
    if came:
        file, by = clean(came.get("file", ""))[:200], clean(came.get("by", ""))[:100]
        return Origin(kind="merged", name=file, by=by, ended=ended, seeds=seeds)
    return Origin(kind="own", ended=ended, seeds=seeds)


def published_origin(owner: Published, run: RunRow) -> Origin:
    """Return where a run of a submission comes from."""
    standing = owner.standing
    return Origin(
        kind="published",
        name=owner.name,
        by=owner.by,
        ended=str(run.ended)[:10],
        machine=machine(run.environment),
        state=standing.state,
        state_by=standing.by,
        state_time=standing.time,
        reason=standing.reason,
        seeds=(run.cell.seed,),
    )


def machine(environment: Mapping[str, Any] | None) -> str:
    """Return processor and cores of the machine that a run was made on, and its system; nothing if it is not known."""
    about = (environment or {}).get("machine") or {}
    parts = (about.get("cpu"), f"{about['cores']} cores" if about.get("cores") else None)
    return clean(", ".join(str(part) for part in parts if part))[:200]


def isolation(told: Sequence[StoredRun], registry: Registry) -> str:
    """Return how the method was kept from labels and scores: ``split``, ``fast path``, ``not split`` or ``mixed``."""
    ways = set()
    for run in told:
        said = parsed(run.isolation)
        trusted = is_built_in(run.method, registry)
        ways.add("split" if said and said.get("split") else "fast path" if trusted else "not split")
    return ways.pop() if len(ways) == 1 else "mixed" if ways else ""


def is_built_in(method: str, registry: Registry) -> bool:
    """Tell whether a method is one of the suite's own, which are trusted beside the judge."""
    return method in registry.methods and registry.methods.entry(method).plugin.distribution == OWN


def again(told: Sequence[StoredRun], verdicts: Mapping[str, Reproduction], registry: Registry) -> Again | None:
    """Return what came of running a row's cells again: the worst of their newest verdicts, and of how many seeds.

    Only runs in which the method was kept from its judge prove anything of it, but for built-in methods.
    """
    known = [(run, verdicts[run.id]) for run in told if run.id in verdicts]
    if not known:
        return None
    _, worst = min(known, key=lambda pair: WORST_FIRST.index(pair[1].verdict))
    newest = max((each for _, each in known), key=lambda each: str(each.made))
    return Again(
        verdict=worst.verdict,
        reason=clean(worst.reason)[:300],
        difference=worst.difference,
        by=clean(newest.reproducer),
        made=newest.made.isoformat(timespec="seconds") if newest.made else "",
        machine=machine(newest.environment) or clean(newest.device or ""),
        seeds=len(known),
        proves=isolation(told, registry) in ("split", "fast path"),
    )


def elsewhere(
    others: Sequence[StoredRun], counting: Sequence[StoredRun], runs: Runs, primary: Column
) -> list[Elsewhere]:
    """Return what other runs of the same method and parameters say, and by how much at the seeds that both have."""
    here = {run.seed: run for run in counting}
    found = []
    for of_one in grouped(others, lambda run: runs.owners[run.id].name if run.id in runs.owners else "").values():
        both = [run for run in of_one if run.seed in here]
        if not both:
            continue
        pairs = [(_value(here[run.seed], runs, primary), _value(run, runs, primary)) for run in both]
        gaps = [abs(a - b) for a, b in pairs if a is not None and b is not None]
        owner = runs.owners.get(of_one[0].id)
        found.append(
            Elsewhere(
                name=owner.name if owner else "",
                by=owner.by if owner else "",
                seeds=tuple(sorted(run.seed for run in both)),
                difference=max(gaps, default=None),
            )
        )
    return found


def withdrawn(told: Sequence[StoredRun], owners: Mapping[str, Published]) -> str:
    """Return why a row of withdrawn runs takes no place; nothing for others."""
    standings = [owners[run.id].standing for run in told if run.id in owners]
    gone = next((each for each in standings if each.state == "withdrawn"), None)
    return f"withdrawn{f': {gone.reason}' if gone.reason else ''}" if gone else ""


def _value(run: StoredRun, runs: Runs, column: Column) -> float | None:
    key = (column.metric, column.subset)
    if run.id not in runs.scores.rows or key not in runs.scores.columns:
        return None
    value = float(runs.scores.values[runs.scores.rows[run.id], runs.scores.columns.index(key)])
    return None if value != value else value
