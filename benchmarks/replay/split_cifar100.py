"""Split-CIFAR-100: twenty tasks of five classes, online, from the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split
from suite.tracks.replay.protocol import SplitTask

from ..data_sets import CIFAR100_TEST, CIFAR100_TRAIN
from .settings import CLASS, ONLINE, PROTOCOL
from .split_cifar10 import cifar_learner

if TYPE_CHECKING:
    from suite.tracks.replay.classifier import Training
    from suite.tracks.replay.evaluation import Schedule


class SplitCIFAR100Task(SplitTask):
    """Class-incremental, online."""

    id = "replay/split-cifar100"
    version = "1"
    tier = "standard"
    title = "Split CIFAR-100, class-incremental, online"
    summary = (
        "Twenty tasks of five classes of CIFAR-100, 2,500 samples each; the whole test split is the test. The network "
        "is a ResNet-20; SGD at 0.1, random crops and flips, 10 samples of the stream and 10 of the buffer a step. The "
        "buffer has room for 20 samples a class, 2,000 in all. Learning curves have a point every 250 steps and each "
        "of the 10 steps after a change of task, on 50 test images a task. "
        f"{CLASS} {ONLINE} {PROTOCOL}"
    )
    seeds = (0, 1, 2)
    classes, splits = 100, 20
    per_class = 20

    def training(self) -> Training:
        """Return the learner."""
        return cifar_learner(100, batch=10, epochs=1)

    def schedule(self) -> Schedule:
        """Return when the learning curves are measured."""
        from suite.tracks.replay.evaluation import Schedule

        return Schedule(images=50, every=250, after_switch=10)

    def data(self) -> tuple[DataSet, ...]:
        """Return CIFAR-100's two splits."""
        return (CIFAR100_TRAIN, CIFAR100_TEST)

    def train(self, resources: Resources) -> Split:
        """Return the train split."""
        return Split(CIFAR100_TRAIN)

    def test(self, resources: Resources) -> Split:
        """Return the test split."""
        return Split(CIFAR100_TEST)
