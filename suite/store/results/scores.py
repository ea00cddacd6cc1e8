"""The scores of a folder of results as arrays, checked all at once: half a million take a fraction of a second."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from suite.contracts import Interval
from suite.contracts.outcome import missing_part
from suite.store.columns import Recorded
from suite.store.results.refusal import Refused
from suite.store.results.tables import Columns
from suite.store.rows import ScoreRow
from suite.store.transfer.document import IntervalPart, RunPart, check_storable

REQUIRED = ("run", "metric", "metric_version", "subset", "value", "n", "partial")
_METRIC = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LONGEST = {"metric_version": 40, "subset": 100, "basis": 200}


class ScoreColumns:
    """The scores of runs, in the order in which they were written.

    Raises:
        Refused: a score is of no finished run, of no metric of its cell, twice there, or no number.
    """

    def __init__(self, columns: Columns, runs: Sequence[RunPart]) -> None:
        self._columns = columns
        self._names = {name: columns.texts(name) for name in ("run", "metric", "metric_version", "subset", "basis")}
        self._values, self._n = columns.numbers("value"), columns.numbers("n")
        self._partial = columns.numbers("partial").astype(bool)
        self._check_texts()
        self._check_numbers()
        self._check_owners(runs)

    @cached_property
    def recorded(self) -> Recorded:
        """All of them, by run and column."""
        (runs, at), (metrics, of_metric), (subsets, of_subset) = (
            self._names[name] for name in ("run", "metric", "subset")
        )
        pairs, of = np.unique(np.stack([of_metric, of_subset]), axis=1, return_inverse=True)
        columns = [(metrics[metric], subsets[subset]) for metric, subset in pairs.T.tolist()]
        order = np.argsort(at, kind="stable")
        rows = {run: number for number, run in enumerate(runs)}
        return Recorded(
            rows,
            columns,
            at[order].astype(np.int32),
            of.reshape(-1)[order].astype(np.int32),
            self._values[order],
            self._partial[order],
        )

    def of(self, run: str) -> tuple[ScoreRow, ...]:
        """Return the scores of a run."""
        return tuple(self._score(place) for place in self._places(run))

    def written(self, run: str) -> list[tuple[str, str]]:
        """Return metric and subset of a run's scores, in the order in which they were written."""
        return [(self._text("metric", place), self._text("subset", place)) for place in self._places(run)]

    def intervals(self, runs: Iterable[str]) -> dict[tuple[str, str, str], Interval]:
        """Return the intervals over samples of these runs, by run, metric and subset."""
        found = {}
        for run in runs:
            for place in self._places(run):
                interval = self._interval(place)
                if interval is not None:
                    found[run, self._text("metric", place), self._text("subset", place)] = interval
        return found

    @cached_property
    def _by_run(self) -> dict[str, list[int]]:
        runs, at = self._names["run"]
        places: dict[str, list[int]] = {}
        for place, number in enumerate(at.tolist()):
            places.setdefault(runs[number], []).append(place)
        return places

    def _places(self, run: str) -> list[int]:
        return self._by_run.get(run, [])

    def _text(self, name: str, place: int) -> str:
        texts, numbers = self._names[name]
        return texts[int(numbers[place])]

    @cached_property
    def _intervals(self) -> list[list[Any]]:
        return [self._columns.values(name) for name in ("low", "high", "level", "basis", "interval_n")]

    def _interval(self, place: int) -> Interval | None:
        low, high, level, basis, n = (values[place] for values in self._intervals)
        return None if low is None else Interval(low=low, high=high, level=level, basis=basis, n=n)

    def _score(self, place: int) -> ScoreRow:
        metric, version, subset = (self._text(name, place) for name in ("metric", "metric_version", "subset"))
        value, n, partial = self._values[place], self._n[place], self._partial[place]
        return ScoreRow(metric, version, subset, float(value), int(n), bool(partial), self._interval(place))

    def _check_texts(self) -> None:
        for name, (texts, _) in self._names.items():
            for text in texts:
                check_storable(text)
                if len(text) > _LONGEST.get(name, 100) or not text:
                    raise Refused(f"scores: {name} {text[:50]!r} is empty or too long")
            if len(set(texts)) < len(texts):
                raise Refused(f"scores: {name} has the same text twice")
        wrong = [metric for metric in self._names["metric"][0] if not _METRIC.fullmatch(metric)]
        if wrong:
            raise Refused(f"scores: {wrong[0][:50]!r} is not the name of a metric")

    def _check_numbers(self) -> None:
        if not np.isfinite(self._values).all():
            raise Refused("scores: a value is NaN or infinite")
        if (self._n < 1).any():
            raise Refused("scores: a value has no sample")
        keys = np.stack([self._names[name][1] for name in ("run", "metric", "subset")])
        if np.unique(keys, axis=1).shape[1] < keys.shape[1]:
            raise Refused("scores: one run has two for the same metric and subset")
        parts = self._intervals
        for values in zip(*parts, strict=True):
            if any(value is not None for value in values):
                IntervalPart.model_validate(dict(zip(("low", "high", "level", "basis", "n"), values, strict=True)))

    def _check_owners(self, runs: Sequence[RunPart]) -> None:
        known = {run.id: run for run in runs if run.state == "done"}
        combined = np.stack([self._names[name][1] for name in ("run", "metric", "metric_version")])
        for run, metric, version in np.unique(combined, axis=1).T.tolist():
            name = self._names["run"][0][run]
            key = f"{self._names['metric'][0][metric]}@{self._names['metric_version'][0][version]}"
            if name not in known:
                raise Refused(f"scores of {name[:32]!r}, which is not a finished run")
            if key not in _metrics(known[name].cell.identity):
                raise Refused(f"the cell of run {name} has no metric {key}")
        for run_part in (run for run in runs if run.missing):
            for place in self._places(run_part.id):
                part = missing_part(subset := self._text("subset", place), run_part.missing)
                if part and not self._partial[place]:
                    raise Refused(f"run {run_part.id}: {subset} is a mean without {part}, not marked as partial")


def _metrics(identity: str) -> list[str]:
    metrics: list[str] = json.loads(identity)["metrics"]
    return metrics
