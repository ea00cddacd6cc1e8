"""The same representatives watched for shorter and for longer than their basins need: false splits, false merges.

A horizon shorter than the relaxation within a basin splits it, one longer than the escape from it merges it with
others, and the exact risk does so too. What a method does beyond that is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Picture, Resources
from suite.lazy import torch
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.latent import BURN_IN, FRAMES, REPRESENTATIVES, TRAJECTORIES, Latent, Simulated
from suite.tracks.basins.metrics import HORIZON_METRICS, METRICS, false_merges, false_splits
from suite.tracks.basins.problem import EmbeddedProblem, Problem
from suite.tracks.basins.protocol import BasinTask, latents
from suite.tracks.basins.samples import NOT_FOUND, BasinSamples

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
"""Raised when the same system, factor and seed give other numbers."""


@dataclass(frozen=True)
class Stretched(Latent):
    """The representatives of a system, and their basins, at its own horizon; trajectories and risk at another.

    ``system`` has the other horizon, ``factor`` times that of ``nominal``.
    """

    nominal: Latent
    factor: float
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"x{self.factor:g}/{self.nominal.name}")

    @property
    def definition(self) -> dict[str, Any]:
        """What the nominal latent data follow from, and the factor."""
        return {"stretched": (VERSION, self.factor), **self.nominal.definition}

    def arrays(self, resources: Resources) -> dict[str, Tensor]:
        """See `Simulated`; the nominal arrays are made first."""
        nominal = self.nominal.arrays(resources)
        return resources.cache.tensors("basins", self._identity, partial(self._computed, nominal))

    def compute(self) -> dict[str, Tensor]:
        """Simulate both."""
        return self._computed(self.nominal.compute())

    def _computed(self, nominal: dict[str, Tensor]) -> dict[str, Tensor]:
        from suite.tracks.basins.dynamics.oracle import truth

        exact = truth(self.system, nominal["starts"].numpy(), FRAMES, BURN_IN)
        return {
            "starts": nominal["starts"],
            "labels": nominal["labels"],
            "trajectories": self.simulate(nominal["starts"], range(REPRESENTATIVES), 0, TRAJECTORIES),
            "risk": torch.from_numpy(exact.risk.clip(0, 0.5)),
            "ambiguous": torch.tensor(exact.ambiguous),
        }


@dataclass(frozen=True)
class StretchedProblem(EmbeddedProblem):
    """A system at a horizon, seen through an embedding."""

    @property
    def name(self) -> str:
        """Factor on the horizon and system, as ``x0.3/double-well``."""
        return self.latent.name


@dataclass(frozen=True)
class HorizonSamples(BasinSamples):
    """As `BasinSamples`; labels are of the system's own horizon, the exact risk is of the problem's."""

    @cached_property
    def _values(self) -> dict[str, dict[str, float]]:
        values = {problem: dict(known) for problem, known in super()._values.items()}
        for problem, entries in self.problems.items():
            values[problem].update(_pairs(entries))
        return values

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the sweep for ``mean``, and those of `BasinSamples` for a problem."""
        return (_sweep(self._values),) if subset == "mean" else super().pictures(subset)


class HorizonTask(BasinTask):
    """Base of the tasks that sweep the horizon: ``factors`` on each system's own, through one embedding."""

    metrics = (*METRICS, *HORIZON_METRICS)
    samples = HorizonSamples
    factors: tuple[float, ...]
    embeddings = (Embedding("linear", 50),)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "systems") and hasattr(cls, "factors"):
            groups = [f"x{factor:g}" for factor in cls.factors]
            cls.subsets = ("mean", *groups, *(f"{group}/{system}" for group in groups for system in cls.systems))

    def problems(self, seed: int, systems: Sequence[str]) -> Sequence[Problem]:
        """Return the problems of a seed with these systems."""
        return [StretchedProblem(latent, self.embeddings[0]) for latent in self._stretched(seed, systems)]

    def requires(self, seed: int) -> tuple[Simulated, ...]:
        """Return the data of a seed's problems: trajectories and truths."""
        return self._stretched(seed, self.systems)

    def _stretched(self, seed: int, systems: Sequence[str]) -> tuple[Stretched, ...]:
        return tuple(
            Stretched(replace(nominal.system, horizon=factor * nominal.system.horizon), seed, nominal, factor)
            for factor in self.factors
            for nominal in latents(systems, seed)
        )


def _pairs(entries: BasinSamples) -> dict[str, float]:
    """Return false splits and merges of one problem, found and exact; a failure has split all and merged all."""
    from suite.tracks.basins.dynamics.oracle import THRESHOLD, components

    count, exact = len(entries.label), components(np.stack(entries.exact_risk) > THRESHOLD)
    failed = entries.found[0] == NOT_FOUND
    split, merged = (np.arange(count), np.zeros(count, int)) if failed else (entries.found, entries.found)
    found = (false_splits(entries.label, split), false_merges(entries.label, merged))
    values = (*found, false_splits(entries.label, exact), false_merges(entries.label, exact))
    return dict(zip((metric.name for metric in HORIZON_METRICS), values, strict=True))


def _sweep(values: dict[str, dict[str, float]]) -> Picture:
    rows = [
        {
            "horizon": float(problem.split("/")[0][1:]),
            "system": problem.split("/")[1],
            "share": numbers[metric.name],
            "error": "merged" if "merges" in metric.name else "split",
            "by": "exact risk" if metric.name.startswith("exact") else "method",
        }
        for problem, numbers in values.items()
        for metric in HORIZON_METRICS
    ]
    scale = {"type": "log"}
    encoding = {
        "x": {"field": "horizon", "type": "quantitative", "scale": scale, "title": "horizon, in the system's own"},
        "y": {"field": "share", "type": "quantitative", "aggregate": "mean", "title": "share of pairs"},
        "color": {"field": "error", "type": "nominal", "title": "falsely"},
        "strokeDash": {"field": "by", "type": "nominal", "title": "by"},
    }
    return Picture(
        title="False splits and false merges as the horizon varies",
        description="Share of the pairs of one basin that are split, and of the pairs of two basins that are merged, "
        "in the mean over systems; by the method, and by the exact risk at that horizon.",
        spec={"height": 320, "data": {"values": rows}, "mark": {"type": "line", "point": True}, "encoding": encoding},
    )
