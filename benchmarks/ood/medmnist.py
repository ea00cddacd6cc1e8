"""Accuracy under shift on MedMNIST's organs: trained on one view of the body, and tested on the other two."""

from __future__ import annotations

import numpy as np

from suite.contracts import Axis, Resources, Setting
from suite.data.dataset import DataSet
from suite.data.hub_arrays import HubArrays
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.ood.generalization.protocol import GeneralizationTask
from suite.tracks.ood.generalization.splits import GroupedSplits

CLASSES = 11
TRANSFORM = Transform(size=28, channels=1, mean=(0.5,), std=(0.5,))
RECIPE = Recipe(epochs=10, batch_size=128, learning_rate=0.02, weight_decay=5e-4, threads=2)
LABELLED = Axis(
    "labelled", ("100", "10", "1"), about="Per cent of the training images that are there, at least one a class."
)


def _medmnist(name: str, split: str, *, optional: bool = False) -> DataSet:
    source = HubArrays(
        "albertvillanova/medmnist-v2", f"data/{name}.npz", split, "0472595ab51916346dc4ad40f7b77551f2171403"
    )
    return DataSet(f"{name}-{split}", source, optional)


TRAIN, VALIDATION, TEST = (_medmnist("organamnist", split) for split in ("train", "val", "test"))
VIEWS = {"coronal": _medmnist("organcmnist", "test"), "sagittal": _medmnist("organsmnist", "test")}
NEAR = {name: _medmnist(name, "test", optional=True) for name in ("pneumoniamnist", "octmnist")}
FAR = {name: _medmnist(name, "test", optional=True) for name in ("pathmnist", "bloodmnist", "dermamnist")}


class MedMNISTTask(GeneralizationTask):
    """Eleven organs in axial slices, and in coronal and sagittal ones."""

    id = "ood/medmnist"
    version = "1"
    tier = "standard"
    title = "MedMNIST, organs from another side"
    summary = (
        "ID is OrganAMNIST of MedMNIST v2 (Yang et al. 2023): axial slices of computed tomography, 28x28 and grey, of "
        "eleven organs; its training, validation and test splits, which share no patient. Shifted ID are the test "
        "splits of OrganCMNIST and OrganSMNIST: the same organs in coronal and sagittal slices. Near-OOD is other grey "
        "images of medicine (PneumoniaMNIST, OCTMNIST), far-OOD coloured ones in grey (PathMNIST, BloodMNIST, "
        "DermaMNIST), test splits all. `labelled` leaves a part of the training images, the same share of each class. "
        "Groups are the organs. A LeNet-5 is trained per seed, 10 epochs."
    )
    gives = GeneralizationTask.gives | {"groups"}
    seeds = (0, 1, 2)
    axes = (LABELLED,)
    shifted = tuple(VIEWS)
    near = tuple(NEAR)
    far = tuple(FAR)

    def data(self) -> tuple[DataSet, ...]:
        """Return the splits of the three views, and the OOD sets, which may be missing."""
        return (TRAIN, VALIDATION, TEST, *VIEWS.values(), *NEAR.values(), *FAR.values())

    def splits(self, seed: int, resources: Resources, setting: Setting) -> GroupedSplits:
        """Return the splits, which are the data set's own; the training images that are left are the seed's."""
        train = self._left(int(setting[LABELLED.name]), seed, resources)
        inside = {"id": Split(TEST), **{f"csid/{name}": Split(data) for name, data in VIEWS.items()}}
        return GroupedSplits(
            train=train,
            validation=Split(VALIDATION),
            test=inside["id"],
            shifted={name: inside[f"csid/{name}"] for name in VIEWS},
            near={name: Split(data) for name, data in NEAR.items()},
            far={name: Split(data) for name, data in FAR.items()},
            groups=train.targets(resources),
            test_groups={name: split.targets(resources) for name, split in inside.items()},
        )

    def _left(self, share: int, seed: int, resources: Resources) -> Split:
        labels = TRAIN.open(resources).labels
        rows = np.random.default_rng([seed, share]).permutation(len(labels))
        left = [rows[labels[rows] == label] for label in np.unique(labels)]
        kept = [part[: max(1, round(share / 100 * len(part)))] for part in left]
        return Split(TRAIN, np.sort(np.concatenate(kept)))

    def model(self, seed: int) -> ReferenceModel:
        """Return the LeNet-5, trained by its recipe on all training images."""
        return ReferenceModel(
            name="lenet-medmnist",
            architecture=Architecture("lenet", {"classes": CLASSES}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: Split(TRAIN),
            trained_on="the whole train split of OrganAMNIST",
            data=TRAIN,
        )
