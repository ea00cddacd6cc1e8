"""Accuracy under shift on Camelyon17: trained on patches of three hospitals, and tested on a fourth one's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from suite.contracts import Resources, Setting
from suite.data.dataset import DataSet
from suite.data.hub import Hub
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.splits import GroupedSplits

from ..data_sets import TEXTURES

REPOSITORY, REVISION = "wltjr1007/Camelyon17-WILDS", "d784d5344ba6c967f83f9f3d9b2f1e2a4d6eb78f"
TRAIN, HELD, TEST = (
    DataSet(f"camelyon17-{split}", Hub(REPOSITORY, split, REVISION)) for split in ("train", "validation", "test")
)
TRANSFORM = Transform(size=96, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
RECIPE = Recipe(epochs=10, batch_size=32, learning_rate=1e-3, weight_decay=1e-2, threads=2)
HOSPITALS, DEVELOPED = (0, 3, 4), 1
"""Those of the training patches, and the one whose patches WILDS keeps for the choice of parameters."""


class Camelyon17Task(GeneralizationTask):
    """Tumour or not, in lymph nodes of a hospital that no training patch is from."""

    id = "ood/camelyon17"
    version = "1"
    tier = "large"
    title = "Camelyon17"
    summary = (
        "The patches of WILDS's Camelyon17 (Koh et al. 2021; Bandi et al. 2018): 96x96 RGB, tumour or none in the "
        "middle. Training is WILDS's, 302,436 patches of the hospitals 0, 3 and 4. Of its in-distribution validation "
        "patches, of the same hospitals, one half is validation here, and the other the clean test `id`. Shifted ID is "
        "WILDS's test, hospital 2. Hospital 1, whose patches WILDS develops on, is left out: no method sees it. "
        "Environments are hospitals, groups hospital and label. Far-OOD is Textures. A DenseNet-121 of timm "
        "is trained from scratch by WILDS's recipe, 10 epochs of SGD at 0.001, but with Nesterov momentum and a "
        "cosine. It takes 9 GB of memory for the pixels, and a GPU."
    )
    gives = GeneralizationTask.gives | {"groups", "environments"}
    seeds = (0, 1, 2)
    shifted = ("hospital-2",)
    far = ("textures",)

    def data(self) -> tuple[DataSet, ...]:
        """Return the three splits, and Textures, which may be missing."""
        return (TRAIN, HELD, TEST, TEXTURES)

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the splits, the same for every seed."""
        trained, held = (np.searchsorted(HOSPITALS, hospitals(data, resources)) for data in (TRAIN, HELD))
        inside = np.flatnonzero(hospitals(HELD, resources) != DEVELOPED)
        rows = np.random.default_rng(0).permutation(inside)
        validation, test = (Split(HELD, np.sort(part)) for part in np.array_split(rows, 2))
        train, shifted = Split(TRAIN), Split(TEST)
        return GroupedSplits(
            train=train,
            validation=validation,
            test=test,
            shifted={"hospital-2": shifted},
            near={},
            far={"textures": Split(TEXTURES)},
            groups=2 * trained + train.targets(resources),
            environments=trained,
            test_groups={
                "id": 2 * held[test.rows(resources)] + test.targets(resources),
                "csid/hospital-2": shifted.targets(resources),
            },
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the DenseNet-121, trained by its recipe."""
        return ReferenceModel(
            name="densenet121-camelyon17",
            architecture=Architecture("timm/densenet121", {"num_classes": 2}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: Split(TRAIN),
            trained_on="the whole train split",
            data=TRAIN,
        )


def hospitals(data: DataSet, resources: Resources) -> np.ndarray:
    """Return the hospital of each patch [N]: the column ``center`` of the same files."""
    assert isinstance(data.source, Hub)
    return replace(data.source, label="center").open(resources).labels
