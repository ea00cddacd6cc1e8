"""OOD detection on scikit-learn's digits: seconds on a laptop, no download, hard enough to rank."""

from __future__ import annotations

import numpy as np

from suite.contracts import Cost, Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.jigsaw import jigsaw
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.splits import Splits

from ..data_sets import DIGITS

LEFT_OUT = (4, 5, 6, 9)  # look-alikes of 1, 3, 0 and 8, and 7: MSP's near AUROC must lie between 80 and 95 %
IN = tuple(digit for digit in range(10) if digit not in LEFT_OUT)
TRAIN, VALIDATION = 500, 60
JIGSAWS = 500

PATCHES = DataSet("photograph-patches", Embedded("photograph-patches"))
NOISE = DataSet("uniform-noise", Embedded("uniform-noise"))

TRANSFORM = Transform(size=8, channels=1, scale=16.0)
RECIPE = Recipe(epochs=20, batch_size=64, learning_rate=3e-3, weight_decay=1e-2, optimiser="adamw")


def partition(seed: int, resources: Resources) -> tuple[Split, Split, Split]:
    """Return (train, validation, test) of the six ID classes, drawn anew for each seed, labels renumbered 0..5."""
    labels = DIGITS.open(resources).labels
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(np.isin(labels, IN)))
    renumbered = np.searchsorted(IN, labels)
    parts = np.split(rows, [TRAIN, TRAIN + VALIDATION])
    train, validation, test = (Split(DIGITS, part, renumbered[part]) for part in parts)
    return train, validation, test


class DigitsTask(OODTask):
    """Six digit classes against the four look-alikes left out, photographs and noise."""

    id = "ood/digits"
    version = "2"
    tier = "embedded"
    title = "Digits, look-alikes left out"
    summary = (
        "ID is six classes of scikit-learn's 8x8 digits (0, 1, 2, 3, 7, 8); near-OOD is the four left out (4, 5, "
        "6, 9), far-OOD grey 8x8 patches of scikit-learn's two sample photographs and uniform noise. A small "
        "convolutional network is trained per seed on 500 images; 60 are kept for validation, the rest of the ID "
        "images are the test set. OOD validation, new in version 2, is 500 jigsaws, each of four quadrants of four "
        "validation images of different classes; the auxiliary outliers are 500 more, made of training images: tuning "
        "and training see no left-out digit, and no image of a test. The partition and the network differ from seed "
        "to seed, the class split does not. It was chosen among all 210 so that MSP's near AUROC lies between 80 and "
        "95 %, where methods can be told apart; a test holds it there. Scores here rank methods on small networks "
        "and small data, and say nothing of ImageNet."
    )
    gives = OODTask.gives | {"training data", "outliers"}
    seeds = tuple(range(10))
    cost = Cost(preparation=0.7, cell=0.12)
    tour = ({},)
    near = ("left-out-digits",)
    far = ("photograph-patches", "uniform-noise")

    def data(self) -> tuple[DataSet, ...]:
        """Return the digits, the patches and the noise."""
        return (DIGITS, PATCHES, NOISE)

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the seed's random partition of ID, and all of every OOD set."""
        train, validation, test = partition(seed, resources)
        left_out = np.flatnonzero(np.isin(DIGITS.open(resources).labels, LEFT_OUT))
        return Splits(
            train=train,
            validation=validation,
            test=test,
            near={"left-out-digits": Split(DIGITS, left_out)},
            far={"photograph-patches": Split(PATCHES), "uniform-noise": Split(NOISE)},
            validation_ood={"jigsaw": jigsaw("jigsaw-validation", validation, JIGSAWS, 0, resources)},
            outliers={"jigsaw": jigsaw("jigsaw-train", train, JIGSAWS, 1, resources)},
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the seed's small network; training takes about a second."""
        return ReferenceModel(
            name="small-cnn-digits",
            architecture=Architecture("small-cnn", {"classes": len(IN)}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: partition(seed, resources)[0],
            trained_on=f"{TRAIN} images of {IN}, the seed's partition, version {self.version}",
            data=DIGITS,
        )
