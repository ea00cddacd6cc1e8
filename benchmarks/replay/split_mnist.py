"""Split-MNIST: class- and domain-incremental, online and offline."""

from __future__ import annotations

from suite.contracts import Setting
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.tracks.replay.stream.protocol import PASSES, SCENARIO, SplitTask
from suite.tracks.replay.stream.training import Training

from ..data_sets import MNIST_TEST, MNIST_TRAIN
from . import _protocol_texts as texts

EPOCHS = 10


class SplitMNISTTask(SplitTask):
    """Five tasks of two digits of MNIST."""

    id = "replay/split-mnist"
    version = "1"
    tier = "standard"
    title = "Split MNIST"
    summary = (
        "Five tasks of two digits of MNIST, 1,000 random samples each, as in the MIR paper's scripts; the whole test "
        "split is the test. The network is a perceptron with two hidden layers of 400; SGD at 0.05, 10 samples of the "
        "stream and 10 of the buffer a step, no augmentation. The buffer has room for 20 samples a class. "
        f"{texts.SCENARIOS} {texts.PASSES.format(epochs=EPOCHS)} {texts.PROTOCOL}"
    )
    seeds = (0, 1, 2, 3, 4)
    axes = (SCENARIO, PASSES)
    formerly = {
        "replay/split-mnist-domain": {"scenario": "domain"},
        "replay/split-mnist-offline": {"passes": "offline"},
        "replay/split-mnist-domain-offline": {"scenario": "domain", "passes": "offline"},
    }
    train_data, test_data = MNIST_TRAIN, MNIST_TEST
    per_class = 20
    per_task = 1000

    def training(self, setting: Setting) -> Training:
        """Return the learner."""
        return Training(
            architecture=Architecture("mlp", {"classes": self.heads(setting)}),
            transform=Transform(size=28, channels=1, mean=(0.1307,), std=(0.3081,)),
            batch=10,
            replay=10,
            epochs=1 if setting["passes"] == "online" else EPOCHS,
            learning_rate=0.05,
        )
