"""What the prototype found on digits, found again: ``python -m tests.benchmarks.memorization.acceptance 25`` prints it.

The number is that of noises of each caption; the prototype had 25, and three training seeds. Expected values and
tolerances are the prototype's. What follows from delays alone is cheap, and may have more noises than the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from suite.benchmarks.memorization.digits import DigitsTask
from suite.contracts import Column, Resources, TaskContext
from suite.plugins.memorization.batchwise_noise import BatchwiseNoise
from suite.plugins.memorization.best_of_n import BestOfN
from suite.plugins.memorization.guidance_scale import GuidanceScale
from suite.plugins.memorization.persample_noise import PersampleNoise
from suite.plugins.memorization.persample_noise_on_shell import PersampleNoiseOnShell
from suite.plugins.memorization.random_turn import RandomTurn
from suite.plugins.memorization.static_delay import StaticDelay
from suite.tracks.memorization.detection.rates import auroc
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.measuring import measured
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, SWEEP

from .worst import WorstOfN

if TYPE_CHECKING:
    from suite.tracks.memorization.samples import MitigationSamples

SEEDS = (0, 1, 2)
OFF = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)
"""Steps of 25 without guidance, of the two sweeps of delays."""
METHODS: dict[str, Any] = {
    "w 1": GuidanceScale(parts=(1 / 3,)),
    "delay": StaticDelay(),
    "batchwise": BatchwiseNoise(),
    "best": BestOfN(),
    "worst": WorstOfN(),
    "shell": PersampleNoiseOnShell(),
    "persample": PersampleNoise(targets=(0.8,)),
    "turn": RandomTurn(),
}
ORDERED = ("delays", "batchwise", "best", "shell")
"""Sweeps of which more strength is less memorization, for batch-wise moves where there is no delay."""
FINER = StaticDelay(delays=(0.08, 0.2, 0.4))
LATE = StaticDelay(delays=(0.6, 0.8))
Found = dict[str, "MitigationSamples"]


def found(seed: int, noises: int, many: int, resources: Resources) -> Found:
    """Return the samples of every method on a seed; with ``many`` noises those of delays; those of 50 steps."""
    context = TaskContext(seed, resources)
    few, more = (Experiment(DigitsTask(), context, count) for count in (noises, many))
    samples: dict[str, Any] = {name: measured(method, few).samples for name, method in METHODS.items()}
    samples |= {"delays": measured(StaticDelay(), more).samples, "late": measured(LATE, more).samples}
    finer = DigitsTask()
    finer.stride = 4  # type: ignore[misc]  # of this object alone
    return {**samples, "finer": measured(FINER, Experiment(finer, context, noises)).samples}


def value(samples: MitigationSamples, metric: str, subset: str) -> float:
    """Return a score."""
    score = samples.value(Column(metric=metric, subset=subset))
    assert score is not None
    return score.value


def of_point(name: str, metric: str, label: str) -> Callable[[Found], float]:
    """Return what reads a metric at a strength by its label."""

    def read(seed: Found) -> float:
        samples = seed[name]
        return value(samples, metric, str(samples.subset[samples.strength == label][0]))

    return read


def shares(samples: MitigationSamples) -> list[float]:
    """Return the share memorized at each strength."""
    return [value(samples, "memorized", point) for point in samples.points]


def caught(seed: Found) -> NDArray[np.bool_]:
    """Return whether each noise is memorized at each first step of guidance, 0 and `OFF` [11, N]."""
    delay, late = seed["delays"], seed["late"]
    parts = [delay.memorized[delay.subset == point] for point in (PLAIN, *delay.points)]
    return np.array([*parts, *(late.memorized[late.subset == point] for point in late.points)])


def escapes(seed: Found) -> NDArray[np.int64]:
    """Return the first step of guidance with which each noise is no copy [N]; 25 if guidance never starts."""
    free = ~caught(seed)
    return np.where(free.any(axis=0), np.array([0, *OFF])[free.argmax(axis=0)], 25)


def within(seed: Found, figure: Callable[[NDArray[Any], NDArray[Any]], float], other: NDArray[Any]) -> float:
    """Return the mean over captions of a figure of |e| at the first step and of something else [N]."""
    rows = seed["delays"].subset == PLAIN
    captions, norms = seed["delays"].caption[rows], seed["delays"].guidance[rows]
    groups = [captions == caption for caption in np.unique(captions)]
    return float(np.mean([figure(norms[row], other[row]) for row in groups if len(np.unique(other[row])) > 1]))


def variances(seed: Found) -> float:
    """Return the mean variance of escapes within captions over the variance of their means, noise of these and all."""
    parts = escapes(seed).reshape(len(np.unique(seed["delays"].caption[seed["delays"].subset == PLAIN])), -1)
    return float(parts.var(axis=1, ddof=1).mean() / parts.mean(axis=1).var(ddof=1))


def special_by_norm(seed: Found) -> float:
    """Return the AUROC of |e| at the first step for special captions against ordinary ones."""
    samples = seed["delays"]
    rows = np.isin(samples.subset, (PLAIN, ORDINARY))
    return auroc(samples.guidance[rows], samples.subset[rows] == PLAIN)


def reached(seed: Found) -> float:
    """Return the share of samples that came down to the target 0.8 on the shell."""
    samples = seed["shell"]
    unit = float(np.median(samples.guidance[samples.subset == ORDINARY]))
    return float((samples.guidance[samples.strength == "target 0.8"] <= 0.8 * unit * 1.001).mean())


def gain(first: str, second: str) -> Callable[[Found], NDArray[np.float64]]:
    """Return what resamples the captions for the difference of two frontier scores, in pairs."""
    column = Column(metric="frontier_score", subset=SWEEP)

    def drawn(seed: Found) -> NDArray[np.float64]:
        one, other = (seed[name].resampled(column) for name in (first, second))
        assert one is not None
        assert other is not None
        return np.asarray(one.values - other.values)

    return drawn


def ratio(label: str) -> Callable[[Found], float]:
    """Return what reads |e| at the first step after batch-wise moves over that before."""
    read = of_point("batchwise", "guidance_norm", label)
    return lambda seed: read(seed) / value(seed["batchwise"], "guidance_norm", PLAIN)


def less(one: Callable[[Found], float], other: Callable[[Found], float]) -> Callable[[Found], float]:
    """Return what reads a difference."""
    return lambda seed: one(seed) - other(seed)


def at(metric: str, subset: str, name: str = "delays") -> Callable[[Found], float]:
    """Return what reads a metric on a subset."""
    return lambda seed: value(seed[name], metric, subset)


PLAIN_SHARE = at("memorized", PLAIN)
PLAIN_OF_FEW = at("memorized", PLAIN, "delay")
FIGURES: Mapping[str, tuple[Callable[[Found], float], float, float, float]] = {
    # what: how it is read; the prototype's value; the lowest and the highest that its tolerance allows
    "memorized, w = 0": (at("memorized", FREE), 0.02, 0, 0.06),
    "memorized, w = 1": (of_point("w 1", "memorized", "0.33 w"), 0.30, 0.22, 0.38),
    "memorized, w = 3": (PLAIN_SHARE, 0.73, 0.65, 0.81),
    "alignment, w = 0": (at("alignment", FREE), 0.13, 0.09, 0.17),
    "alignment, w = 3": (at("alignment", PLAIN), 0.989, 0.97, 1),
    "memorized, ordinary captions": (at("memorized", ORDINARY), 0, 0, 0.01),
    "alignment, ordinary captions": (at("alignment", ORDINARY), 0.975, 0.955, 0.995),
    "memorized, delay 5 of 25": (of_point("delays", "memorized", "delay 0.2"), 0.41, 0.32, 0.50),
    "alignment, delay 5 of 25": (of_point("delays", "alignment", "delay 0.2"), 0.954, 0.929, 0.979),
    "memorized, delay 10 of 25": (of_point("delays", "memorized", "delay 0.4"), 0.15, 0.09, 0.21),
    "alignment, delay 10 of 25": (of_point("delays", "alignment", "delay 0.4"), 0.76, 0.70, 0.82),
    "memorized, batch-wise M 2": (of_point("batchwise", "memorized", "0.7 x 2"), 0.44, 0.35, 0.53),
    "alignment, batch-wise M 2": (of_point("batchwise", "alignment", "0.7 x 2"), 0.979, 0.959, 0.999),
    "ratio of norms, batch-wise M 2": (ratio("0.7 x 2"), 0.84, 0.81, 0.87),
    "memorized, batch-wise M 4": (of_point("batchwise", "memorized", "0.7 x 4"), 0.20, 0.12, 0.28),
    "alignment, batch-wise M 4": (of_point("batchwise", "alignment", "0.7 x 4"), 0.955, 0.925, 0.985),
    "ratio of norms, batch-wise M 4": (ratio("0.7 x 4"), 0.75, 0.72, 0.78),
    "memorized, on shell 0.8": (of_point("shell", "memorized", "target 0.8"), 0.17, 0.10, 0.24),
    "alignment, on shell 0.8": (of_point("shell", "alignment", "target 0.8"), 0.947, 0.917, 0.977),
    "iterations, on shell 0.8": (lambda s: of_point("shell", "backward_passes", "target 0.8")(s) / 2, 10, 7, 13),
    "reached, on shell 0.8": (reached, 1, 0.98, 1),
    "norm of noise, per-sample 0.8": (of_point("persample", "noise_norm", "target 0.8"), 1.11, 1.08, 1.14),
    "memorized, best of 4": (of_point("best", "memorized", "of 4"), 0.43, 0.34, 0.52),
    "memorized, best of 16": (of_point("best", "memorized", "of 16"), 0.21, 0.13, 0.29),
    "memorized, worst of 4": (of_point("worst", "memorized", "of 4"), 0.94, 0.88, 1),
    "memorized, random turn less plain": (
        less(of_point("turn", "memorized", "target 0.8"), PLAIN_OF_FEW),
        *(-0.005, -0.045, 0.035),
    ),
    "AUROC within captions, norm for memorized": (
        lambda seed: within(seed, lambda norms, copies: auroc(norms, copies > 0), caught(seed)[0]),
        *(0.85, 0.78, 1),
    ),
    "rank correlation within captions, norm and escape": (
        lambda seed: within(seed, lambda norms, steps: spearmanr(norms, steps).statistic, escapes(seed)),
        *(0.59, 0.48, 1),
    ),
    "variance of escapes, within over between": (variances, 11, 4, np.inf),
    "noises that are caught again": (
        lambda seed: float((~caught(seed)[:-1] & caught(seed)[1:]).any(axis=0).mean()),
        *(0, 0, 0.01),
    ),
    "AUROC, norm for special captions": (special_by_norm, 0.81, 0.75, 0.87),
    "frontier, static delay": (at("frontier_score", SWEEP, "delays"), 0.66, 0.60, 0.72),
    "frontier, batch-wise": (at("frontier_score", SWEEP, "batchwise"), 0.80, 0.74, 0.86),
    "frontier, on shell": (at("frontier_score", SWEEP, "shell"), 0.83, 0.77, 0.89),
    "frontier, best of N": (at("frontier_score", SWEEP, "best"), 0.79, 0.73, 0.85),
    "frontier, random turn": (at("frontier_score", SWEEP, "turn"), 0.01, 0, 0.06),
    "frontier, worst of N": (at("frontier_score", SWEEP, "worst"), 0, 0, 0.06),
    "frontier, on shell less delay": (lambda seed: float(gain("shell", "delay")(seed).mean()), 0.17, 0.10, 1),
    "memorized, batch-wise off 2 less delay 2": (
        less(of_point("batchwise", "memorized", "0.7 x 2, delay 0.08"), of_point("delay", "memorized", "delay 0.08")),
        *(-0.33, -1, -0.22),
    ),
    "memorized, 50 steps less 25, plain": (less(at("memorized", PLAIN, "finer"), PLAIN_OF_FEW), 0, -0.03, 0.03),
    **{
        f"memorized, 50 steps less 25, delay {share:g}": (
            less(
                of_point("finer", "memorized", f"delay {share:g}"), of_point("delay", "memorized", f"delay {share:g}")
            ),
            *(0, -0.03, 0.03),
        )
        for share in FINER.parameters.delays
    },
}


if __name__ == "__main__":
    from suite.cache import Cache
    from suite.settings import load_settings

    settings = load_settings()
    at_hand = Resources(settings, Cache(settings.cache_folder))
    seeds = [found(seed, int(sys.argv[1]), int(sys.argv[1]), at_hand) for seed in SEEDS]
    print("| figure | prototype | tolerance | here | by seed | |\n|---|---|---|---|---|---|")
    for what, (read, expected, low, high) in FIGURES.items():
        each = [read(seed) for seed in seeds]
        verdict = "" if low <= np.mean(each) <= high else "outside"
        by_seed = ", ".join(f"{one:.3f}" for one in each)
        print(f"| {what} | {expected:g} | {low:g} to {high:g} | {np.mean(each):.3f} | {by_seed} | {verdict} |")
    for name in ORDERED:
        print(name, np.round(np.mean([shares(seed[name]) for seed in seeds], axis=0), 3).tolist())
