"""How often the statistics of a table are right, by simulation: ``python -m tests.stats.simulation`` prints the table.

Twelve methods on S seeds: a method's value is its true mean, an effect of the seed that all methods share, and noise of
its own. Unequal: the noise of methods differs, evenly by the logarithm, fourfold in its standard deviation and so
sixteenfold in its variance. Samples: half of the noise's variance comes from the test samples, which predict that half
with an error of a tenth. True means are all equal, where the set of the best and "told apart" are hardest, or lie four
standard deviations of the mean noise apart from first to last, evenly, where intervals and ranks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from suite.stats.best import against_the_best
from suite.stats.field import paired_field
from suite.stats.ranks import marginal_ranks

METHODS = 12
SEEDS = (3, 5, 10, 20)
TABLES = 400
RATIO = 4.0
HEADS = ("means", "noise", "evidence", "seeds", "interval covers", "best in set", "told apart, wrongly", "rank covers")


@dataclass(frozen=True)
class Setting:
    equal_means: bool
    unequal_noise: bool
    samples: bool
    seeds: int

    @property
    def words(self) -> tuple[str, str, str, str]:
        return (
            "equal" if self.equal_means else "spread",
            "unequal" if self.unequal_noise else "equal",
            "seeds and samples" if self.samples else "seeds",
            str(self.seeds),
        )


@dataclass(frozen=True)
class Rates:
    """Shares, in per cent. ``wrong``: of the true best that are told apart from the best."""

    interval: float
    best: float
    wrong: float
    rank: float


SETTINGS = [Setting(*each) for each in product((True, False), (False, True), (False, True), SEEDS)]


def simulate(setting: Setting, tables: int = TABLES) -> Rates:
    rng = np.random.default_rng([setting.equal_means, setting.unequal_noise, setting.samples, setting.seeds])
    means = np.zeros(METHODS) if setting.equal_means else np.linspace(0, 4, METHODS)
    behind, ranks = means.max() - means, 1 + (means[None] > means[:, None]).sum(1)
    rates = np.array([_once(rng, setting, means, behind, ranks) for _ in range(tables)])
    interval, best, rank = 100 * rates.mean(0)
    return Rates(interval, best, 100 - best, rank)


def _once(
    rng: np.random.Generator, setting: Setting, means: np.ndarray, behind: np.ndarray, ranks: np.ndarray
) -> tuple[float, float, float]:
    noise = np.geomspace(RATIO**-0.5, RATIO**0.5, METHODS) if setting.unequal_noise else np.ones(METHODS)
    noise = rng.permutation(noise)
    shape = (METHODS, setting.seeds)
    values = means[:, None] + rng.normal(size=setting.seeds) + noise[:, None] * rng.normal(size=shape)
    predicted = None
    if setting.samples:
        half = noise**2 / 2 * rng.chisquare(200, METHODS) / 200
        predicted = half[:, None] + half[None, :]
        np.fill_diagonal(predicted, 0.0)
    field = paired_field(values, predicted)
    found = against_the_best(field)
    places = marginal_ranks(field, found.tied)
    # Zero is no part of the interval of a method that is told apart.
    inside = (found.low <= behind) & (behind <= found.high) & (found.tied | (behind > 0))
    covered = (places.best <= ranks) & (ranks <= places.worst)
    return float(inside.mean()), float(found.tied[behind == 0].mean()), float(covered.mean())


def printed(tables: int = TABLES) -> str:
    """Return the table of all settings as Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}"]
    for setting in SETTINGS:
        rates = simulate(setting, tables)
        numbers = (rates.interval, rates.best, rates.wrong, rates.rank)
        lines.append(f"| {' | '.join([*setting.words, *(f'{number:.1f}' for number in numbers)])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(printed())
