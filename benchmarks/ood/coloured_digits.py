"""Accuracy under shift on digits whose colour goes with the class in training, and not in a test."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Axis, Cost, Resources, Setting
from suite.data.coloured import COLOURS, Coloured
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.repeated import RepeatedSamples
from suite.tracks.ood.generalization.samples import PredictedSamples
from suite.tracks.ood.generalization.splits import GroupedSplits

from ..data_sets import DIGITS
from .digits import IN, LEFT_OUT, RECIPE, TRAIN, partition

TRANSFORM = Transform(size=8, channels=3, scale=16.0)
STRENGTH = Axis(
    "strength",
    ("95", "100", "80", "50"),
    about="Per cent of the training images that have their class's colour; the others have any of the other five.",
)
Numbers = NDArray[np.int64]


class ColouredDigitsTask(GeneralizationTask):
    """Six digit classes with a colour each in training, coloured at random and against the class in the tests."""

    id = "ood/coloured-digits"
    version = "1"
    tier = "embedded"
    title = "Coloured digits"
    summary = (
        "ID and partition are those of ood/digits: six classes, 500 training, 60 validation and 513 test images a "
        "seed. Each class has a colour of six. In training, validation and the clean test `id` an image has its "
        "class's colour with the probability `strength`, else one of the other five at random; in `csid/random` any "
        "colour is equally likely, whatever the class, and in `csid/conflicting` it is never the class's own. The "
        "largest channel of a pixel is the grey image, so that whoever looks away from the colour loses nothing. "
        "Groups are class and whether the colour agrees: twelve. Training images come from two environments of equal "
        "size, in which half as many and one and a half times as many images as on average have another colour. "
        "OOD is the four digits left out, coloured at random. The small convolutional network of ood/digits is trained "
        "by its recipe. After coloured MNIST (Arjovsky et al. 2019), with more classes, without noise on the labels "
        "and with 1/100 of the images."
    )
    gives = GeneralizationTask.gives | {"groups", "environments", "colour"}
    seeds = tuple(range(5))
    axes = (STRENGTH,)
    cost = Cost(preparation=0.1, cell=0.7)
    samples: ClassVar[type[PredictedSamples]] = RepeatedSamples
    shifted = ("random", "conflicting")
    near = ("left-out-digits",)

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits, of which everything is made."""
        return (DIGITS,)

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the seed's partition, with the colours drawn by the seed."""
        train, validation, test = partition(seed, resources)
        rng, rate = np.random.default_rng([seed, 1]), 1 - int(setting[STRENGTH.name]) / 100
        environments = rng.permutation(np.arange(TRAIN) % 2)
        other = (rng.random(TRAIN) < rate * (0.5 + environments)).astype(np.int64)
        colours = _coloured(train.targets(resources), other, rng)
        out = np.flatnonzero(np.isin(DIGITS.open(resources).labels, LEFT_OUT))
        labels = test.targets(resources)
        tests = {
            "id": _coloured(labels, (rng.random(len(labels)) < rate).astype(np.int64), rng),
            "csid/random": rng.integers(len(COLOURS), size=len(labels)),
            "csid/conflicting": _coloured(labels, np.ones_like(labels), rng),
        }
        held = validation.targets(resources)
        held_colours = _coloured(held, (rng.random(len(held)) < rate).astype(np.int64), rng)
        return GroupedSplits(
            train=_painted("train", train, colours, resources),
            validation=_painted("validation", validation, held_colours, resources),
            test=_painted("test", test, tests["id"], resources),
            shifted={name: _painted(name, test, tests[f"csid/{name}"], resources) for name in self.shifted},
            near={
                "left-out-digits": _painted(
                    "left-out", Split(DIGITS, out), rng.integers(len(COLOURS), size=len(out)), resources
                )
            },
            far={},
            groups=_groups(train.targets(resources), colours),
            environments=environments,
            test_groups={name: _groups(labels, painted) for name, painted in tests.items()},
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the small network, trained by its recipe on the colours of the default strength."""
        return ReferenceModel(
            name="small-cnn-coloured-digits",
            architecture=Architecture("small-cnn", {"classes": len(IN), "channels": 3}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: self.splits(seed, resources, self.setting({})).train,
            trained_on=f"{TRAIN} coloured images of {IN}, the seed's partition, version {self.version}",
            data=DIGITS,
        )


def _coloured(labels: Numbers, other: Numbers, rng: np.random.Generator) -> Numbers:
    """Return the colour of each image [N]: its class's, or where ``other`` is 1 one of the other five."""
    colours: Numbers = (labels + other * rng.integers(1, len(COLOURS), size=len(labels))) % len(COLOURS)
    return colours


def _groups(labels: Numbers, colours: Numbers) -> Numbers:
    """Return class and whether the colour is another one, as one number [N]."""
    groups: Numbers = 2 * labels + (labels != colours)
    return groups


def _painted(name: str, split: Split, colours: Numbers, resources: Resources) -> Split:
    """Return the same rows and labels in these colours [N]."""
    rows = split.rows(resources)
    painted = np.zeros(len(split.data.open(resources)), dtype=np.int64)
    painted[rows] = colours
    source = Coloured(split.data.source, tuple(painted.tolist()))
    return Split(DataSet(f"digits-coloured-{name}", source), rows, split.labels)
