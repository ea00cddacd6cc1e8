"""The board as data: what lies in its files, behind the terminal table, the app and every export.

The fields are documented in docs/board.md, and ``format`` is raised when one changes its meaning or goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, computed_field, model_validator

from suite.contracts import Card, Column, Metric, Setting

FORMAT = 6

LEVEL = 0.95
"""Of every interval and of the set of the best."""


STATES = ("withdrawn", "disputed", "submitted", "validated", "reproduced")
"""Of a submission, the worst first."""


class Model(BaseModel):
    """Base of the board's parts: immutable, nothing unknown, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Value(Model):
    """A mean over seeds. ``low`` and ``high`` are the 95 % interval over what ``basis`` names, or None.

    Over seeds where there are several, else over the test samples of the one model.
    """

    metric: str
    subset: str
    mean: float
    low: float | None
    high: float | None
    basis: str
    n: int
    partial: bool


class SeedRun(Model):
    """The run that stands for a seed, whatever its state; ``value`` is its score in the primary column, if any."""

    seed: int
    state: str
    run: str
    value: float | None = None


class Difference(Model):
    """A row minus the best of its field in the primary column, whichever that truly is.

    ``mean`` is to the row of the first place. ``low`` and ``high`` are the 95 % interval of the difference to the best,
    made for a best that is chosen from the same data: no row is better than the best, so one end is at most zero away.
    ``p`` is of "this row is as good as the best", corrected for the number of rows. They are None, and ``basis`` is
    empty, where the data tell nothing of the spread.
    """

    mean: float
    low: float | None
    high: float | None
    p: float | None
    basis: str

    def ends(self, number: Callable[[float], str]) -> tuple[str, str] | None:
        """Return the ends of the interval as texts; ``< 0`` or ``> 0`` where it begins at zero and does not hold it.

        So it is for a row that is told apart, if only just.
        """
        if self.low is None or self.high is None:
            return None
        apart = self.p is not None and self.p < 1 - LEVEL
        low = "> 0" if apart and self.low == 0 else number(self.low)
        return low, "< 0" if apart and self.high == 0 else number(self.high)


class Place(Model):
    """A row's place in a field, by mean, and what the data say of it.

    ``best`` to ``worst`` is the 95 % interval of this row's place, ``everywhere`` the one that holds for the places of
    all rows at once. ``tied``: the row is not told apart from the best; such rows are the 95 % confidence set for it.
    """

    place: int
    best: int
    worst: int
    everywhere: tuple[int, int]
    tied: bool
    difference: Difference | None


class Origin(Model):
    """Where runs of a row come from: this store, a file that was merged into it, or a submission.

    ``name`` is that of the submission or of the file, ``by`` who made the runs, ``ended`` the day on which the last of
    them did, ``machine`` what they ran on. ``state`` is the submission's; ``state_by``, ``state_time`` and ``reason``
    say who said so, when, and why. All but ``kind`` and ``seeds`` are empty where they are not known.
    """

    kind: Literal["own", "merged", "published"]
    name: str = ""
    by: str = ""
    ended: str = ""
    machine: str = ""
    state: str = ""
    state_by: str = ""
    state_time: str = ""
    reason: str = ""
    seeds: tuple[int, ...] = ()


class Again(Model):
    """What came of running a row's cells again: the worst of the newest verdicts on its runs.

    ``by``, ``made`` and ``machine`` are of the newest one, ``seeds`` counts the runs that have one. ``proves``: the
    runs were split or are of a built-in method; else a method could have told the judge what to say.
    """

    verdict: str
    reason: str
    difference: float | None
    by: str
    made: str
    machine: str
    seeds: int
    proves: bool


class Elsewhere(Model):
    """Other runs of a row's method and parameters, which are not in it: of a submission, or of the store (no name).

    ``difference`` is the largest in the primary column at the ``seeds`` that both have; None where one has no value.
    """

    name: str
    by: str
    seeds: tuple[int, ...]
    difference: float | None


class Row(Model):
    """A method with its parameters on a task.

    ``access`` names the privileges of its track that it and its partners need. ``standing`` is ``ranked``,
    ``reference``, or ``not installed``, of which nobody knows the access; the latter two take no place.
    ``rank`` is the place among ranked rows of the same access, ``together`` that among all ranked rows; None for rows
    that are not ranked, and ``unranked`` says why where they might be. ``aside`` is the difference of a row without a
    place to the best ranked row, compared with that one alone.
    ``changed`` holds the parameters that differ from the defaults, ``chosen`` what tuning chose by seed, ``facts`` what
    its runs state and those of other rows do not. ``runs`` has one run a seed.
    ``origins`` says where the runs that count come from, ``isolation`` how the method was kept from labels and scores
    (``split``, ``fast path`` of a built-in method, ``not split``, ``mixed``), ``again`` what came of running them
    again, ``elsewhere`` what others say of the same method.
    """

    method: str
    name: str
    version: str
    parameters: dict[str, Any]
    changed: dict[str, Any]
    chosen: dict[int, dict[str, Any]]
    card: Card | None
    access: tuple[str, ...]
    standing: Literal["ranked", "reference", "not installed"]
    rank: Place | None = None
    together: Place | None = None
    aside: Difference | None = None
    unranked: str
    seeds: tuple[int, ...]
    failed: dict[str, int]
    values: tuple[Value, ...]
    cost: dict[str, float]
    facts: dict[str, str]
    runs: tuple[SeedRun, ...]
    origins: tuple[Origin, ...] = ()
    isolation: str = ""
    again: Again | None = None
    elsewhere: tuple[Elsewhere, ...] = ()

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, if the row has it."""
        values = (v for v in self.values if (v.metric, v.subset) == (column.metric, column.subset))
        return next(values, None)

    @property
    def label(self) -> str:
        """The method's name, with the parameters that were changed."""
        changed = ", ".join(f"{name}={value}" for name, value in sorted(self.changed.items()))
        return f"{self.name} ({changed})" if changed else self.name

    @property
    def source(self) -> str:
        """Whose runs it is made of, as ``own``, ``published``, ``own and published``."""
        kinds = {origin.kind for origin in self.origins}
        return " and ".join(kind for kind in ("own", "merged", "published") if kind in kinds)

    @property
    def state(self) -> str:
        """The state of the submissions that it has runs of, the worst one; empty for runs of the store alone."""
        states = [origin.state for origin in self.origins]
        return next((state for state in STATES if state in states), "")

    @property
    def difference(self) -> Difference | None:
        """The difference to the best of the row's own field, or of the ranked rows for a row without a place."""
        return self.rank.difference if self.rank else self.aside

    @property
    def scored(self) -> tuple[SeedRun, ...]:
        """The runs that the row's numbers come from and that have a value in the primary column."""
        return tuple(run for run in self.runs if run.value is not None and run.seed in self.seeds)

    @computed_field
    def points(self) -> tuple[dict[str, Any], ...]:
        """The runs that have a value under the name that they had before, for whoever reads the JSON by it."""
        return tuple({"seed": r.seed, "value": r.value, "run": r.run} for r in self.runs if r.value is not None)

    @model_validator(mode="before")
    @classmethod
    def _without_points(cls, said: Any) -> Any:
        """Leave out what is written of the runs a second time."""
        return {name: part for name, part in said.items() if name != "points"} if isinstance(said, dict) else said


class Axis(Model):
    """A condition that the task varies: the values that it declares, the default first, then others with results."""

    name: str
    values: tuple[str, ...]
    about: str


class Table(Model):
    """The rows of one task in one setting under one protocol: same task version, metrics, data and reference models.

    ``setting`` has a value for every axis of the task. ``current`` marks the protocol under which the setting was run
    last; rows of different tables are not comparable. ``comparison`` says by which paired comparison the ranks got
    their intervals. ``facts`` are those on which all rows agree; ``comparable_by`` names the facts that rows must share
    to be comparable with each other. ``predicted`` are the variances on one seed that samples predict of the
    differences between the rows with a place or an ``aside``: the lower triangle, row by row; None without samples.
    ``ended`` is when the last of its runs ended (ISO 8601, UTC). ``one_field``: all ranked rows are ranked together.
    """

    task: str
    setting: dict[str, str]
    axes: tuple[Axis, ...]
    version: str
    track: str
    tier: str
    title: str
    summary: str
    protocol: str
    current: bool
    primary: Column
    metrics: tuple[Metric, ...]
    subsets: tuple[str, ...]
    missing: tuple[str, ...]
    seeds: tuple[int, ...]
    ingredients: dict[str, str | None]
    facts: dict[str, str]
    comparable_by: tuple[str, ...]
    comparison: str
    predicted: tuple[float | None, ...] | None = None
    ended: str | None
    one_field: bool = False
    rows: tuple[Row, ...]

    def metric(self, name: str) -> Metric:
        """Return a metric of the task by name; KeyError if there is none."""
        return {metric.name: metric for metric in self.metrics}[name]

    def keeping(self, wanted: Callable[[Row], bool]) -> Table:
        """Return the table with some of its rows; places stay those among all rows, and nothing is predicted."""
        rows = tuple(row for row in self.rows if wanted(row))
        return self if len(rows) == len(self.rows) else self.model_copy(update={"rows": rows, "predicted": None})

    @property
    def accesses(self) -> list[tuple[str, ...]]:
        """The access of the ranked rows, in the order of the table; those of one access are ranked together."""
        return list(dict.fromkeys(row.access for row in self.rows if row.standing == "ranked"))

    @property
    def condition(self) -> str:
        """The setting in words, as ``precision=W8A8``; empty for a task without axes."""
        return str(Setting(self.setting))

    @property
    def arguments(self) -> list[str]:
        """The options of ``suite`` that name the task and, if it is not the default one, the setting."""
        defaults = {axis.name: axis.values[0] for axis in self.axes}
        changed = [f"{axis}={value}" for axis, value in self.setting.items() if value != defaults[axis]]
        return ["--task", self.task, *(part for text in changed for part in ("--setting", text))]

    def together(self) -> Table:
        """Return the table with all ranked rows as one field, whatever their access."""
        rows = [row.model_copy(update={"rank": row.together}) for row in self.rows]
        last = len(rows) + 1
        rows.sort(key=lambda row: (row.rank.place if row.rank else last, row.label if row.rank else ""))
        return self.model_copy(update={"rows": tuple(rows), "one_field": True})

    @property
    def fields(self) -> dict[tuple[str, ...], list[Row]]:
        """The rows that are ranked among each other, by their access, in the order of their places."""
        fields: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            if row.rank:
                fields.setdefault(() if self.one_field else row.access, []).append(row)
        return fields

    @property
    def columns(self) -> list[Column]:
        """Every column that at least one row has, by subset in the task's order, the primary one first."""
        present = {(value.metric, value.subset) for row in self.rows for value in row.values}
        columns = [
            Column(metric=metric.name, subset=subset)
            for subset in self.subsets
            for metric in self.metrics
            if (metric.name, subset) in present
        ]
        return sorted(columns, key=lambda column: column != self.primary)


class Track(Model):
    """A track's name, title and question."""

    name: str
    title: str
    question: str


class Result(Model):
    """A row's answer in short: what lists, matrices and the search show of it, without the table."""

    method: str
    label: str
    standing: str
    access: tuple[str, ...]
    place: int | None
    best: int | None
    worst: int | None
    tied: bool
    mean: float | None
    low: float | None
    high: float | None
    partial: bool
    seeds: int
    failed: int
    unranked: str
    cost: dict[str, float]
    source: str = ""
    state: str = ""
    verdict: str = ""


class Entry(Model):
    """A table in short. ``file`` is the name of its files without the ending, ``stamp`` changes when it does.

    ``scores_stamp`` changes when the scores by seed behind it do.

    ``results`` are all its rows, in the table's order; ``wanted`` and ``done`` count cells of the task's seeds.
    """

    file: str
    stamp: str
    scores_stamp: str = ""
    task: str
    setting: dict[str, str]
    axes: tuple[Axis, ...]
    version: str
    track: str
    tier: str
    title: str
    protocol: str
    current: bool
    primary: Column
    metric: Metric
    seeds: tuple[int, ...]
    missing: tuple[str, ...]
    wanted: int
    done: int
    failed: int
    ended: str | None
    results: tuple[Result, ...]

    @property
    def ranked(self) -> dict[tuple[str, ...], list[Result]]:
        """The rows that are ranked among each other, by their access, in the order of their places."""
        fields: dict[tuple[str, ...], list[Result]] = {}
        for result in self.results:
            if result.place is not None:
                fields.setdefault(result.access, []).append(result)
        return fields


class Index(Model):
    """The board without its tables: what is read first.

    ``stamp`` changes when anything of the board does but the time ``built``. ``built_from`` is by task what its tables
    were made of; ``not_installed`` are the tasks of the store that no plugin registers, with their numbers of runs.
    ``refused`` are submissions whose results are damaged, with why.
    """

    format: int = FORMAT
    suite: str
    built: str
    stamp: str
    tracks: tuple[Track, ...]
    built_from: dict[str, str] = {}
    not_installed: dict[str, int] = {}
    refused: dict[str, str] = {}
    entries: tuple[Entry, ...]
