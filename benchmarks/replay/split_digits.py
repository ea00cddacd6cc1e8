"""scikit-learn's digits, two classes at a time: no download, two seconds a method."""

from __future__ import annotations

import numpy as np

from suite import Cost
from suite.contracts import Resources, Setting
from suite.data.split import Split
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.tracks.replay.stream.protocol import SplitTask
from suite.tracks.replay.stream.training import Schedule, Training

from ..data_sets import DIGITS
from . import _protocol_texts as texts

TRAIN = 1197
EPOCHS = 10
DATA = (
    "Five tasks of two of scikit-learn's digits; 1,197 images are the stream, 600 others the test, of which the "
    "learning curves take 60 a task. The network is a small CNN; SGD at 0.05, 10 samples of the stream and 10 of the "
    "buffer a step, shifted by up to a pixel. The buffer has room for 5 samples a class, 50 in all."
)
PROTOCOL = f"{texts.CLASS} Offline: {texts.OFFLINE.format(epochs=EPOCHS)} {texts.PROTOCOL}"


class SplitDigitsTask(SplitTask):
    """Five tasks of two digits; ten epochs each; a buffer of five samples a class."""

    id = "replay/split-digits"
    version = "1"
    tier = "embedded"
    title = "Split digits"
    summary = f"{DATA} {PROTOCOL}"
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=0.0, cell=2.0)
    train_data = test_data = DIGITS
    schedule = Schedule(images=60)
    per_class = 5

    def training(self, setting: Setting) -> Training:
        """Return the learner: a small CNN, ten epochs of each task."""
        return Training(
            architecture=Architecture("small-cnn", {"classes": 10, "width": 64}),
            transform=Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,)),
            batch=10,
            replay=10,
            epochs=EPOCHS,
            learning_rate=0.05,
            crop_padding=1,
        )

    def train(self, resources: Resources) -> Split:
        """Return 1,197 images, the same for every seed."""
        return Split(DIGITS, _rows()[0])

    def test(self, resources: Resources) -> Split:
        """Return the other 600."""
        return Split(DIGITS, _rows()[1])


def _rows() -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(0).permutation(1797)
    return np.sort(rows[:TRAIN]), np.sort(rows[TRAIN:])
