"""Split-CIFAR-100: twenty tasks of five classes, online, from the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.split import Split

from ..data_sets import CIFAR100_TEST, CIFAR100_TRAIN
from . import _protocol_texts as texts
from .split_cifar10 import SplitCIFAR10Task

if TYPE_CHECKING:
    from suite.tracks.replay.stream.evaluation import Schedule


class SplitCIFAR100Task(SplitCIFAR10Task):
    """Twenty tasks of five classes, for the online learner of Split-CIFAR-10."""

    id = "replay/split-cifar100"
    version = "1"
    title = "Split CIFAR-100, class-incremental, online"
    summary = (
        "Twenty tasks of five classes of CIFAR-100, 2,500 samples each; the whole test split is the test. The network "
        "is a ResNet-20; SGD at 0.1, random crops and flips, 10 samples of the stream and 10 of the buffer a step. The "
        "buffer has room for 20 samples a class, 2,000 in all. Learning curves have a point every 250 steps and each "
        "of the 10 steps after a change of task, on 50 test images a task. "
        f"{texts.CLASS} {texts.ONLINE} {texts.PROTOCOL}"
    )
    axes = ()
    formerly = {}
    classes, splits = 100, 20
    per_class = 20

    def schedule(self) -> Schedule:
        """Return when the learning curves are measured."""
        from suite.tracks.replay.stream.evaluation import Schedule

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
