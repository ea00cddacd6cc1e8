"""Tasks: one standardized evaluation each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal

from typing_extensions import TypeVar  # with a default, which Python has from 3.13

from suite.contracts.context import TaskContext
from suite.contracts.cost import Cost
from suite.contracts.ingredient import Ingredient
from suite.contracts.method import Method
from suite.contracts.metric import Column, Metric
from suite.contracts.outcome import Outcome
from suite.contracts.requirements import Requirements
from suite.contracts.samples import Samples
from suite.contracts.setting import Axis, Setting, complete, every_setting, given_by
from suite.contracts.substitute import NETWORK, Substitute
from suite.contracts.tuning import Tuning
from suite.errors import SuiteError

Tier = Literal["embedded", "standard", "large"]
M = TypeVar("M", bound=Method, default=Any)


class Task(ABC, Generic[M]):
    """Owns a protocol: data, reference model, splits, labels and metrics. ``M`` is the contract of its methods.

    Class attributes to declare: ``id`` as ``track/name``; ``version`` (raise it when scores may change); ``tier``;
    ``title``; ``summary`` (a paragraph for the task's page: protocol, splits, what differs from other suites);
    ``metrics``; ``primary``, the column that ranks; ``subsets`` in the order of the table; ``seeds``.

    A subset is a part of one answer, a setting another question: if the method is called anew with other inputs, and
    its numbers are ranked by themselves, that is an axis.

    Attributes:
        axes: the conditions that the task varies.
        gives: the access that methods have under every setting.
        samples: the class of what a cell leaves behind.
        comparable_by: keys of `Outcome.facts` that every run states, and that rows must share to be comparable with
            each other, where the task leaves something open. The board shows which rows do; ranks are over all rows.
        formerly: ids that it had before, each with the setting that says the same today.
        cost: what a seed costs, where it was measured.
        requirements: what a cell needs of its machine, for executors that place cells.
        libraries: modules that take long to import and that most of its cells import, beside those of its track: a
            run imports them once. A cell that trains by an optimiser of torch imports ``torch._dynamo``.
        tour: the settings that a bare ``suite run`` shows, each as the values of some axes; ``({},)`` is the default
            one. All tours together take under three minutes on two cores: one small task of each track has one.
        substitute: a network in the place of the reference model, which `replaceable` returns; None for none.
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
    axes: ClassVar[tuple[Axis, ...]] = ()
    gives: ClassVar[frozenset[str]] = frozenset()
    samples: ClassVar[type[Samples]] = Samples
    comparable_by: ClassVar[tuple[str, ...]] = ()
    formerly: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    cost: ClassVar[Cost | None] = None
    requirements: ClassVar[Requirements] = Requirements()
    libraries: ClassVar[tuple[str, ...]] = ()
    tour: ClassVar[tuple[Mapping[str, str], ...]] = ()
    substitute: Substitute | None = None

    @property
    def track(self) -> str:
        """The part of the id before the slash."""
        return self.id.split("/", 1)[0]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column that a cell may have, by subset; samples say which of them they have."""
        return tuple(Column(metric=metric.name, subset=subset) for subset in self.subsets for metric in self.metrics)

    def settings(self) -> tuple[Setting, ...]:
        """Return the settings that ``--all-settings`` runs, the default first: all combinations unless overridden."""
        return every_setting(self.axes)

    def setting(self, values: Mapping[str, str]) -> Setting:
        """Return the setting of these values and of the defaults on all other axes.

        Where the task takes other networks, a value of ``network`` stays as it is.

        Raises:
            SuiteError: an axis or a value is unknown.
        """
        network = {NETWORK: values[NETWORK]} if NETWORK in values and self.replaceable() is not None else {}
        own = {axis: value for axis, value in values.items() if axis not in network}
        return Setting({**complete(self.axes, own, task=self.id), **network})

    def replaceable(self) -> Ingredient | None:
        """Return the reference model, if another network may stand in for it; a task that lets it asks `substitute`.

        It is a `suite.models.network.Network`, whose classes and transform the other network is held to.
        """
        return None

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and reference models that the scores of this seed depend on, under every setting."""
        return ()

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Return why a method is not measured under a setting, or an empty string if it is.

        A method runs where it is given all that it and its partners need, and nothing on an axis of which they make
        nothing. Cells of declined methods are not planned: this is for what a task lacks by its nature, not for
        failures.
        """
        together = (method, *partners)
        needs = frozenset[str]().union(*(each.needs for each in together))
        uses = frozenset[str]().union(*(each.uses for each in together))
        extra = given_by(self.axes, setting)
        if lacking := needs - self.gives - extra:
            enough = [
                f"{axis.name}={value}"
                for axis in self.axes
                for value in axis.values
                if lacking <= axis.gives.get(value, frozenset())
            ]
            return f"it gives no {' and no '.join(sorted(lacking))}{f'; {enough[0]} does' if enough else ''}"
        if idle := extra - needs - uses:
            return f"{' and '.join(sorted(idle))} would not be used"
        return ""

    def check(self, context: TaskContext) -> None:
        """Refuse data of which nothing can be measured; called once per seed, before any model is trained on it.

        Raises:
            SuiteError: what is wrong with it, and where. No method is blamed.
        """

    def prepare(self, context: TaskContext) -> None:
        """Compute what all methods share (models, features) into the cache; called once per seed, before the cells.

        It may use every core, whereas cells run side by side. The context's setting is the default one.
        """

    @abstractmethod
    def evaluate(self, method: M, context: TaskContext) -> Outcome:
        """Run the protocol on one method with one seed under one setting.

        An exception is recorded as the method's failure and stops nothing else.
        """

    def tune(
        self, method: type[M], fixed: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], context: TaskContext
    ) -> Tuning:
        """Choose among the grid's points, with the other parameters ``fixed``, on validation data alone.

        Raises:
            SuiteError: the task has no validation data, or the method fails at every point.
        """
        raise SuiteError(f"{self.id} cannot tune", place="--tune", next="suite run without --tune")

    def metric(self, name: str) -> Metric:
        """Return a declared metric by name.

        Raises:
            KeyError: the task has no such metric.
        """
        return {metric.name: metric for metric in self.metrics}[name]
