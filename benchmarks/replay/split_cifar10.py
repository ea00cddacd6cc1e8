"""Split-CIFAR-10: class- and domain-incremental, online and offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.tracks.replay.protocol import SplitTask

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN
from .settings import CLASS, DOMAIN, OFFLINE, ONLINE, PROTOCOL

if TYPE_CHECKING:
    from suite.tracks.replay.classifier import Training
    from suite.tracks.replay.evaluation import Schedule

EPOCHS = 5
DATA = (
    "Five tasks of two classes of CIFAR-10, 10,000 samples each; the whole test split is the test. The network is a "
    "ResNet-20; SGD at 0.1, random crops and flips. The buffer has room for 50 samples a class. Learning curves have a "
    "point every 100 steps and each of the 20 steps after a change of task."
)


class SplitCIFAR10Task(SplitTask):
    """Class-incremental, online."""

    id = "replay/split-cifar10"
    version = "1"
    tier = "standard"
    title = "Split CIFAR-10, class-incremental, online"
    summary = f"{DATA} A step has 10 samples of the stream and 10 of the buffer. {CLASS} {ONLINE} {PROTOCOL}"
    seeds = (0, 1, 2)
    per_class = 50
    epochs, batch = 1, 10

    def training(self) -> Training:
        """Return the learner."""
        return cifar_learner(10 if self.incremental == "class" else 2, self.batch, self.epochs)

    def schedule(self) -> Schedule:
        """Return when the learning curves are measured."""
        from suite.tracks.replay.evaluation import Schedule

        return Schedule(every=100, after_switch=20)

    def data(self) -> tuple[DataSet, ...]:
        """Return CIFAR-10's two splits."""
        return (CIFAR10_TRAIN, CIFAR10_TEST)

    def train(self, resources: Resources) -> Split:
        """Return the train split."""
        return Split(CIFAR10_TRAIN)

    def test(self, resources: Resources) -> Split:
        """Return the test split."""
        return Split(CIFAR10_TEST)


class SplitCIFAR10DomainTask(SplitCIFAR10Task):
    """Domain-incremental, online."""

    id = "replay/split-cifar10-domain"
    title = "Split CIFAR-10, domain-incremental, online"
    summary = f"{DATA} A step has 10 samples of the stream and 10 of the buffer. {DOMAIN} {ONLINE} {PROTOCOL}"
    incremental = "domain"


class SplitCIFAR10OfflineTask(SplitCIFAR10Task):
    """Class-incremental, offline."""

    id = "replay/split-cifar10-offline"
    title = "Split CIFAR-10, class-incremental, offline"
    summary = f"{DATA} A step has 32 and 32. {CLASS} {OFFLINE.format(epochs=EPOCHS)} {PROTOCOL}"
    epochs, batch = EPOCHS, 32


class SplitCIFAR10DomainOfflineTask(SplitCIFAR10DomainTask):
    """Domain-incremental, offline."""

    id = "replay/split-cifar10-domain-offline"
    title = "Split CIFAR-10, domain-incremental, offline"
    summary = f"{DATA} A step has 32 and 32. {DOMAIN} {OFFLINE.format(epochs=EPOCHS)} {PROTOCOL}"
    epochs, batch = EPOCHS, 32


def cifar_learner(classes: int, batch: int, epochs: int) -> Training:
    """Return the learner of both CIFARs, which replays as many samples as come in."""
    from suite.data.transform import Transform
    from suite.models.architecture import Architecture
    from suite.tracks.replay.classifier import Training

    return Training(
        architecture=Architecture("resnet-cifar", {"depth": 20, "classes": classes}),
        transform=Transform(size=32, mean=(0.4914, 0.4822, 0.4465), std=(0.247, 0.2435, 0.2616)),
        batch=batch,
        replay=batch,
        epochs=epochs,
        learning_rate=0.1,
        crop_padding=4,
        flip=True,
    )
