"""OOD detection with an MNIST classifier, after OpenOOD's MNIST benchmark."""

from __future__ import annotations

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.jigsaw import jigsaw
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.splits import Splits

from ..data_sets import CIFAR10, KMNIST, MNIST_TEST, MNIST_TRAIN, NOTMNIST, TEXTURES, validation_and_test

TRANSFORM = Transform(size=28, channels=1, mean=(0.1307,), std=(0.3081,))
RECIPE = Recipe(epochs=5, batch_size=128, learning_rate=0.05, weight_decay=5e-4, crop_padding=2, threads=2)
JIGSAWS = 1000


class MNISTTask(OODTask):
    """MNIST against two sets of other characters and two of grey photographs, with a LeNet-5 per seed."""

    id = "ood/mnist"
    version = "1"
    tier = "standard"
    title = "MNIST"
    summary = (
        "ID is MNIST; near-OOD is KMNIST (cursive Japanese) and notMNIST (letters in many fonts), far-OOD CIFAR-10 and "
        "Textures in grey, all at 28x28. A LeNet-5 is trained per seed, 5 epochs. ID validation is 1,000 random "
        "images of the test split, ID test the other 9,000. OOD validation is 1,000 jigsaws, each of four quadrants "
        "of four validation digits of different classes; the auxiliary outliers are 1,000 more, made of training "
        "digits: neither shares an image with a test. OpenOOD's MNIST benchmark has Fashion-MNIST where this has "
        "KMNIST, two more far sets, and validates on part of notMNIST; its image lists were not at hand: scores are "
        "not comparable with its own. notMNIST is the cleaned set's test part, Textures the hub's test split."
    )
    gives = OODTask.gives | {"training data", "outliers"}
    seeds = (0, 1, 2)
    near = ("kmnist", "notmnist")
    far = ("cifar10", "textures")

    def data(self) -> tuple[DataSet, ...]:
        """Return MNIST's two splits and the OOD sets, which may be missing."""
        return (MNIST_TRAIN, MNIST_TEST, KMNIST, NOTMNIST, CIFAR10, TEXTURES)

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the splits, which are the same for every seed."""
        train = Split(MNIST_TRAIN)
        validation, test = validation_and_test(MNIST_TEST, resources)
        return Splits(
            train=train,
            validation=validation,
            test=test,
            near={"kmnist": Split(KMNIST), "notmnist": Split(NOTMNIST)},
            far={"cifar10": Split(CIFAR10), "textures": Split(TEXTURES)},
            validation_ood={"jigsaw": jigsaw("jigsaw-validation", validation, JIGSAWS, 0, resources)},
            outliers={"jigsaw": jigsaw("jigsaw-train", train, JIGSAWS, 1, resources)},
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the seed's LeNet-5: about a minute on one core."""
        return ReferenceModel(
            name="lenet-mnist",
            architecture=Architecture("lenet", {"classes": 10}),
            transform=TRANSFORM,
            seed=seed,
            recipe=RECIPE,
            training=lambda resources: Split(MNIST_TRAIN),
            trained_on="the whole train split",
            data=MNIST_TRAIN,
        )
