"""Where a detector draws the boundary of ID, itself or by conformal prediction, and what that boundary is worth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from suite.contracts import Axis, Column, Influence, Metric, Outcome, Picture, Resources, TaskContext, Value
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.lazy import torch
from suite.models.features import extract, linear_head
from suite.models.network import Network
from suite.tracks.ood.contract import Batch, BoundedDetector, Detector
from suite.tracks.ood.fitting import OODMethod, fit
from suite.tracks.ood.pictures import border_picture, histogram_picture
from suite.tracks.ood.plane import Plane
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.samples import ScoredSamples, is_inside
from suite.tracks.ood.splits import Development, Splits

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

INSIDE = "id"
PLANE = b"basin-suite.plane"
"""The key of a stored table's metadata under which the plane stands."""
OWN = 4
"""One in so many validation images is the method's own; the others calibrate, and it does not see them."""
DRAWN = Axis(
    "boundary",
    ("claimed", "conformal"),
    about="Whose boundary: the method's, where it claims one, or for all methods that of conformal prediction.",
)


def level_axis(images: int = 99) -> Axis:
    """Return the axis of levels, 95 first: those that so many validation images can calibrate, 19 or more."""
    top = min(99, 100 * images // (images + 1))
    values = tuple(level for level in ("95", "90", "99") if int(level) <= top)
    pattern = "|".join(map(str, range(1, top + 1)))
    return Axis("level", values, pattern=pattern, about="Per cent of ID that is to be kept.")


def calibrating(validation: int) -> int:
    """Return how many of so many validation images calibrate; the others are the method's own."""
    return validation - validation // OWN


LEVEL = level_axis()
KEPT = Metric(
    name="id_kept",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of ID test images that the method accepts at its boundary. More is better only beside what "
    "it accepts of OOD: a method that promises 95 % and keeps 99 % has not kept its promise.",
)
ACCEPTED = Metric(
    name="ood_accepted",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of OOD images that the method accepts at its boundary; mean over sets.",
)
BALANCED = Metric(
    name="balanced_accuracy",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Mean of the share of ID accepted and the share of OOD refused, at the method's boundary; mean over "
    "OOD sets. Accepting everything has 50 %.",
)


@dataclass(frozen=True)
class BoundarySamples(ScoredSamples):
    """Test images, ``id``, ``near/<set>`` and ``far/<set>``; what scores at the ``boundary`` or above is accepted.

    Attributes:
        boundary: the same for all [N].
        plane: the border in the plane of two principal components, where the method scores features alone.
        sets: how many OOD sets the task has in each group; of the class, since samples do not tell what is missing.
    """

    boundary: NDArray[np.float64]
    plane: Plane | None = field(default=None, kw_only=True)
    sets: ClassVar[Mapping[str, int]] = {}

    def table(self) -> pa.Table:
        """Return the arrays as a table, with the plane in its metadata."""
        table = super().table()
        return table if self.plane is None else table.replace_schema_metadata({PLANE: self.plane.stored()})

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the samples of a stored table; those of earlier versions of the suite have no plane."""
        stored = (table.schema.metadata or {}).get(PLANE)
        return replace(super().read(table), plane=None if stored is None else Plane.read(stored))

    def value(self, column: Column) -> Value | None:
        """Return the mean of a column's influence; partial where an OOD set of its group is missing."""
        found = super().value(column)
        if found is None or len(self._sets(column.subset)) >= self.sets.get(column.subset, 0):
            return found
        return Value(found.value, found.n, partial=True)

    def influence(self, column: Column) -> Influence | None:
        """Return each image's part: 0 or 1, over the number of sets."""
        accepted = (self.score >= self.boundary).astype(np.float64)
        kept, sets = accepted[self.subset == INSIDE], self._sets(column.subset)
        if column == Column(metric=KEPT.name, subset=INSIDE):
            return Influence({INSIDE: kept})
        if not sets or column.metric == KEPT.name:
            return None
        taken = {name: accepted[self.subset == name] / len(sets) for name in sets}
        if column.metric == ACCEPTED.name:
            return Influence(taken)
        return Influence({INSIDE: kept / 2, **{name: (1 / len(sets) - part) / 2 for name, part in taken.items()}})

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the histogram of the scores of ID and the subset's OOD, and the border in the plane."""
        names = (INSIDE, *self._sets(subset))
        if not names[1:]:
            return ()
        histogram = histogram_picture({name: self.score[self.subset == name] for name in names})
        if self.plane is None:
            return (histogram,)
        accepted = self.score >= self.boundary
        return (histogram, border_picture(self.plane, names, self.subset[self.plane.rows], accepted[self.plane.rows]))

    def _sets(self, subset: str) -> list[str]:
        """Return the OOD sets of a group, or the one of this name; those that are at hand."""
        names = [name for name in dict.fromkeys(self.subset) if not is_inside(name)]
        return [name for name in names if subset in (name, name.partition("/")[0])]


class BoundaryTask(OODTask):
    """Base of the tasks that judge a detector's boundary, on network and splits of an OOD task, which is ``of``.

    One with fewer than 132 validation images, of which 99 calibrate, declares ``axes`` with the levels that they can.
    """

    metrics = (BALANCED, KEPT, ACCEPTED)
    primary = Column(metric=BALANCED.name, subset="near")
    axes = (DRAWN, LEVEL)
    of: ClassVar[type[OODTask]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not hasattr(cls, "of"):
            return super().__init_subclass__(**kwargs)
        cls.near, cls.far, cls.seeds, cls.gives = cls.of.near, cls.of.far, cls.of.seeds, cls.of.gives
        super().__init_subclass__(**kwargs)

        class TaskSamples(BoundarySamples):
            sets = {"near": len(cls.near), "far": len(cls.far)}

        cls.samples = TaskSamples

    def data(self) -> tuple[DataSet, ...]:
        """Return the data sets of the other task."""
        return self.of().data()

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits of the other task."""
        return self.of().splits(seed, resources)

    def model(self, seed: int) -> Network:
        """Return the network of the other task."""
        return self.of().model(seed)

    def tuned_on(self, seed: int, resources: Resources) -> Development:
        """Return what methods are fitted on: images that parameters were chosen by could calibrate nothing."""
        return self._divided(seed, resources)[0]

    def evaluate(self, method: OODMethod, context: TaskContext) -> Outcome:
        """Score as the other task does, and set the scores off against the boundary: the method's, or a conformal one.

        Raises:
            ValueError: the method's boundary is no finite number, or there are too few images to calibrate the level.
        """
        splits, setting = self.splits(context.seed, context.resources), self.setting(context.setting)
        development, calibration = self._divided(context.seed, context.resources)
        fitted = fit(method, self.given_model(context.seed), development, context)
        if isinstance(method, BoundedDetector) and setting[DRAWN.name] == "claimed":
            boundary, drawn = _number(method), "by the method itself"
        else:
            level = int(setting[LEVEL.name]) / 100
            boundary = conformal_boundary(fitted.test({INSIDE: calibration}, "calibration").arrays["score"], level)
            drawn = f"conformal, {level:.0%} of ID by {len(calibration.rows(context.resources))} validation images"
        outcome = self.tested(fitted, splits, context, boundary=boundary)
        assert isinstance(outcome.samples, BoundarySamples), "they are of the task's class"
        samples = replace(outcome.samples, plane=self._plane(method, development, outcome, boundary, context))
        return replace(outcome, samples=samples, facts={**outcome.facts, "boundary": f"{boundary:.6g}, {drawn}"})

    def _plane(
        self, method: OODMethod, seen: Development, outcome: Outcome, boundary: float, context: TaskContext
    ) -> Plane | None:
        """Return the border in the plane; None for a method that scores images."""
        if not isinstance(method, Detector) or "images" in method.needs:
            return None
        resources, model = context.resources, self.given_model(context.seed)
        head = linear_head(model.load(resources))
        splits = self.splits(context.seed, resources)
        tests = {name: s for name, s in {**splits.inside, **splits.ood}.items() if name not in outcome.missing}

        def score(features: torch.Tensor) -> torch.Tensor:
            there = features.to(resources.device)
            with torch.no_grad():
                return method.score(Batch(there, head(there)))

        features = {name: extract(model, split, resources)["features"] for name, split in tests.items()}
        return Plane.of(score, extract(model, seen.train, resources)["features"], features, boundary)

    def _divided(self, seed: int, resources: Resources) -> tuple[Development, Split]:
        """Return what a method sees, with its own part of the validation images, and those that calibrate."""
        development = self.development(seed, resources)
        count = len(development.validation.rows(resources))
        places = TaskContext(seed, resources).rng("calibration").permutation(count)
        own, calibration = (
            development.validation.part(np.sort(part), resources) for part in np.split(places, [count // OWN])
        )
        return replace(development, validation=own), calibration


def _number(method: BoundedDetector) -> float:
    claimed = method.boundary()
    try:
        boundary = float(claimed)
    except (TypeError, ValueError, RuntimeError):  # the last is torch's, of several numbers
        boundary = float("nan")
    if not np.isfinite(boundary):
        raise ValueError(f"{method.name} claims the boundary {claimed!r}. It must be a finite number")
    return boundary


def conformal_boundary(scores: NDArray[np.float64], level: float) -> float:
    """Return the boundary that split conformal prediction draws on calibration scores [n], higher = more like ID.

    It is the ``floor((n + 1)(1 - level))``-th smallest. A new ID sample that is exchangeable with these is accepted
    with probability at least ``level``, in the mean over calibration draws, and at most ``1 / (n + 1)`` more where no
    scores tie. Source: Vovk, Gammerman and Shafer 2005; for outliers Bates et al. 2023.

    Raises:
        ValueError: there are too few scores for the level.
    """
    rank = int(np.floor((len(scores) + 1) * (1 - level) + 1e-9))
    if rank < 1:
        needed = int(np.ceil(1 / (1 - level) - 1e-9)) - 1
        raise ValueError(f"a level of {level:.0%} needs {needed} calibration images. There are {len(scores)}")
    return float(np.sort(scores)[rank - 1])
