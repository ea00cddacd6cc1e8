"""Split-CIFAR-100: twenty tasks of five classes, online, from the hub."""

from __future__ import annotations

from suite.tracks.replay.stream.training import Schedule

from ..data_sets import CIFAR100_TEST, CIFAR100_TRAIN
from . import _protocol_texts as texts
from .split_cifar10 import SplitCIFAR10Task


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
    train_data, test_data = CIFAR100_TRAIN, CIFAR100_TEST
    schedule = Schedule(images=50, every=250, after_switch=10)
    per_class = 20
