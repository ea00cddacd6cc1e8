"""Split-CIFAR-10: class- and domain-incremental, online and offline."""

from __future__ import annotations

from typing import ClassVar

from suite.contracts import Axis, Setting
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.tracks.replay.stream.protocol import PASSES, SCENARIO, SplitTask
from suite.tracks.replay.stream.training import Schedule, Training

from ..data_sets import CIFAR10_TEST, CIFAR10_TRAIN
from . import _protocol_texts as texts

EPOCHS = 5


class SplitCIFAR10Task(SplitTask):
    """Five tasks of two classes of CIFAR-10."""

    id = "replay/split-cifar10"
    version = "1"
    tier = "standard"
    title = "Split CIFAR-10"
    summary = (
        "Five tasks of two classes of CIFAR-10, 10,000 samples each; the whole test split is the test. The network is "
        "a ResNet-20; SGD at 0.1, random crops and flips. A step has 10 samples of the stream and 10 of the buffer, "
        "offline 32 and 32. The buffer has room for 50 samples a class. Learning curves have a point every 100 steps "
        "and each of the 20 steps after a change of task. "
        f"{texts.SCENARIOS} {texts.PASSES.format(epochs=EPOCHS)} {texts.PROTOCOL}"
    )
    seeds = (0, 1, 2)
    axes: ClassVar[tuple[Axis, ...]] = (SCENARIO, PASSES)
    formerly = {
        "replay/split-cifar10-domain": {"scenario": "domain"},
        "replay/split-cifar10-offline": {"passes": "offline"},
        "replay/split-cifar10-domain-offline": {"scenario": "domain", "passes": "offline"},
    }
    train_data, test_data = CIFAR10_TRAIN, CIFAR10_TEST
    schedule = Schedule(every=100, after_switch=20)
    per_class = 50

    def training(self, setting: Setting) -> Training:
        """Return the learner, which replays as many samples as come in."""
        epochs, batch = (EPOCHS, 32) if setting.get(PASSES.name) == "offline" else (1, 10)
        return Training(
            architecture=Architecture("resnet-cifar", {"depth": 20, "classes": self.heads(setting)}),
            transform=Transform(size=32, mean=(0.4914, 0.4822, 0.4465), std=(0.247, 0.2435, 0.2616)),
            batch=batch,
            replay=batch,
            epochs=epochs,
            learning_rate=0.1,
            crop_padding=4,
            flip=True,
        )
