"""A track whose cells take milliseconds, with a border: values, of which a method says whether they are above zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from suite import Column, Context, Influence, Method, Metric, Outcome, Samples, Task, TaskContext, Track, hookimpl
from suite.contracts import LOG, Border, Inconsistent, Reference

COUNT, BATCH = 60, 20


class Oracle:
    """Knows the threshold, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def threshold(self, above: float) -> float:
        """Return the threshold; it must lie above something."""
        self.asked += 1
        if above > 0:
            raise ValueError(f"the threshold is not above {above}")
        return 0.0


@dataclass(frozen=True)
class Known:
    """What there is to learn from: values [N] with their labels [N], an oracle, and a place to write to."""

    values: torch.Tensor
    labels: Sequence[int]
    oracle: Any


class Guesser(Method):
    """Says which values lie above the threshold."""

    track = "guess"

    def learn(self, known: Known, context: Context) -> None:
        """Learn; most need not."""

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Return 1 or 0 for each value [N]."""
        raise NotImplementedError


BORDER = Border(
    calls={Guesser: ("learn", "guess")},
    values=(Known, Context),
    fields={(Context, "log"): LOG, (Known, "oracle"): Reference(calls=("threshold",), reads=("asked",))},
)
ACCURACY = Metric(
    name="accuracy", direction="higher", bounds=(0, 1), unit="fraction", definition="Share of right guesses."
)


@dataclass(frozen=True)
class Guesses(Samples):
    """Labels and guesses [N]."""

    label: Any
    guess: Any

    def influence(self, column: Column) -> Influence | None:
        """Return whether each guess is right."""
        return Influence({"all": (self.label == self.guess).astype(float)})


class Sign(Task[Guesser]):
    """Values of a normal distribution."""

    id = "guess/sign"
    version = "1"
    tier = "embedded"
    title = "Signs"
    summary = "Which values lie above zero?"
    metrics = (ACCURACY,)
    primary = Column(metric="accuracy", subset="all")
    subsets = ("all",)
    seeds = (0, 1)
    samples = Guesses

    def evaluate(self, method: Guesser, context: TaskContext) -> Outcome:
        """Ask about every value, in a secret order."""
        values = context.rng("values").normal(size=COUNT).astype(np.float32)
        labels = (values > 0).astype(np.int64)
        oracle = Oracle()
        method.learn(Known(torch.from_numpy(values[:10]), labels[:10].tolist(), oracle), context.method)
        order = context.order("test").permutation(COUNT)
        guesses = np.empty(COUNT, dtype=np.int64)
        for rows in np.split(order, COUNT // BATCH):
            found = method.guess(torch.from_numpy(values[rows]))
            if found.shape != (BATCH,) or not bool(found.double().isfinite().all()):
                raise ValueError(f"expected {BATCH} finite guesses, got {found.tolist()[:3]}")
            guesses[rows] = found.long().numpy()
        if oracle.asked > 3:
            raise Inconsistent("the oracle was asked too often")
        return Outcome(Guesses(labels, guesses), facts={"asked": str(oracle.asked)})


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(Track("guess", "Guesses", "Above zero?", Guesser, border=f"{__name__}:BORDER"))


@hookimpl
def suite_register_tasks(register: Callable[[type[Task]], None]) -> None:
    """Register the task."""
    register(Sign)
