"""How a method of test-time adaptation is fed: every test set is a stream of batches, predicted one by one."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Resources, TaskContext
from suite.contracts.returned import real
from suite.data.split import Split
from suite.lazy import torch
from suite.models.features import linear_head
from suite.models.network import Network
from suite.tracks.ood.generalization.adaptation import Adapter
from suite.tracks.ood.generalization.learning import Answers, Logits


@dataclass(frozen=True)
class Stream:
    """How a test set arrives: in batches of so many images, sorted by class or mixed at random, and whether the method
    starts anew at each set."""

    batch: int
    sorted: bool = False
    anew: bool = True

    def order(self, labels: NDArray[np.int64], context: TaskContext) -> NDArray[np.int64]:
        """Return the order of a test set's images [N]; sets of one size that are labelled alike have the same one."""
        drawn = context.rng("stream").permutation(len(labels))
        return drawn[np.argsort(labels[drawn], kind="stable")] if self.sorted else drawn


def adapted(
    method: Adapter, model: Network, tests: Mapping[str, Split], stream: Stream, context: TaskContext
) -> Answers:
    """Feed a method each test set in turn, and return the logits of every image, predicted when its batch arrived.

    Raises:
        TypeError, ValueError: what it returns is no tensor, has a wrong shape or is not finite.
    """
    resources, network = context.resources, model.load(context.resources)
    classes = linear_head(network).out_features
    logits: dict[str, Logits] = {}
    seconds = 0.0
    with torch.random.fork_rng():
        torch.manual_seed(context.seed)
        for number, (name, split) in enumerate(tests.items()):
            pixels = stored_pixels(model, split, resources)
            order = stream.order(split.targets(resources), context)
            logits[name] = np.empty((len(order), classes))
            started = time.perf_counter()
            if number == 0 or stream.anew:
                method.start(copy.deepcopy(network), context.method)
            for start in range(0, len(order), stream.batch):
                rows = order[start : start + stream.batch]
                images = model.transform.normalise(pixels[rows].to(resources.device))
                logits[name][rows] = _checked(method.predict(images), (len(rows), classes), method.name)
            seconds += time.perf_counter() - started
    return Answers(logits, {"adapt_seconds": seconds})


def stored_pixels(model: Network, split: Split, resources: Resources) -> torch.Tensor:
    """Return the pixels of a split as the network's transform cuts them, uint8 [N, size, size, channels], cached."""
    identity = {"transform": model.transform.identity, **split.identity(resources)}
    return resources.cache.tensors("pixels", identity, lambda: {"pixels": split.pixels(model.transform, resources)})[
        "pixels"
    ]


def _checked(returned: torch.Tensor, shape: tuple[int, int], name: str) -> Logits:
    logits: Logits = real(returned, f"predict of {name}", shape).double().cpu().numpy()
    return logits
