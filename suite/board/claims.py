"""Which runs a row is made of, where a method's runs come from the store and from submissions.

Runs of the store and published ones stand in one row if version and source of the method agree; runs of two submissions
never do. Where both have a seed, the run of the store counts. Where they cannot stand together, the row with more of
the task's seeds is shown, of two equal ones the own one, and says by how much the others differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from suite.hashing import canonical_json
from suite.store.published import Published
from suite.store.stored import StoredRun, parsed

T = TypeVar("T")
K = TypeVar("K")
Owners = Mapping[str, Published]
Code = tuple[str, str | None]
"""A method's version, and the hash of its source if that is part of its cells' identity."""
CodeNow = Callable[[], Code | None]
"""What returns the code that is registered now, None if the method is not; called only if runs are of several."""


@dataclass(frozen=True)
class Claim:
    """The runs of a row, one a seed, and the finished runs of the same method and parameters that are not in it."""

    runs: list[StoredRun]
    others: list[StoredRun] = field(default_factory=list)


def claims(runs: Sequence[StoredRun], seeds: Sequence[int], owners: Owners, now: CodeNow) -> list[Claim]:
    """Return the rows of a method, one for each choice of parameters, from all its runs under one protocol."""
    if not any(run.id in owners for run in runs):
        return [Claim(one_per_seed(variant)) for variant in _variants(of_one_code(runs, now))]
    by_owner = grouped(runs, lambda run: owners[run.id].name if run.id in owners else "")
    newest = [run for of_owner in by_owner.values() for run in of_one_code(of_owner, now)]
    return [_claim(variant, seeds, owners) for variant in _variants(newest)]


def _claim(variant: Sequence[StoredRun], seeds: Sequence[int], owners: Owners) -> Claim:
    own = one_per_seed([run for run in variant if run.id not in owners])
    theirs = grouped((run for run in variant if run.id in owners), lambda run: owners[run.id].name)
    candidates = [own] if own else []
    for of_one in theirs.values():
        published = one_per_seed(of_one)
        joins = own and _code(own[0]) == _code(published[0]) and not _withdrawn(published[0], owners)
        candidates.append(_together(own, published) if joins else published)

    def order(runs: Sequence[StoredRun]) -> tuple[Any, ...]:
        done = sum(run.state == "done" and run.seed in seeds for run in runs)
        foreign = [owners[run.id] for run in runs if run.id in owners]
        return _withdrawn(runs[0], owners) and bool(foreign), -done, len(foreign), any(not o.packaged for o in foreign)

    chosen = min(candidates, key=order)
    taken = {run.id for run in chosen}
    left = [run for run in variant if run.state == "done" and run.id not in taken]
    return Claim(list(chosen), left)


def _together(own: Sequence[StoredRun], published: Sequence[StoredRun]) -> list[StoredRun]:
    """Return one run a seed: that of the store, unless it has not come to scores and the published one has."""
    runs = {run.seed: run for run in published}
    for run in own:
        if run.state == "done" or runs.get(run.seed, run).state != "done":
            runs[run.seed] = run
    return list(runs.values())


def of_one_code(runs: Sequence[StoredRun], now: CodeNow) -> list[StoredRun]:
    """Keep a method's runs of the version and source that is registered now; if there are none, that was run last."""
    of_code: dict[Code | None, list[StoredRun]] = {**grouped(runs, _code)}
    if len(of_code) == 1:
        return list(runs)
    registered, newest = now(), _code(max(runs, key=lambda run: run.started))
    return of_code[registered if registered in of_code else newest]


def one_per_seed(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Return of each seed the finished run, or else the latest."""
    by_seed: dict[int, StoredRun] = {}
    for run in runs:
        known = by_seed.setdefault(run.seed, run)
        if known is not run and recency([run]) > recency([known]):
            by_seed[run.seed] = run
    return list(by_seed.values())


def recency(runs: Sequence[StoredRun]) -> tuple[bool, Any]:
    """Return what is largest for the run that finished last."""
    return max((run.state == "done", run.started) for run in runs)


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return the items by their key, in their order."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _variants(runs: Sequence[StoredRun]) -> list[list[StoredRun]]:
    return list(grouped(runs, lambda run: _canonical(run.parameters)).values())


def _withdrawn(run: StoredRun, owners: Owners) -> bool:
    return run.id in owners and owners[run.id].standing.state == "withdrawn"


def _code(run: StoredRun) -> Code:
    return run.method_version, run.source


@lru_cache
def _canonical(parameters: str) -> str:
    return canonical_json(parsed(parameters))
