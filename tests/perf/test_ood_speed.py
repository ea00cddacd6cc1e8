"""Fit and score of our OOD detectors beside pytorch-ood's, one process, the same features, ratios in one run.

Run with: pytest tests/perf/test_ood_speed.py -n 0 -s
Ours get batches of 1,000, as the protocol gives them; the peers the whole test set, as their own evaluation does.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
import torch

from suite.contracts import Context
from suite.registry import load_registry
from suite.settings import cores
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainingSet

TRAIN, TEST, WIDTH, CLASSES = 50_000, 10_000, 512, 10
OURS_AND_PEERS: dict[str, str] = {
    "ash": "ash",
    "dice": "dice",
    "energy": "energy-based",
    "entropy": "entropy",
    "fdbd": "fdbd",
    "gen": "gen",
    "kl-matching": "kl-matching",
    "knn": "knn",
    "mahalanobis": "mahalanobis",
    "max-logit": "max-logit",
    "msp": "max-softmax",
    "nci": "nci",
    "nnguide": "nnguide",
    "openmax": "openmax",
    "react": "react",
    "relative-mahalanobis": "rmd",
    "scale": "scale",
    "she": "she",
    "temperature-scaling": "temperature-scaling",
    "vim": "vim",
    "vra": "vra",
}
METHODS = {entry.value.name: entry.value for entry in load_registry().methods_of("ood")}


def data(train: int, test: int, width: int, classes: int) -> tuple[TrainingSet, Batch]:
    """Return rectified clusters, their nearest-mean head, and test samples half of which lie between the clusters."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(classes, width, generator=generator)

    def draw(count: int, spread: float) -> tuple[torch.Tensor, torch.Tensor]:
        labels = torch.randint(classes, (count,), generator=generator)
        return (centres[labels] + spread * torch.randn(count, width, generator=generator)).relu(), labels

    features, labels = draw(train, 0.7)
    means = torch.zeros(classes, width).index_add_(0, labels, features) / labels.bincount(minlength=classes)[:, None]
    head = LinearHead(0.2 * means, -0.1 * means.square().sum(dim=1))
    held_out, held_out_labels = draw(1000, 0.7)
    tests = torch.cat([draw(test // 2, spread)[0] for spread in (0.7, 1.4)])
    validation = Labelled(held_out, head(held_out), held_out_labels)
    return TrainingSet(features, head(features), labels, head=head, validation=validation), Batch(tests, head(tests))


@pytest.fixture(autouse=True)
def _every_core() -> None:
    torch.set_num_threads(cores())


@pytest.fixture(scope="module")
def sets() -> tuple[TrainingSet, Batch]:
    return data(TRAIN, TEST, WIDTH, CLASSES)


def seconds(detector: Detector, train: TrainingSet, batch: Batch, rows: int) -> float:
    started = time.perf_counter()
    detector.fit(train, Context(seed=0))
    parts = zip(batch.features.split(rows), batch.logits.split(rows), strict=True)
    scores = [detector.score(Batch(*part)) for part in parts]
    assert torch.isfinite(torch.cat(scores)).all()
    return time.perf_counter() - started


def best(make: Any, sets: tuple[TrainingSet, Batch], rows: int) -> float:
    """Return the best of three: the machine is shared, and the first carries what is loaded once."""
    return min(seconds(make(), *sets, rows) for _ in range(3))


def test_the_shared_methods(sets: tuple[TrainingSet, Batch]) -> None:
    totals = [0.0, 0.0]
    for name, peer in OURS_AND_PEERS.items():
        times = best(METHODS[name], sets, 1000), best(METHODS[f"pytorch-ood/{peer}"], sets, TEST)
        totals = [total + each for total, each in zip(totals, times, strict=True)]
        print(f"{name:22} ours {times[0]:8.3f} s  pytorch-ood {times[1]:8.3f} s  {times[1] / times[0]:7.2f} x")
    print(f"{'total':22} ours {totals[0]:8.3f} s  pytorch-ood {totals[1]:8.3f} s  {totals[1] / totals[0]:7.2f} x")
