"""How often a network is right on labelled images, and whether that is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.contracts import Resources
from suite.data.split import Split
from suite.errors import SuiteError
from suite.models.features import extract
from suite.models.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEVIATIONS = 4
"""By how many standard deviations of guessing a network must be better than guessing."""


def right(model: Network, split: Split, resources: Resources) -> NDArray[np.bool_]:
    """Return for each image of a split whether the network's largest logit is its label's [N]."""
    predicted: NDArray[np.int64] = extract(model, split, resources)["logits"].argmax(dim=1).numpy()
    correct: NDArray[np.bool_] = predicted == split.targets(resources)
    return correct


def check_knows(model: Network, split: Split, resources: Resources) -> None:
    """Check that a network is better than guessing on held-out images.

    Raises:
        SuiteError: it is not: it learned other classes, or others in this order, or sees images in another way.
    """
    correct = right(model, split, resources)
    classes = extract(model, split, resources)["logits"].shape[1]
    chance = 1 / classes
    if correct.mean() <= chance + DEVIATIONS * (chance * (1 - chance) / len(correct)) ** 0.5:
        raise SuiteError(
            f"{model.name} is right on {100 * correct.mean():.1f} % of {len(correct):,} held-out images. Guessing "
            f"is right on {100 * chance:.1f} %. Its classes, their order or its transform do not fit",
            place=f"the data set {split.data.name}",
            next="compare the order of the classes, or give the transform: --transform size=..., mean=..., std=...",
        )
