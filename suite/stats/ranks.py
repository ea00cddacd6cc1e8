"""Ranks with intervals: between which places a method may stand, given what a paired comparison can separate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from suite.stats.paired import Difference, holm, paired_t

TIE = 1e-12
Compare = Callable[[int, int], Difference | None]
"""From the numbers of two methods to their paired difference, or None where they share nothing."""


@dataclass(frozen=True)
class Rank:
    """The place by mean (equal means share the better place), and the interval of places ``best`` to ``worst``."""

    place: int
    best: int
    worst: int


def rank(means: Sequence[float], compare: Compare, *, higher_is_better: bool, level: float = 0.95) -> list[Rank]:
    """Rank methods by their means.

    A method's interval starts after all that are significantly better and ends before all that are significantly worse:
    the paired test of ``compare``, Holm over all pairs, so that with probability ``level`` no interval misses its true
    place. Pairs that cannot be tested are not separated. Ranks depend on the field.
    """
    sign = 1.0 if higher_is_better else -1.0
    pairs, p_values, differences = [], [], []
    for a, b in combinations(range(len(means)), 2):
        found = compare(a, b)
        if found is not None and found.p is not None:
            pairs.append((a, b))
            p_values.append(found.p)
            differences.append(sign * found.mean)
    better, worse = [0] * len(means), [0] * len(means)
    for (a, b), p, difference in zip(pairs, holm(p_values), differences, strict=True):
        if p < 1 - level:
            winner, loser = (a, b) if difference > 0 else (b, a)
            worse[winner] += 1
            better[loser] += 1
    return [
        Rank(1 + sum(sign * (other - mean) > TIE for other in means), 1 + better[i], len(means) - worse[i])
        for i, mean in enumerate(means)
    ]


def over_seeds(values: Sequence[Mapping[int, float]]) -> Compare:
    """Return the comparison by paired t of methods' values by seed, on the seeds that both have."""

    def compare(a: int, b: int) -> Difference | None:
        common = sorted(values[a].keys() & values[b].keys())
        if not common:
            return None
        return paired_t([values[a][s] for s in common], [values[b][s] for s in common], over="seeds")

    return compare
