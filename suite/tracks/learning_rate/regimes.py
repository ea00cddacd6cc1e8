"""Where the regimes of a grid of rates are, found by training at each rate, fine-tuning and averaging.

1: training converges. 2A: it does not, but fine-tunes at a low and a high rate are linearly connected. 2B: nor are
they. 3: nothing is learned. Source: Sadrtdinov and others 2024, "Where Do Large Learning Rates Lead Us?".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.landscape import angle, barrier
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.learning_rate.contract import Trainer
    from suite.tracks.learning_rate.problem import Part, Problem

ONE, TWO_A, TWO_B, THREE = REGIMES = ("1", "2A", "2B", "3")
CONVERGED = 1e-2
"""Training has converged when the loss on training data is below this."""
CONNECTED, GUESSING = 0.02, 0.03
"""A test error that counts as no barrier, and what an accuracy of chance may be above it."""
POINTS, AVERAGED = 11, 5


def survey(
    problem: Problem, trainer: Callable[[], Trainer], fine: tuple[float, float, float], probes: tuple[Part, ...]
) -> dict[str, Tensor]:
    """Return by name what comes of two thirds of the budget at each rate of the grid, all [N] but where it says.

    ``loss`` on training data, test ``accuracy``, ``tuned`` accuracies after the last third at each rate of ``fine``
    [N, 3], ``swa`` (the mean of 5 checkpoints of the last third, at the grid's rate); ``barrier`` on the test and
    ``training barrier`` between the fine-tunes at the lowest and the highest rate, ``swa-low barrier`` and
    ``swa-high barrier`` on the test; ``angle`` between these fine-tunes in radians; accuracy on each of the ``probes``
    of the fine-tunes in the middle, as ``features`` [N, K]. ``trainer`` gives a new one, with its whole budget.
    """
    first = trainer()
    trained = first.train(first.start, first.rates.repeat(2 * first.left // 3, 1))
    tuned = []
    for rate in fine:
        rest = trainer()
        tuned.append(rest.train(trained, torch.full((rest.left // 3,), rate)))
    last, checkpoint, kept = trainer(), trained, []
    for _ in range(AVERAGED):
        checkpoint = last.train(checkpoint, last.rates.repeat(max(1, first.left // AVERAGED), 1))
        kept.append(checkpoint)
    low, middle, high = tuned
    average = torch.stack(kept).mean(0)
    between = {"barrier": (low, high), "swa-low barrier": (average, low), "swa-high barrier": (average, high)}
    found = {
        "loss": problem.losses(trained, problem.train),
        "accuracy": 1 - problem.errors(trained, problem.test),
        "tuned": torch.stack([1 - problem.errors(each, problem.test) for each in tuned], dim=1),
        "swa": 1 - problem.errors(average, problem.test),
        "training barrier": barrier(lambda weights: problem.errors(weights, problem.train), low, high, POINTS),
        **{name: barrier(lambda w: problem.errors(w, problem.test), *ends, POINTS) for name, ends in between.items()},
        "angle": angle(low, high),
    }
    if probes:
        found["features"] = torch.stack([1 - problem.errors(middle, probe) for probe in probes], dim=1)
    return {name: values.detach().cpu().double() for name, values in found.items()}


def regimes(found: dict[str, Tensor], chance: float) -> NDArray[np.str_]:
    """Return the regime of each rate of the grid [N], in increasing order of rates.

    1 ends with the largest rate that converges, 3 begins with the smallest above it that is at ``chance``, and 2A with
    1's end, for as long as there is no barrier.
    """
    count = len(found["loss"])
    converged = np.flatnonzero((found["loss"] < CONVERGED).numpy())
    first = converged[-1] + 1 if len(converged) else 0
    guessing = np.flatnonzero((found["accuracy"] <= chance + GUESSING).numpy())
    last = next((place for place in guessing if place >= first), count)
    apart = np.flatnonzero((found["barrier"] > CONNECTED).numpy())
    middle = min(last, next((place for place in apart if place >= first), count))
    counts = (first, middle - first, last - middle, count - last)
    return np.repeat(np.array(REGIMES), np.array(counts))
