"""What every task holds, whatever its track."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from suite.cache import Cache
from suite.contracts import Method, Missing, Resources, Task, TaskContext
from suite.contracts.declared import check_task
from suite.registry import load_registry
from suite.run.evaluation import Evaluated, evaluate, prepare, seed_everything
from suite.run.reproduce.verdict import CLOCK
from suite.run.result import Result, check_result
from suite.run.scoring import scores_of
from suite.settings import load_settings
from suite.testing import cache
from suite.testing import protocols as child
from suite.testing.recording import Recorded, recorder
from suite.testing.state import restored


class TaskDeclarationContract:
    """Checks of what a task declares, without running it: override ``task``. The fixtures have the scope of the class.

    Attributes:
        task: the class under test.
    """

    task: ClassVar[type[Task]]

    @pytest.fixture(scope="class", name="task")
    @classmethod
    def _task(cls) -> type[Task]:
        return cls.task

    def test_it_is_complete(self, task: type[Task]) -> None:
        """Id, version, tier, title, summary, metrics, primary column, subsets, seeds: what the registry takes."""
        assert check_task(task) is task
        assert task.title.strip(), "the title is empty"
        assert len(task.summary) >= 40, "the summary does not say what is measured: data, splits, protocol"

    def test_its_track_takes_it(self, task: type[Task]) -> None:
        """The track of its id is registered, and knows the access that it gives."""
        track = load_registry().tracks[task.id.partition("/")[0]]
        unknown = task.gives - {access.name for access in track.access}
        assert not unknown, f"the track knows no access {', '.join(sorted(unknown))}"

    def test_its_seeds_are_different(self, task: type[Task]) -> None:
        """A seed that is there twice counts twice."""
        assert len(set(task.seeds)) == len(task.seeds), f"seeds are {task.seeds}"

    def test_its_columns_are_different(self, task: type[Task]) -> None:
        """By metric and subset, with the primary one among them."""
        columns = task().columns
        assert len(set(columns)) == len(columns), "a metric or a subset is there twice"
        assert task.primary in columns

    def test_its_settings_can_be_asked_for(self, task: type[Task]) -> None:
        """All of them, the default first."""
        made = task()
        settings = made.settings()
        assert settings[0] == made.setting({}), "the first setting is not the default one"
        assert all(made.setting(dict(setting)) == setting for setting in settings)
        assert len(set(settings)) == len(settings), "a setting is there twice"


@dataclass
class Cells:
    """Cells of a task that were run, each once, by method and seed; ``method`` is a name of its track or a class."""

    task: Task
    resources: Resources
    made: dict[tuple[Any, int], Evaluated] = field(default_factory=dict)
    prepared: set[int] = field(default_factory=set)

    def context(self, seed: int) -> TaskContext:
        """Return the context of a seed under the default setting."""
        return TaskContext(seed, self.resources, self.task.setting({}))

    def prepare(self, seed: int) -> None:
        """Prepare a seed, once; a task whose data are not at hand is skipped."""
        if seed not in self.prepared:
            try:
                prepare(self.task, self.context(seed))
            except Missing as error:
                pytest.skip(f"its data are not at hand: {error}")
            self.prepared.add(seed)

    def of(self, method: str | type[Method], seed: int) -> Evaluated:
        """Return what came of a cell."""
        key = (method, seed)
        if key not in self.made:
            self.made[key] = self.run(method, seed)
        return self.made[key]

    def run(self, method: str | type[Method], seed: int) -> Evaluated:
        """Run a cell."""
        self.prepare(seed)
        cls = method if isinstance(method, type) else load_registry().method(self.task.track, method).value
        reason = self.task.declines(cls, self.task.setting({}))
        assert not reason, f"it does not take {cls.name}, which it is checked with: {reason}"
        with restored():
            seed_everything(seed)
            return evaluate(self.task, cls(), self.context(seed))

    def twice(self, method: str | type[Method]) -> tuple[Evaluated, Evaluated]:
        """Return what came of the first seed, and of the same cell again."""
        seed = self.task.seeds[0]
        if (method, -1) not in self.made:
            self.made[method, -1] = self.run(method, seed)
        return self.of(method, seed), self.made[method, -1]

    def primary(self, method: str | type[Method], seed: int) -> float:
        """Return a cell's value in the column that ranks."""
        return next(score.value for score in self.of(method, seed).scores if score.column == self.task.primary)


class TaskContract(TaskDeclarationContract):
    """Checks of a task that is run. A track's contract derives from it and names the methods to run it with.

    Attributes:
        control: what has nothing to go by: the name of a method of the track, or a class.
        references: one of these must be better than the control.
        varied: what is run twice and with two seeds; the first reference if None.
        chance: the primary value that the control may not be better than, but for ``slack``; None where there is none.
        labels: columns of the samples that no method may be able to read while it is asked.
    """

    control: ClassVar[str | type[Method]]
    references: ClassVar[tuple[str, ...]]
    varied: ClassVar[str | None] = None
    chance: ClassVar[float | None] = None
    slack: ClassVar[float] = 0.1
    labels: ClassVar[tuple[str, ...]] = ()

    @pytest.fixture(scope="session", name="resources")
    @classmethod
    def _resources(cls, tmp_path_factory: pytest.TempPathFactory) -> Resources:
        """Return where data and the cache of shared artifacts are; SUITE_DATA and SUITE_WEIGHTS are the user's."""
        folder = cache.shared_cache(tmp_path_factory)
        return Resources(load_settings(home=folder, cache=folder, hub=False), Cache(folder))

    @pytest.fixture(scope="class", name="cells")
    @classmethod
    def _cells(cls, task: type[Task], resources: Resources) -> Cells:
        return Cells(task(), resources)

    @pytest.fixture(scope="class", name="secretive")
    @classmethod
    def _secretive(cls, cells: Cells) -> tuple[Evaluated, Recorded]:
        """Return a cell of the control, and all that it was given."""
        seed = cells.task.seeds[0]
        control = cls.control
        made = control if isinstance(control, type) else load_registry().method(cells.task.track, control).value
        kind, recorded = recorder(made)
        evaluated = cells.of(kind, seed)
        cells.made[cls.control, seed] = evaluated
        return evaluated, recorded

    @classmethod
    def secrets(
        cls, task: Task, context: TaskContext, evaluated: Evaluated, recorded: Recorded
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield what no method may hold, by what it is called: the columns `labels` of the samples, if nothing else."""
        for name in cls.labels:
            yield f"the column {name!r} of the samples", np.asarray(getattr(evaluated.outcome.samples, name))

    def test_the_control_has_no_more_than_chance(self, cells: Cells, secretive: Any) -> None:
        """A method that knows nothing must not be good at it."""
        if self.chance is None:
            pytest.skip("there is no value that mere chance has")
        value, metric = cells.primary(self.control, cells.task.seeds[0]), cells.task.metric(cells.task.primary.metric)
        better = value - self.chance if metric.direction == "higher" else self.chance - value
        assert better <= self.slack, f"the control has {cells.task.primary} = {value:.3f}, and chance is {self.chance}"

    def test_a_reference_is_better_than_the_control(self, cells: Cells, secretive: Any) -> None:
        """What is measured can be done."""
        task, seed = cells.task, cells.task.seeds[0]
        sign = 1 if task.metric(task.primary.metric).direction == "higher" else -1
        control, values = cells.primary(self.control, seed), dict[str, float]()
        for name in self.references:
            values[name] = cells.primary(name, seed)
            if sign * values[name] > sign * control:
                return
        found = ", ".join(f"{name} {value:.3f}" for name, value in values.items())
        pytest.fail(f"none is better than the control with {control:.3f} in {task.primary}: {found}")

    def test_every_score_is_a_declared_one(self, cells: Cells, secretive: tuple[Evaluated, Recorded]) -> None:
        """Within its metric's bounds, the primary one among them."""
        evaluated, _ = secretive
        result = Result(state="done", scores=evaluated.scores, missing=evaluated.outcome.missing)
        assert check_result(cells.task, result) is None

    def test_rescoring_gives_the_same_scores(self, cells: Cells, secretive: tuple[Evaluated, Recorded]) -> None:
        """From the samples as a file stores them."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(secretive[0].table, sink)
        table = pq.read_table(pa.BufferReader(sink.getvalue()))
        assert scores_of(cells.task, cells.task.samples.read(table)) == secretive[0].scores

    def test_the_same_seed_gives_the_same_scores(self, cells: Cells) -> None:
        """Of whatever no clock measures."""
        one, other = (_unclocked(cells.task, each) for each in cells.twice(self.varied or self.references[0]))
        different = [column for column in one if one[column] != other.get(column)]
        assert not different, f"{len(different)} scores differ, the first is {different[0]}: draw from context.rng"

    def test_another_seed_gives_other_samples(self, cells: Cells) -> None:
        """Or the task has one seed, since nothing is drawn."""
        if len(cells.task.seeds) < 2:
            pytest.skip("the task has one seed")
        method = self.varied or self.references[0]
        one, again = (each.table for each in cells.twice(method))
        other = cells.of(method, cells.task.seeds[1]).table
        repeated = [name for name in one.column_names if one[name].equals(again[name])]
        assert any(not one[name].equals(other[name]) for name in repeated), (
            f"{method} has the same samples with the seeds {cells.task.seeds[:2]}: nothing is drawn"
        )

    def test_no_method_is_given_a_label(self, cells: Cells, secretive: tuple[Evaluated, Recorded]) -> None:
        """Nothing that it can reach without a call holds the labels of the test, in the order in which it is asked."""
        evaluated, recorded = secretive
        context = cells.context(cells.task.seeds[0])
        secrets = {
            what: _pattern(values)
            for what, values in self.secrets(cells.task, context, evaluated, recorded)
            if len(np.unique(values)) > 1
        }
        if not secrets:
            pytest.skip("the track does not say what is secret")
        assert recorded.calls, "the control was never asked"
        held = [
            f"{call}, {where}: {what}"
            for call, where, array in recorded.arrays
            for what, secret in secrets.items()
            if len(array) == len(secret) and np.array_equal(_pattern(array), secret)
        ]
        assert not held, f"a method can read labels of the test: {held[0]}"

    def test_its_protocol_is_the_same_in_every_process(self, task: type[Task], cells: Cells) -> None:
        """And differs from setting to setting."""
        cells.prepare(cells.task.seeds[0])
        where = [task.__module__, task.__qualname__, task.id, str(cells.resources.settings.cache_folder)]
        here = child.protocols(*where)
        assert len(set(here.values())) == len(here), "two settings share a protocol"
        done = subprocess.run(
            [sys.executable, "-P", child.__file__, json.dumps(where)],
            env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert json.loads(done.stdout) == here, "another process finds another protocol: a set in what identifies data?"

    def test_missing_optional_data_is_told(self, cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
        """And everything else is measured."""
        seed = cells.task.seeds[0]
        cells.prepare(seed)
        optional = [each for each in cells.task.requires(seed) if each.optional]
        if not optional:
            pytest.skip("none of its data is optional")
        for each in optional:
            _lose(each, monkeypatch)
        without = cells.run(self.varied or self.references[0], seed)
        assert without.outcome.missing, "nothing is said to be missing"
        result = Result(state="done", scores=without.scores, missing=without.outcome.missing)
        assert check_result(cells.task, result) is None


def _unclocked(task: Task, evaluated: Evaluated) -> dict[Any, float]:
    return {s.column: s.value for s in evaluated.scores if task.metric(s.metric).unit != CLOCK}


def _pattern(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return which entries are equal, whatever they are called: 0 for the first value met, 1 for the second."""
    _, first, numbers = np.unique(values, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[numbers.reshape(-1)]


def _lose(ingredient: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an optional ingredient be missing."""
    source = getattr(ingredient, "source", None)
    owner, known = (type(ingredient), "known_fingerprint") if source is None else (type(source), "stamp")
    wanted, original = source or ingredient, getattr(owner, known)

    def lost(self: Any, resources: Resources) -> Any:
        if self == wanted:
            raise Missing("taken away for a check")
        return original(self, resources)

    monkeypatch.setattr(owner, known, lost)
