"""Metrics: a name, a direction, bounds, a unit and a definition, and a version for all of them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Direction = Literal["higher", "lower"]


class Metric(BaseModel):
    """One way to measure. Two numbers are comparable only if their metrics have the same name and version.

    ``direction`` says which way is better; ``bounds`` are inclusive, None where there is none. A metric of unit
    ``fraction`` is stored in 0..1 and shown in per cent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")
    version: str = "1"
    direction: Direction
    bounds: tuple[float | None, float | None] = (None, None)
    unit: str = Field(min_length=1, max_length=30)
    definition: str = Field(min_length=10, max_length=1000)

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        low, high = self.bounds
        if low is not None and high is not None and low >= high:
            raise ValueError(f"bounds {self.bounds} of metric {self.name!r} are not ordered")
        return self

    @property
    def key(self) -> str:
        """Name and version, as ``auroc@1``."""
        return f"{self.name}@{self.version}"

    def contains(self, value: float) -> bool:
        """Tell whether ``value`` lies within the bounds."""
        low, high = self.bounds
        return (low is None or value >= low) and (high is None or value <= high)

    def shown(self, value: float) -> float:
        """Return the value as people read it: fractions in per cent."""
        return 100 * value if self.unit == "fraction" else value

    @property
    def shown_unit(self) -> str:
        """The unit of `shown`."""
        return "%" if self.unit == "fraction" else self.unit


class Column(BaseModel):
    """One column of a task's table: a metric on a subset, as ``auroc`` on ``near``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    subset: str

    def __str__(self) -> str:
        return f"{self.metric} {self.subset}"
