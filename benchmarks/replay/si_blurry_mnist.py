"""MNIST as a stream without boundaries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from suite.contracts import Resources, Setting
from suite.data.split import Split
from suite.tracks.replay.blurry.protocol import SiBlurryTask
from suite.tracks.replay.stream.training import Schedule, Training

from ..data_sets import MNIST_TEST, MNIST_TRAIN
from .si_blurry import STREAM
from .split_mnist import SplitMNISTTask

IMAGES = 5000


class SiBlurryMNISTTask(SiBlurryTask):
    """Five thousand images of MNIST in five sessions that no method is told of."""

    id = "replay/si-blurry-mnist"
    version = "1"
    tier = "standard"
    title = "MNIST without boundaries (Si-Blurry)"
    summary = (
        f"{STREAM} {IMAGES:,} random training images of MNIST, the same for every seed, are the stream; the whole test "
        "split is the test, of which the curves take 100 a class. The network is a perceptron with two hidden layers "
        "of 400; SGD at 0.05, two steps on each batch of 10, each with 10 samples of the buffer. The buffer has room "
        "for 20 samples a class; its budget is bytes, and what a method keeps besides is audited. Curves have a point "
        "every fifth batch. Depth and recovery of the stability gap at the hidden changes are our definition."
    )
    seeds = (0, 1, 2, 3, 4)
    train_data, test_data = MNIST_TRAIN, MNIST_TEST
    schedule = Schedule(images=100, every=10)
    per_class = 20
    updates = 2

    def training(self, setting: Setting) -> Training:
        """Return the learner of replay/split-mnist, which sees each sample once."""
        return replace(SplitMNISTTask().training(Setting({"passes": "online"})), epochs=1)

    def train(self, resources: Resources) -> Split:
        """Return the images of the stream."""
        rows = np.random.default_rng(0).permutation(len(MNIST_TRAIN.open(resources)))
        return Split(MNIST_TRAIN, np.sort(rows[:IMAGES]))
