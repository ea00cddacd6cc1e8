"""Ranks with intervals: between which places a method may stand, given the spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from suite.stats.paired import holm, paired_t

TIE = 1e-12


@dataclass(frozen=True)
class Rank:
    """The place by mean (equal means share the better place), and the interval of places ``best`` to ``worst``."""

    place: int
    best: int
    worst: int


def rank(values: Sequence[Mapping[int, float]], *, higher_is_better: bool, level: float = 0.95) -> list[Rank]:
    """Rank methods by the mean of their values, each a mapping from seed to value.

    A method's interval starts after all that are significantly better and ends before all that are significantly worse:
    paired t on common seeds, Holm over all pairs, so that with probability ``level`` no interval misses its true
    place. Pairs that cannot be tested are not separated. Ranks depend on the field.

    Raises:
        ValueError: a method has no value.
    """
    sign = 1.0 if higher_is_better else -1.0
    means = [sign * sum(each.values()) / len(each) if each else _raise_empty() for each in values]
    pairs, p_values, differences = [], [], []
    for a, b in combinations(range(len(values)), 2):
        common = sorted(values[a].keys() & values[b].keys())
        if not common:
            continue
        found = paired_t([values[a][s] for s in common], [values[b][s] for s in common], over="seeds", level=level)
        if found.p is not None:
            pairs.append((a, b))
            p_values.append(found.p)
            differences.append(sign * found.mean)
    better, worse = [0] * len(values), [0] * len(values)
    for (a, b), p, difference in zip(pairs, holm(p_values), differences, strict=True):
        if p < 1 - level:
            winner, loser = (a, b) if difference > 0 else (b, a)
            worse[winner] += 1
            better[loser] += 1
    return [
        Rank(1 + sum(other > mean + TIE for other in means), 1 + better[i], len(values) - worse[i])
        for i, mean in enumerate(means)
    ]


def _raise_empty() -> float:
    raise ValueError("a method has no value to rank by")
