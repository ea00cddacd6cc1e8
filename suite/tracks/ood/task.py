"""What the tasks of the track share: one trained network, the splits that methods are fitted on, and how they tune."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from suite.contracts import Ingredient, Method, Missing, Resources, Setting, Task, TaskContext, Tuning
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.errors import SuiteError
from suite.grid_search import search
from suite.models.accuracy import check_knows
from suite.models.features import extract, is_extracted, linear_head
from suite.models.network import Network
from suite.tracks.ood.fitting import OODMethod
from suite.tracks.ood.splits import Development
from suite.tracks.ood.tuning import validation_auroc


class DetectionTask(Task[OODMethod]):
    """Base of `OODTask` and `ShiftingTask`.

    A task whose network has a recipe adds ``training data`` to ``gives``, one with auxiliary outliers ``outliers``.
    """

    gives = frozenset({"images", "network"})

    @abstractmethod
    def model(self, seed: int) -> Network:
        """Return the reference model of a seed."""

    @abstractmethod
    def data(self) -> tuple[DataSet, ...]:
        """Return every data set of the task; OOD test sets may be optional."""

    @abstractmethod
    def development(self, seed: int, resources: Resources) -> Development:
        """Return what methods are fitted and tuned on: the splits of a seed without the tests."""

    def tuned_on(self, seed: int, resources: Resources) -> Development:
        """Return what methods are tuned on: all of `development`, unless a task keeps a part of it from them."""
        return self.development(seed, resources)

    @abstractmethod
    def tests(self, seed: int, resources: Resources) -> Iterable[Split]:
        """Return every test split of a seed, at hand or not."""

    def replaceable(self) -> Network:
        """Return the reference model of the first seed: any classifier of the ID classes can be asked instead."""
        return self.model(self.seeds[0])

    def given_model(self, seed: int) -> Network:
        """Return the network that methods are given: the reference model, or the one that stands in for it."""
        return self.substitute if isinstance(self.substitute, Network) else self.model(seed)

    @property
    def network_facts(self) -> dict[str, str]:
        """What a cell says of a network that stands in; nothing of the reference model, which the task describes."""
        return self.substitute.facts if self.substitute is not None else {}

    def declines(self, method: type[Method], setting: Setting, partners: Sequence[type[Method]] = ()) -> str:
        """Return also that a network without a recipe cannot be trained again."""
        reason = super().declines(method, setting, partners)
        if not reason and self.substitute is not None and "training data" in method.needs:
            return "a network of your own has no recipe to train it again by"
        return reason

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the data sets and the seed's network."""
        return (*self.data(), self.given_model(seed))

    def check(self, context: TaskContext) -> None:
        """Refuse splits without images, and training labels that the network has no class for."""
        resources = context.resources
        splits, tests = self.development(context.seed, resources), self.tests(context.seed, resources)
        classes = linear_head(self.given_model(context.seed).architecture.build()).out_features
        splits.train.check("training", resources, classes)
        splits.validation.check("validation", resources, classes)
        for split in (*splits.validation_ood.values(), *tests):
            if at_hand(split, resources):
                split.check("test", resources)

    def prepare(self, context: TaskContext) -> None:
        """Train the model if need be and extract the features of every split that is at hand.

        Raises:
            SuiteError: a network stands in that does not know the ID classes.
        """
        resources, model = context.resources, self.given_model(context.seed)
        splits = self.development(context.seed, resources)
        inside, tests = (splits.train, splits.validation), self.tests(context.seed, resources)
        if self.substitute is not None:
            check_knows(model, splits.validation, resources)
        for split in (*inside, *splits.validation_ood.values(), *tests):
            if at_hand(split, resources) and not is_extracted(model, split, resources):
                extract(model, split, resources)

    def tune(
        self,
        method: type[OODMethod],
        fixed: Mapping[str, Any],
        grid: Mapping[str, Sequence[Any]],
        context: TaskContext,
    ) -> Tuning:
        """Return the point of the grid with the largest mean AUROC over the OOD validation sets; the first of equals.

        Raises:
            SuiteError: there is no OOD validation data, or the method fails at every point.
        """
        splits, model = self.tuned_on(context.seed, context.resources), self.given_model(context.seed)
        sets = ", ".join(splits.validation_ood)
        if not sets:
            raise SuiteError(
                f"{self.id} has no OOD validation data for tuning",
                place="--tune",
                next="suite run without --tune",
            )
        return search(
            method,
            fixed,
            grid,
            lambda candidate: validation_auroc(candidate, model, splits, context),
            measured=f"mean AUROC of ID validation against {sets} (validation)",
            data=splits.validation_digest(context.resources),
        )


def at_hand(split: Split, resources: Resources) -> bool:
    """Tell whether an optional data set is there; for another, `Missing` says that it is not."""
    try:
        split.data.source.stamp(resources)
    except Missing:
        if split.data.optional:
            return False
        raise
    return True
