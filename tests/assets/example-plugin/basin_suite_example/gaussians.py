"""Gaussian classes: a whole task in one file, from nothing but random numbers."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from suite import Column, Outcome, Samples, Task, TaskContext, Value, hookimpl
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.metrics import AUROC, FPR95, auroc, fpr95

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

CLASSES, PER_CLASS, SIDE, FEATURES, TEST_BATCH = 3, 60, 4, 32, 100


class GaussiansTask(Task[Detector]):
    """Three Gaussian classes of 4x4 images against the middle between two of them, and against noise."""

    id = "ood/example-gaussians"
    version = "1"
    tier = "embedded"
    title = "Gaussian classes (example)"
    summary = (
        "ID is three Gaussian classes of 4x4 images, near-OOD lies half-way between two class centres, far-OOD is the "
        "same noise around zero; 180 images each, drawn anew for each seed. The network is a fixed random layer with a "
        "nearest-class-mean head, so nothing is trained. An example: it says nothing of real images."
    )
    metrics = (AUROC, FPR95)
    primary = Column(metric=AUROC.name, subset="near")
    subsets = ("near", "far")
    seeds = (0, 1)
    gives = frozenset({"images", "network"})

    def evaluate(self, method: Detector, context: TaskContext) -> Outcome:
        """Fit the detector on training images, score a random mixture of the test images, compare ID with each set."""
        device = context.resources.device
        images, labels = draw(context.rng("images"))
        images, labels = {name: some.to(device) for name, some in images.items()}, labels.to(device)
        network = nearest_mean_network(images["train"], labels, context.rng("network"))

        started = time.perf_counter()
        method.fit(training_set(method, network, images, labels), context.method)
        fitted = time.perf_counter()
        tests = {name: images[name] for name in ("id", *self.subsets)}
        scores = shuffled_scores(method, network, tests, context.rng("test-order"))
        scored = time.perf_counter()

        measured = {
            Column(metric=metric.name, subset=subset): Value(
                compare(scores["id"], scores[subset]), n=len(scores["id"]) + len(scores[subset])
            )
            for metric, compare in ((AUROC, auroc), (FPR95, fpr95))
            for subset in self.subsets
        }
        cost = {"fit_seconds": fitted - started, "score_seconds": scored - fitted}
        return Outcome(Samples(measured=measured), cost=cost)


def draw(rng: np.random.Generator) -> tuple[dict[str, Tensor], Tensor]:
    """Return the images [N, 1, 4, 4] of each split, and the labels [N] of those in the distribution."""
    import numpy as np
    import torch

    labels = np.repeat(np.arange(CLASSES), PER_CLASS)
    classes = rng.normal(scale=1.5, size=(CLASSES, SIDE * SIDE))
    between = (classes + np.roll(classes, 1, axis=0)) / 2
    centres = {"train": classes, "validation": classes, "id": classes, "near": between, "far": np.zeros_like(classes)}
    images = {name: some[labels] + rng.normal(size=(len(labels), SIDE * SIDE)) for name, some in centres.items()}
    shaped = {name: torch.from_numpy(some).float().reshape(-1, 1, SIDE, SIDE) for name, some in images.items()}
    return shaped, torch.from_numpy(labels)


def nearest_mean_network(images: Tensor, labels: Tensor, rng: np.random.Generator) -> nn.Sequential:
    """Return a random layer and a linear head that picks the nearest class mean of its features."""
    import torch
    from torch import nn

    network = nn.Sequential(nn.Flatten(), nn.Linear(SIDE * SIDE, FEATURES), nn.ReLU(), nn.Linear(FEATURES, CLASSES))
    network.to(images.device).eval().requires_grad_(False)
    network[1].weight.copy_(torch.from_numpy(rng.normal(size=(FEATURES, SIDE * SIDE)) / SIDE))
    network[1].bias.zero_()
    features = network[:-1](images)
    means = torch.stack([features[labels == label].mean(dim=0) for label in range(CLASSES)])
    network[3].weight.copy_(means)
    network[3].bias.copy_(-means.square().sum(dim=1) / 2)
    return network


def training_set(method: Detector, network: nn.Sequential, images: dict[str, Tensor], labels: Tensor) -> TrainingSet:
    """Return the training data as the contract of the track has it."""
    train, validation = (
        {"features": network[:-1](images[name]), "logits": network(images[name]), "labels": labels}
        for name in ("train", "validation")
    )
    return TrainingSet(
        **train,
        head=LinearHead(network[-1].weight.clone(), network[-1].bias.clone()),
        validation=Labelled(**validation),
        images=images["train"] if "images" in method.needs else None,
        network=copy.deepcopy(network) if "network" in method.needs else None,
    )


def shuffled_scores(
    method: Detector, network: nn.Sequential, tests: dict[str, Tensor], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return each subset's scores; the detector gets all subsets mixed, so that it cannot tell which is which."""
    import numpy as np
    import torch

    images = torch.cat(list(tests.values()))
    order = rng.permutation(len(images))
    scores = np.empty(len(images))
    for start in range(0, len(images), TEST_BATCH):
        rows = order[start : start + TEST_BATCH]
        some = images[rows]
        batch = Batch(network[:-1](some), network(some), some if "images" in method.needs else None)
        found = method.score(batch).detach().double().cpu().numpy()
        if found.shape != (len(rows),):
            raise ValueError(f"{method.name} returned scores of shape {found.shape} for a batch of {len(rows)}")
        scores[rows] = found
    return dict(zip(tests, np.split(scores, len(tests)), strict=True))


@hookimpl
def suite_register_tasks(register: Callable[[type[GaussiansTask]], None]) -> None:
    """Register the task."""
    register(GaussiansTask)
