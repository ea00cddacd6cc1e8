"""Split-MNIST: class- and domain-incremental, online and offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.tracks.replay.protocol import SplitTask

from ..data_sets import MNIST_TEST, MNIST_TRAIN
from .settings import CLASS, DOMAIN, OFFLINE, ONLINE, PROTOCOL

if TYPE_CHECKING:
    from suite.tracks.replay.classifier import Training

EPOCHS = 10
DATA = (
    "Five tasks of two digits of MNIST, 1,000 random samples each, as in the MIR paper's scripts; the whole test "
    "split is the test. The network is a perceptron with two hidden layers of 400; SGD at 0.05, 10 samples of the "
    "stream and 10 of the buffer a step, no augmentation. The buffer has room for 20 samples a class."
)


class SplitMNISTTask(SplitTask):
    """Class-incremental, online."""

    id = "replay/split-mnist"
    version = "1"
    tier = "standard"
    title = "Split MNIST, class-incremental, online"
    summary = f"{DATA} {CLASS} {ONLINE} {PROTOCOL}"
    seeds = (0, 1, 2, 3, 4)
    per_class = 20
    per_task = 1000
    epochs = 1

    def training(self) -> Training:
        """Return the learner."""
        from suite.data.transform import Transform
        from suite.models.architecture import Architecture
        from suite.tracks.replay.classifier import Training

        return Training(
            architecture=Architecture("mlp", {"classes": 10 if self.incremental == "class" else 2}),
            transform=Transform(size=28, channels=1, mean=(0.1307,), std=(0.3081,)),
            batch=10,
            replay=10,
            epochs=self.epochs,
            learning_rate=0.05,
        )

    def data(self) -> tuple[DataSet, ...]:
        """Return MNIST's two splits."""
        return (MNIST_TRAIN, MNIST_TEST)

    def train(self, resources: Resources) -> Split:
        """Return the train split."""
        return Split(MNIST_TRAIN)

    def test(self, resources: Resources) -> Split:
        """Return the test split."""
        return Split(MNIST_TEST)


class SplitMNISTDomainTask(SplitMNISTTask):
    """Domain-incremental, online."""

    id = "replay/split-mnist-domain"
    title = "Split MNIST, domain-incremental, online"
    summary = f"{DATA} {DOMAIN} {ONLINE} {PROTOCOL}"
    incremental = "domain"


class SplitMNISTOfflineTask(SplitMNISTTask):
    """Class-incremental, offline."""

    id = "replay/split-mnist-offline"
    title = "Split MNIST, class-incremental, offline"
    summary = f"{DATA} {CLASS} {OFFLINE.format(epochs=EPOCHS)} {PROTOCOL}"
    epochs = EPOCHS


class SplitMNISTDomainOfflineTask(SplitMNISTDomainTask):
    """Domain-incremental, offline."""

    id = "replay/split-mnist-domain-offline"
    title = "Split MNIST, domain-incremental, offline"
    summary = f"{DATA} {DOMAIN} {OFFLINE.format(epochs=EPOCHS)} {PROTOCOL}"
    epochs = EPOCHS
