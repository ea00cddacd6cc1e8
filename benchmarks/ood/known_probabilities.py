"""Calibration on images whose true class probabilities are known."""

from __future__ import annotations

import numpy as np

from suite.contracts import Cost, Resources, Setting
from suite.data.dataset import DataSet
from suite.data.noisy_templates import TOP, NoisyTemplates
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.known import KnownTask
from suite.tracks.ood.generalization.splits import GroupedSplits

from .digits import RECIPE

NOISE = {"id": 8.0, "clearer": 6.0, "noisier": 10.0}
TRAIN, VALIDATION, TEST = 1000, 500, 1000
TRANSFORM = Transform(size=8, channels=1, scale=float(TOP))


class KnownProbabilitiesTask(KnownTask):
    """Mean digits in noise of known size: the probabilities of the ten classes follow by Bayes' rule."""

    id = "ood/known-probabilities"
    version = "1"
    tier = "embedded"
    title = "Known probabilities"
    summary = (
        "An image is the mean image of one of scikit-learn's ten digits with independent Gaussian noise, rounded and "
        "clipped to 0..16, so that the probability of each class given the image is exact by Bayes' rule. 1,000 "
        "images train the small convolutional network of ood/digits, 500 validate and 1,000 test, drawn anew for each "
        "seed, at noise 8 (of 16), where the best possible accuracy is 83 %; `csid/clearer` has noise 6 (95 %) and "
        "`csid/noisier` noise 10 (69 %). Their true probabilities are those of their own noise, which a network that "
        "was trained at 8 cannot know. Ranked by how far the network's probabilities are from the true ones "
        "(`excess_log_score`, a Kullback-Leibler divergence). Beside them stand what one can measure elsewhere, where "
        "the truth is not known, and the true calibration error, of which `calibration_error` and "
        "`plug_in_calibration_error` are two estimates: the task says which is right. Synthetic: nothing here says "
        "how well calibrated a network is on photographs."
    )
    seeds = tuple(range(10))
    cost = Cost(preparation=0.5, cell=1.7)
    shifted = ("clearer", "noisier")

    def data(self) -> tuple[DataSet, ...]:
        """Return every seed's images."""
        return tuple(part.data for seed in self.seeds for part in self.parts(seed).values())

    def parts(self, seed: int) -> dict[str, Split]:
        """Return (train, validation, and the tests by name), drawn by the seed."""
        counts = {"train": (NOISE["id"], TRAIN), "validation": (NOISE["id"], VALIDATION)}
        counts |= {name: (noise, TEST) for name, noise in NOISE.items()}
        streams = np.random.SeedSequence([seed, 19]).generate_state(len(counts))
        return {
            name: Split(DataSet(f"noisy-digits-{name}-{seed}", NoisyTemplates(noise, count, int(stream))))
            for (name, (noise, count)), stream in zip(counts.items(), streams, strict=True)
        }

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the seed's images."""
        parts = self.parts(seed)
        shown = {name: parts[name] for name in self.shifted}
        train, validation, test = parts["train"], parts["validation"], parts["id"]
        return GroupedSplits(train=train, validation=validation, test=test, shifted=shown, near={}, far={})

    def model(self, seed: int) -> ReferenceModel:
        """Return the small network and its recipe."""
        train = self.parts(seed)["train"]
        return ReferenceModel(
            name="small-cnn-noisy-digits",
            architecture=Architecture("small-cnn", {"classes": 10}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: train,
            trained_on=f"{TRAIN} images of mean digits in noise {NOISE['id']:g}, version {self.version}",
            data=train.data,
        )
