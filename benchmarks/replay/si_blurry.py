"""scikit-learn's digits as a stream without boundaries: no download, a second a method."""

from __future__ import annotations

from dataclasses import replace

from suite import Cost
from suite.contracts import Resources, Setting
from suite.data.split import Split
from suite.tracks.replay.blurry.protocol import SiBlurryTask
from suite.tracks.replay.stream.training import Schedule, Training

from ..data_sets import DIGITS
from .split_digits import SplitDigitsTask

STREAM = (
    "A stream without boundaries, as the public sampler of Si-Blurry draws it: half of the classes come in one of five "
    "sessions alone, cut at random, so that a session may have none or several; the others have a session each, and a "
    "tenth of their samples, in random shares, changes places with those of other sessions. Nobody is told of a "
    "session: what waits for the end of a task, as gdumb does too, cannot run here. Each sample comes once."
)


class SiBlurryDigitsTask(SiBlurryTask):
    """Digits in five sessions that no method is told of; four steps on each batch of ten."""

    id = "replay/si-blurry"
    version = "1"
    tier = "embedded"
    title = "Digits without boundaries (Si-Blurry)"
    summary = (
        f"{STREAM} 1,197 of scikit-learn's digits are the stream, 600 others the test. The network is a small CNN; SGD "
        "at 0.05, four steps on each batch of 10, each with 10 samples of the buffer, shifted by up to a pixel. The "
        "buffer has room for 5 samples a class, 50 in all; its budget is bytes, and what a method keeps besides is "
        "audited. Accuracy is measured after every batch on all classes that had come. Depth and recovery of the "
        "stability gap at the hidden changes are our definition."
    )
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=0.0, cell=1.5)
    train_data = test_data = DIGITS
    schedule = Schedule(images=60, every=4)
    per_class = 5
    updates = 4

    def training(self, setting: Setting) -> Training:
        """Return the learner of replay/split-digits, which sees each sample once."""
        return replace(SplitDigitsTask().training(setting), epochs=1)

    def train(self, resources: Resources) -> Split:
        """Return the stream of replay/split-digits."""
        return SplitDigitsTask().train(resources)

    def test(self, resources: Resources) -> Split:
        """Return its test."""
        return SplitDigitsTask().test(resources)
