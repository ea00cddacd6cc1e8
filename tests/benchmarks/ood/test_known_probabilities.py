"""ood/known-probabilities: that the truth is the truth, and what the measures make of it."""

from __future__ import annotations

import numpy as np

from suite import Card
from suite.benchmarks.ood.known_probabilities import KnownProbabilitiesTask
from suite.contracts import Column, Context, Resources, TaskContext
from suite.lazy import torch
from suite.plugins.ood.erm_temperature import COLDEST, HOTTEST, likeliest
from suite.tracks.ood import Learner, LearningData

TASK = KnownProbabilitiesTask()


class Truth(Learner):
    """Looks the true probabilities up, and answers by their logarithms, sharpened."""

    name, version, card = "truth", "1", Card(title="Truth", status="baseline")

    def __init__(self, resources: Resources, sharpness: float = 1.0) -> None:
        super().__init__()
        self.sharpness = sharpness
        self.known = {}
        for split in TASK.parts(0).values():
            rows = split.data.open(resources)
            self.known |= {image.tobytes(): truth for image, truth in zip(rows.images, rows.probabilities, strict=True)}

    def train(self, data: LearningData, context: Context) -> None:
        """Nothing is learned."""

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits [B, 10]."""
        pixels = (images[:, 0] * 16).round().to(torch.uint8).numpy()
        truth = np.stack([self.known[image.tobytes()] for image in pixels])
        return torch.from_numpy(self.sharpness * np.log(np.maximum(truth, 1e-30)))


def values(method: Learner, resources: Resources, subset: str = "id") -> dict[str, float]:
    samples = TASK.evaluate(method, TaskContext(0, resources, TASK.setting({}))).samples
    columns = [Column(metric=metric.name, subset=subset) for metric in TASK.metrics]
    return {column.metric: samples.value(column).value for column in columns}


def test_the_true_probabilities_have_no_excess_and_only_the_plug_in_error_says_they_are_off(
    resources: Resources,
) -> None:
    true, sharp = (values(Truth(resources, sharpness), resources) for sharpness in (1.0, 2.0))
    print(true, sharp)
    assert true["excess_log_score"] < 1e-9
    assert true["excess_brier_score"] < 1e-9
    assert true["true_calibration_error"] < 1e-6
    assert true["calibration_error"] < 0.02 < true["plug_in_calibration_error"]
    assert sharp["excess_log_score"] > 0.05
    assert sharp["true_calibration_error"] > 0.05
    assert abs(sharp["calibration_error"] - sharp["true_calibration_error"]) < 0.03


def test_what_a_score_has_in_excess_is_what_it_has_more_than_the_truths(resources: Resources) -> None:
    """In the mean over labels: here within four errors of the difference over 1,000 images."""
    true, sharp = (values(Truth(resources, sharpness), resources) for sharpness in (1.0, 2.0))
    for score, error in (("log_score", 0.12), ("brier_score", 0.03)):
        assert abs((sharp[score] - true[score]) - sharp[f"excess_{score}"]) < error


def test_seeds_and_parts_share_no_images(resources: Resources) -> None:
    images = [
        image.tobytes()
        for seed in TASK.seeds[:2]
        for split in TASK.parts(seed).values()
        for image in split.data.open(resources).images
    ]
    assert len(set(images)) == len(images) == 2 * 4500


def test_the_temperature_is_the_likeliest_and_stays_within_its_bounds() -> None:
    torch.manual_seed(0)
    logits = 2 * torch.randn(3000, 5, dtype=torch.float64)
    labels = torch.multinomial(logits.softmax(dim=1), 1)[:, 0]
    assert abs(likeliest(3 * logits, labels) / 3 - 1) < 0.1
    assert likeliest(100 * logits, logits.argmax(dim=1)) == COLDEST
    assert likeliest(logits, logits.argmin(dim=1)) == HOTTEST
