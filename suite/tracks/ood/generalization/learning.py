"""How a method that trains is given its data, and asked for the logits of a mixture of test images."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Inconsistent, Resources, TaskContext
from suite.contracts.returned import real
from suite.data.split import Split, SplitImages
from suite.lazy import torch
from suite.models.features import linear_head
from suite.models.network import Network
from suite.tracks.ood.generalization.contract import Learner, LearningData
from suite.tracks.ood.generalization.splits import GroupedSplits

BATCH = 1000
AGAIN = 200
"""Test images that are asked about a second time where the method runs apart from its judge."""
ROUNDING = 1e-3
"""By how much two logits of one image may differ, of the spread of all logits."""
Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """The logits [N, C] of each test subset, with the seconds that it took and what to say of the network."""

    logits: dict[str, Logits]
    cost: dict[str, float]
    facts: dict[str, str] = field(default_factory=dict)


def learning_data(method: type[Learner], model: Network, splits: GroupedSplits, resources: Resources) -> LearningData:
    """Return what a method may learn from: groups and environments only if it needs them."""
    assert model.recipe is not None, "a task that gives labelled images has a recipe"
    train, validation = (
        (split.pixels(model.transform, resources), torch.tensor(split.targets(resources)))  # may be read-only
        for split in (splits.train, splits.validation)
    )
    numbers = {"groups": splits.groups, "environments": splits.environments}
    given = {name: values for name, values in numbers.items() if name in method.needs and values is not None}
    marks = {name: torch.from_numpy(given[name]) if name in given else train[1] * 0 for name in numbers}
    return LearningData(
        *train,
        **marks,
        validation_pixels=validation[0],
        validation_labels=validation[1],
        transform=model.transform,
        recipe=model.recipe,
        architecture=model.architecture,
    )


def learned(
    method: Learner,
    model: Network,
    splits: GroupedSplits,
    tests: Mapping[str, Split],
    context: TaskContext,
    pixels: torch.Tensor | None = None,
) -> Answers:
    """Train a method and ask it about all test images, mixed in an order that the seed determines.

    ``pixels`` are those of the tests one after the other, uint8 [N, height, width, channels], where they are at hand.

    Raises:
        TypeError, ValueError: what it returns is no tensor, has a wrong shape or is not finite.
        Inconsistent: an image's logits depend on which others share its batch.
    """
    data = learning_data(type(method), model, splits, context.resources)
    with torch.random.fork_rng():  # a network may draw from the global generator, as for dropout
        torch.manual_seed(context.seed)
        started = time.perf_counter()
        method.train(data, context.method)
        trained = time.perf_counter() - started
    ask = _checked(method, linear_head(model.architecture.build()).out_features)
    parts = torch.split(data.pixels, BATCH)
    device = context.resources.device
    predicted = np.concatenate([ask(model.transform.normalise(part.to(device))).argmax(1) for part in parts])
    known = float((predicted == data.labels.numpy()).mean())
    started = time.perf_counter()
    logits = _mixed(ask, model, tests, context, pixels)
    return Answers(
        logits,
        {"fit_seconds": trained, "score_seconds": time.perf_counter() - started},
        {"accuracy on training images": f"{100 * known:.2f} % of {len(data.labels):,}"},
    )


def _mixed(
    ask: Callable[[torch.Tensor], Logits],
    model: Network,
    tests: Mapping[str, Split],
    context: TaskContext,
    pixels: torch.Tensor | None,
) -> dict[str, Logits]:
    counts = [len(split.rows(context.resources)) for split in tests.values()]
    order = context.order("test-order").permutation(sum(counts))
    decoded = SplitImages(tuple(tests.values()), model.transform, context.resources, order)

    def images(rows: slice | NDArray[np.int64]) -> torch.Tensor:
        if pixels is None:
            return decoded[rows]
        return model.transform.normalise(pixels[torch.from_numpy(order[rows])].to(context.resources.device))

    asked = [ask(images(slice(start, start + BATCH))) for start in range(0, len(order), BATCH)]
    logits = np.empty_like(np.concatenate(asked))
    logits[order] = np.concatenate(asked)
    if context.secret:
        some = context.order("test-order again").permutation(len(order))[:AGAIN]
        _compare(logits[order[some]], ask(images(some)), ROUNDING * float(logits.std()))
    return dict(zip(tests, np.split(logits, np.cumsum(counts)[:-1]), strict=True))


def _compare(once: Logits, again: Logits, tolerance: float) -> None:
    differ = (np.abs(once - again).max(axis=1) > tolerance + 1e-6).sum()
    if differ:
        raise Inconsistent(
            f"{differ} of {len(once)} test images have other logits in another batch. They must not depend on it, "
            "or on chance"
        )


def _checked(method: Learner, classes: int) -> Callable[[torch.Tensor], Logits]:
    def ask(images: torch.Tensor) -> Logits:
        with torch.no_grad():
            returned = method.predict(images)
        logits: Logits = real(returned, f"predict of {method.name}", (len(images), classes)).double().cpu().numpy()
        return logits

    return ask
