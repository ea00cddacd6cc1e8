"""Tasks: one standardized evaluation each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from suite.contracts.context import TaskContext
from suite.contracts.ingredient import Ingredient
from suite.contracts.method import Method
from suite.contracts.metric import Column, Metric
from suite.contracts.outcome import Outcome, Score
from suite.contracts.picture import Picture
from suite.contracts.tuning import Tuning
from suite.errors import SuiteError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Influence = Mapping[str, NDArray[np.float64]]

Tier = Literal["embedded", "standard", "large"]


class Task(ABC):
    """Owns a protocol: data, reference model, splits, labels and metrics.

    Class attributes to declare: ``id`` as ``track/name``; ``version`` (raise it when scores may change); ``tier``;
    ``title``; ``summary`` (a paragraph for the task's page: protocol, splits, what differs from other suites);
    ``metrics``; ``primary``, the column that ranks; ``subsets`` in the order of the table; ``seeds``.

    A task whose methods may differ in what it leaves open names those facts in ``comparable_by``: keys of
    `Outcome.facts` that every run states, and that rows must share to be comparable with each other. The board shows
    which rows do; ranks are over all rows of a league nonetheless.
    """

    id: ClassVar[str]
    version: ClassVar[str]
    tier: ClassVar[Tier]
    title: ClassVar[str]
    summary: ClassVar[str]
    metrics: ClassVar[tuple[Metric, ...]]
    primary: ClassVar[Column]
    subsets: ClassVar[tuple[str, ...]]
    seeds: ClassVar[tuple[int, ...]]
    comparable_by: ClassVar[tuple[str, ...]] = ()

    @property
    def track(self) -> str:
        """The part of the id before the slash."""
        return self.id.split("/", 1)[0]

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and reference models that the scores of this seed depend on."""
        return ()

    def declines(self, method: type[Method]) -> str:
        """Return why a method of the track cannot be measured by this task, or an empty string if it can.

        Cells of declined methods are not planned. It is for what a task lacks by its nature, not for failures.
        """
        return ""

    def prepare(self, context: TaskContext) -> None:  # noqa: B027 - nothing to share is a right answer
        """Compute what all methods share (models, features) into the cache; called once per seed, before the cells.

        It may use every core, whereas cells run side by side.
        """

    @abstractmethod
    def evaluate(self, method: Method, context: TaskContext) -> Outcome:
        """Run the protocol on one method with one seed.

        An exception is recorded as the method's failure and stops nothing else.
        """

    def tune(
        self, method: type[Method], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Choose among the grid's points, with the other parameters ``fixed``, on validation data alone.

        Raises:
            SuiteError: the task has no validation data, or the method fails at every point.
        """
        raise SuiteError(f"{self.id} cannot tune", place="--tune", next="suite run without --tune")

    def rescore(self, samples: pa.Table) -> tuple[Score, ...] | None:
        """Return the scores of a stored per-sample table by the metrics as they are now, or None if it cannot tell."""
        return None

    def influence(self, samples: pa.Table, column: Column) -> Influence | None:
        """Return each sample's influence on a column, by stratum, or None where the column has none.

        The column's value is the sum of the strata's means of these arrays [N]. Tables of the same seed have their
        samples in the same order, so that two methods can be compared sample by sample.
        """
        return None

    def resamples(self, samples: Sequence[pa.Table], column: Column) -> list[NDArray[np.float64]] | None:
        """Return a column's value of each table on the same random resamples of the test samples, or None.

        Each array [R] has the values of one table; R is the task's choice.
        """
        return None

    def pictures(self, samples: pa.Table, subset: str) -> tuple[Picture, ...]:
        """Return pictures of one value of the column ``subset`` of a stored per-sample table, for the run's page.

        None unless a task says otherwise. The table may come from an earlier version of the task; raising costs the
        page nothing but the pictures.
        """
        return ()

    def metric(self, name: str) -> Metric:
        """Return a declared metric by name.

        Raises:
            KeyError: the task has no such metric.
        """
        return {metric.name: metric for metric in self.metrics}[name]
