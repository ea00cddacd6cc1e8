"""The search itself: seeds, bounds, survivors."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import cast

from suite.lazy import torch
from suite.neighbours.exact import Measure, kernels, of_all, of_pairs
from suite.neighbours.screen import Basis, Screen

QUERIES = 256
COLUMNS = 2**20
"""At most so many queries by so much of the bank at a time; the seeds are the better, the more of the bank is seen."""
BOUNDS = 2**25
LEVELS = 5
MULTIPLE = 64  # of rows, so that the bounds can be halved six times
WIDTHS = (24, 56, 120, 248)  # with the columns of `screen`, multiples of 32
SAMPLE, TRIALS = 4096, 32
COMPONENT_ROWS = 8192
PER_PAIR, PER_PRODUCT, PER_SURVIVOR, PER_COORDINATE = 7e-10, {2: 6e-12, 4: 2e-11}, 3e-8, 5e-10
"""Seconds on one core of 2024, by bytes of the screen's numbers; only their ratios count."""


@dataclass(frozen=True)
class Nearest:
    """The k nearest of each query, nearest first: distances or products [B, k], and rows of the bank [B, k]."""

    values: torch.Tensor
    rows: torch.Tensor


class Bank:
    """Rows [N, D] among which to find the exact nearest neighbours of queries, by distance or by largest product.

    The result is that of computing all pairs by `exact.of_all` and taking the k best: values bit for bit, in any
    company, on any number of threads. Of rows that tie for the last place, any may be returned. Which bounds are used,
    in which precision, is chosen by a sample of the first queries, and changes the time alone: components where they
    exclude enough, all coordinates where they do not, as for white noise. All pairs are computed where k is more than a
    quarter of N, and on other devices than the CPU.
    Float16 and bfloat16 are computed in float32, float64 in its own precision.
    """

    def __init__(self, rows: torch.Tensor, measure: Measure = "distance") -> None:
        """Keep the rows; what the search needs besides is computed by the first search.

        Raises:
            ValueError: the rows are no matrix of finite floating-point numbers.
        """
        rows = _checked(rows, "bank").contiguous()
        self.rows = rows if rows.dtype in (torch.float32, torch.float64) else rows.float()
        self.measure, self._screen = measure, cast("Screen | None", None)

    def nearest(self, queries: torch.Tensor, k: int) -> Nearest:
        """Return the k nearest of queries [B, D].

        Raises:
            ValueError: k is not between 1 and N, or the queries are not finite or not as wide as the bank.
        """
        queries = _checked(queries, "queries").to(self.rows.dtype)
        count, width = self.rows.shape
        if not 1 <= k <= count:
            raise ValueError(f"k = {k} is not between 1 and the bank's {count} rows")
        if queries.shape[1] != width:
            raise ValueError(f"queries of width {queries.shape[1]} do not fit a bank of width {width}")
        if 4 * k > count or self.rows.device.type != "cpu":
            parts = [self._by_all_pairs(part, k) for part in torch.split(queries, QUERIES)]
        else:
            if self._screen is None and len(queries):
                self._screen = _chosen(self.rows, queries, k, self.measure)
            count = min(QUERIES, max(16, BOUNDS // min(COLUMNS, count)))
            parts = [self._by_bounds(part, k) for part in torch.split(queries, count) if len(part)]
        closeness = torch.cat([values for values, _ in parts] or [queries.new_empty(0, k)])
        found = torch.cat([rows for _, rows in parts] or [torch.empty(0, k, dtype=torch.int64)])
        return Nearest(closeness if self.measure == "product" else closeness.neg().sqrt(), found)

    def _by_all_pairs(self, queries: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
        best = of_all(queries, self.rows, self.measure).topk(k, dim=1)
        return best.values, best.indices

    def _by_bounds(self, queries: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
        screen = self._screen
        assert screen is not None
        left, shift, squares = screen.left(queries)
        columns = max(COLUMNS, 4 * k + -4 * k % MULTIPLE)
        if kernels(self.rows) is not None:
            return self._compiled_search(queries, k, columns, left, shift, squares)
        best: tuple[torch.Tensor, torch.Tensor] | None = None
        for start in range(0, len(screen.matrix), columns):
            levels = _levels(left @ screen.matrix[start : start + columns].T, 4 * k)
            if best is None:
                seeds = _highest(levels, k)
                places = torch.arange(len(queries)).repeat_interleave(k)
                worst = of_pairs(queries, self.rows, self.measure, places, seeds.flatten()).view(-1, k).amin(dim=1)
            else:
                worst = best[0][:, -1]
            places, found = _reaching(levels, screen.thresholds(worst, shift, squares))
            real = found < len(self.rows) - start
            places, found = places[real], found[real] + start
            values = of_pairs(queries, self.rows, self.measure, places, found)
            best = _merged(best, places, values, found, len(queries), k)
        assert best is not None
        return best

    def _compiled_search(
        self,
        queries: torch.Tensor,
        k: int,
        columns: int,
        left: torch.Tensor,
        shift: torch.Tensor,
        squares: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        screen, compiled = self._screen, kernels(self.rows)
        assert screen is not None
        values = queries.new_empty(len(queries), k)
        rows, counts = torch.empty(values.shape, dtype=torch.int64), torch.zeros(len(queries), dtype=torch.int64)
        queries, bank = queries.contiguous(), self.rows.numpy()
        kind = torch.int16 if screen.dtype == torch.bfloat16 else torch.int32
        space = left.new_empty(len(left) * min(columns, len(screen.matrix)))
        for start in range(0, len(screen.matrix), columns):
            block = screen.matrix[start : start + columns]
            bounds = torch.mm(left, block.T, out=space[: len(left) * len(block)].view(len(left), -1)).view(kind)

            def of_part(part: slice, bounds: torch.Tensor = bounds, start: int = start) -> None:
                of_rows = [each[part].numpy() for each in (bounds, queries, squares, shift, values, rows, counts)]
                compiled.search(of_rows[0], start, of_rows[1], bank, screen.constants, *of_rows[2:])

            _in_threads(of_part, len(queries))
        return values, rows


def _in_threads(function: Callable[[slice], None], count: int) -> None:
    """Call a function that releases the lock with slices of ``count``, in as many threads as torch has."""
    threads = max(1, min(torch.get_num_threads(), count // 16))
    if threads == 1:
        function(slice(0, count))
        return
    step = -(-count // threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(function, [slice(start, start + step) for start in range(0, count, step)]))


def _levels(bounds: torch.Tensor, least: int) -> list[torch.Tensor]:
    """Return bounds [B, N] and their maxima over 2, 4, 8, ... columns, of ``least`` columns or more.

    Column j of a level [B, W] is the larger of j and j + W of the level before.
    """
    levels = [bounds]
    while (width := levels[-1].shape[1] // 2) >= least and levels[-1].shape[1] % 2 == 0:
        levels.append(torch.maximum(levels[-1][:, :width], levels[-1][:, width:]))
    return levels


def _highest(levels: list[torch.Tensor], k: int) -> torch.Tensor:
    """Return k columns [B, k] of high bounds, no two alike: the highest of each of the k best groups."""
    columns = levels[-1].topk(k, dim=1, sorted=False).indices
    for level in reversed(levels[:-1]):
        other = columns + level.shape[1] // 2
        columns = torch.where(level.gather(1, other) > level.gather(1, columns), other, columns)
    return columns


def _reaching(levels: list[torch.Tensor], thresholds: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (rows [P], columns [P]) of the bounds that reach their row's threshold [B], rows in rising order."""
    levels = levels[: LEVELS + 1]
    rows, columns = (levels[-1] >= thresholds[:, None]).nonzero().unbind(dim=1)
    for level in reversed(levels[:-1]):
        width = level.shape[1]
        both = torch.stack([columns, columns + width // 2], dim=1)
        kept = level.view(-1).take(both + (rows * width)[:, None]) >= thresholds[rows][:, None]
        rows, columns = rows[:, None].expand(-1, 2)[kept], both[kept]
    return rows, columns


def _merged(
    best: tuple[torch.Tensor, torch.Tensor] | None,
    places: torch.Tensor,
    values: torch.Tensor,
    rows: torch.Tensor,
    count: int,
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the k best (values [B, k], rows [B, k]) of those so far and of pairs [P], whose places [P] rise."""
    counts = places.bincount(minlength=count)
    rank = torch.arange(len(places)) - (counts.cumsum(0) - counts)[places]
    table = values.new_full((count, max(int(counts.max()), 0 if best else k)), -torch.inf)
    names = torch.zeros(table.shape, dtype=torch.int64)
    table[places, rank], names[places, rank] = values, rows
    if best is not None:
        table, names = torch.cat([best[0], table], dim=1), torch.cat([best[1], names], dim=1)
    top = table.topk(k, dim=1)
    return top.values, names.gather(1, top.indices)


def _checked(rows: torch.Tensor, name: str) -> torch.Tensor:
    if rows.ndim != 2 or not rows.is_floating_point():
        raise ValueError(f"the {name} must be a matrix of floating-point numbers")
    if not rows.shape[1] or not torch.isfinite(rows).all():
        raise ValueError(f"the {name} have no columns, or values that are not finite")
    return rows.detach()


def _chosen(bank: torch.Tensor, queries: torch.Tensor, k: int, measure: Measure) -> Screen:
    """Return the screen that is the fastest for the first of the queries on a sample of the bank."""
    sample, trials = _spread(bank, SAMPLE), queries[:TRIALS]
    basis = _components(bank, measure)
    left = ((trials - basis.centre) * basis.scale).float()
    ranked = []
    for start in range(0, len(bank), SAMPLE):
        right = ((bank[start : start + SAMPLE] - basis.centre) * basis.scale).float()
        half = right.square().sum(dim=1) / 2 if measure == "distance" else 0
        ranked.append((left @ right.T - half).topk(min(k, len(right)), dim=1).values)
    goals = torch.cat(ranked, dim=1).topk(k, dim=1).values[:, -1].double()
    dtype = _fastest()

    def seconds(candidate: Basis) -> float:
        screen = Screen(sample, candidate, measure, dtype)
        side, shift, _ = screen.left(trials)
        survivors = ((side @ screen.matrix.T).double() >= (goals - shift)[:, None]).double().mean()
        exact = float(survivors) * (PER_SURVIVOR + bank.shape[1] * PER_COORDINATE)
        return PER_PAIR + candidate.width * PER_PRODUCT[dtype.itemsize] + exact

    narrow = [basis.of_width(width) for width in WIDTHS if 4 * width <= 3 * bank.shape[1]]
    return Screen(bank, _choice([*narrow, basis.whole()], seconds), measure, dtype, MULTIPLE)


def _choice(candidates: list[Basis], seconds: Callable[[Basis], float]) -> Basis:
    return min(candidates, key=seconds)


def _spread(rows: torch.Tensor, count: int) -> torch.Tensor:
    return rows[:: max(1, len(rows) // count)][:count]


def _components(bank: torch.Tensor, measure: Measure) -> Basis:
    """Return a basis near the leading principal components of a sample, by subspace iteration."""
    sample = _spread(bank, COMPONENT_ROWS)
    centre = sample.mean(dim=0) if measure == "distance" else torch.zeros_like(sample[0])
    centred = sample - centre
    longest = float(torch.linalg.vector_norm(centred.double(), dim=1).amax())
    scale = 2.0 ** -round(math.log2(longest)) if longest > 0 else 1.0
    centred = (centred * scale).float()
    covariance = centred.T @ centred
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(len(centre), min(max(WIDTHS), len(centre)), generator=generator)
    for _ in range(4):
        vectors = torch.linalg.qr(covariance @ vectors).Q
    _, order = torch.linalg.eigh(vectors.T @ covariance @ vectors)
    return Basis(centre, vectors @ order.flip(1), scale)


@cache
def _fastest() -> torch.dtype:
    """Return the precision whose products are faster on this processor: bfloat16 where it has instructions for it."""

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(QUERIES, 64, dtype=dtype), torch.ones(8192, 64, dtype=dtype)
        times = []
        for _ in range(4):
            started = time.perf_counter()
            a @ b.T
            times.append(time.perf_counter() - started)
        return min(times)

    return min((torch.bfloat16, torch.float32), key=seconds)
