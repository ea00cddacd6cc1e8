"""What a cell yields: samples, cost and facts, and the scores that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass, field, replace

from pydantic import BaseModel, ConfigDict, Field

from suite.contracts.interval import Interval
from suite.contracts.metric import Column
from suite.contracts.samples import Samples, Value


class Inconsistent(ValueError):
    """A method's answers contradict each other, so that no score can be made of them: its run is invalid."""


class Score(BaseModel):
    """One finite number: a metric on a subset.

    ``n`` counts what it was computed from: samples, or data sets where it is a mean over data sets. ``partial`` marks
    a mean from which a data set was missing; it is shown as such and never ranked with a complete one. ``interval``
    covers the spread over the test samples of this one model, where the samples can tell.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    metric: str
    subset: str = Field(min_length=1, max_length=100)
    value: float
    n: int = Field(ge=1)
    partial: bool = False
    interval: Interval | None = None

    @property
    def column(self) -> Column:
        """Where the score stands in the task's table."""
        return Column(metric=self.metric, subset=self.subset)


@dataclass(frozen=True)
class Outcome:
    """What `Task.evaluate` returns. Scores are not in it: they follow from the samples.

    ``Outcome(scores=...)`` is short for samples that have `measured` these numbers, which follow from nothing else.

    Attributes:
        samples: what every score follows from; stored as Parquet.
        cost: what the method spent, by name with its unit, as ``{"fit_seconds": 0.1}``.
        missing: subsets that could not be evaluated because their data is not at hand.
        facts: short statements to show beside the scores, as the reference model's accuracy.
    """

    samples: Samples = field(default_factory=Samples)
    cost: dict[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    scores: InitVar[Sequence[Score]] = ()

    def __post_init__(self, scores: Sequence[Score]) -> None:
        """Take the scores into what was measured."""
        numbers = {each.column: Value(each.value, each.n, each.partial, each.interval) for each in scores}
        if numbers:
            measured = {**self.samples.measured, **numbers}
            object.__setattr__(self, "samples", replace(self.samples, measured=measured))


def missing_part(subset: str, missing: Iterable[str]) -> str | None:
    """Return a missing subset that is a part of the mean ``subset``, as ``near/svhn`` is of ``near``; or None."""
    return next((part for part in missing if part.startswith(f"{subset}/")), None)
