"""A track for tests of the board and its pages, whose stores are filled by hand: nothing of it is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite import (
    Access,
    Axis,
    Card,
    Column,
    Influence,
    Method,
    Metric,
    Outcome,
    Samples,
    Task,
    TaskContext,
    Track,
    hookimpl,
)
from suite.contracts import Picture, Resampled

BASIS = "normal approximation over marks"
DRAWN = "100 resamples of marks"
PRIVILEGE = "training data"


class DemoMethod(Method):
    """A method of this track does nothing."""

    track = "demo"
    version = "1"
    card = Card(title="For the tests", status="baseline")


class Alpha(DemoMethod):
    """A method without parameters."""

    name = "alpha"


class Beta(DemoMethod):
    """A method with a parameter."""

    name = "beta"

    class Parameters(DemoMethod.Parameters):
        """How many neighbours."""

        k: int = 50


class Gamma(DemoMethod):
    """A method with a parameter, and with a partner; it had another name once."""

    name = "gamma"
    partners = {"update": DemoMethod}
    formerly = {"gamma-coarse": {"precision": "coarse"}}

    class Parameters(DemoMethod.Parameters):
        """How hot."""

        temperature: float = 1.0


class Delta(DemoMethod):
    """A method whose results of before are those of a setting."""

    name = "delta"
    formerly = {"delta": {"precision": "coarse"}}


class Trained(DemoMethod):
    """A method that is given more than the others."""

    name = "trained"
    needs = frozenset({PRIVILEGE, "labels"})


class Chance(DemoMethod):
    """A control."""

    name = "chance"
    standing = "reference"


@dataclass(frozen=True)
class Marks(Samples):
    """Marks of two subsets [N], 1 where a sample is right."""

    subset: NDArray[Any]
    mark: NDArray[np.float64]

    def _of(self, column: Column) -> NDArray[np.float64] | None:
        marks = self.mark[self.subset == column.subset]
        return marks if marks.size else None

    def influence(self, column: Column) -> Influence | None:
        """Return the marks for accuracy."""
        marks = self._of(column)
        return None if marks is None or column.metric != "accuracy" else Influence({column.subset: marks}, BASIS)

    def resampled(self, column: Column) -> Resampled | None:
        """Return the shares of marks of 100 resamples for the error."""
        marks = self._of(column)
        if marks is None or column.metric != "error":
            return None
        draws = np.random.default_rng(0).integers(0, marks.size, (100, marks.size))
        return Resampled(1 - marks[draws].mean(axis=1), DRAWN)

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return one picture of the marks of a subset, and none of the far one, or of no marks."""
        values = [{"sample": i, "mark": mark} for i, mark in enumerate(self.mark[self.subset == subset].tolist())]
        if subset.startswith("far") or not values:
            return ()
        encoding = {axis: {"field": name, "type": "quantitative"} for axis, name in (("x", "sample"), ("y", "mark"))}
        spec = {"mark": "point", "data": {"values": values}, "encoding": encoding}
        return (Picture("Marks", f"{len(values)} marks of {subset}", spec),)


class Plain(Task[DemoMethod]):
    """A task without axes."""

    id = "demo/plain"
    version = "1"
    tier = "embedded"
    title = "Plain"
    summary = "A task without axes."
    metrics = (
        Metric(name="accuracy", direction="higher", bounds=(0, 1), unit="fraction", definition="Share that is right."),
        Metric(name="error", direction="lower", bounds=(0, 1), unit="fraction", definition="Share that is wrong."),
    )
    primary = Column(metric="accuracy", subset="near")
    subsets: tuple[str, ...] = ("near", "near/one", "far")
    seeds = (0, 1, 2, 3, 4)
    gives = frozenset({PRIVILEGE, "labels"})
    samples = Marks

    def evaluate(self, method: DemoMethod, context: TaskContext) -> Outcome:
        """Never called."""
        raise NotImplementedError


class Varied(Plain):
    """A task with two axes, whose precisions were subsets of a former task."""

    id = "demo/varied"
    title = "Varied"
    primary = Column(metric="accuracy", subset="test")
    subsets = ("test",)
    axes = (
        Axis("precision", ("fine", "coarse", "coarser"), pattern="coarse[0-9]", about="How finely numbers are kept."),
        Axis("amount", ("few", "many")),
    )
    formerly = {"demo/varied-coarse": {"precision": "coarse"}}


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    access = (Access(PRIVILEGE, "The data that the network saw.", privilege=True), Access("labels", "What is right."))
    register(Track("demo", "Demonstration", "Which is best?", DemoMethod, access))


@hookimpl
def suite_register_methods(register: Callable[[type[Method]], None]) -> None:
    """Register the methods."""
    for method in (Alpha, Beta, Gamma, Delta, Trained, Chance):
        register(method)


@hookimpl
def suite_register_tasks(register: Callable[[type[Task]], None]) -> None:
    """Register the tasks."""
    register(Plain)
    register(Varied)
