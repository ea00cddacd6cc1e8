"""The one routine that says what the distance or the product of a pair is, whoever asks and in whatever company."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from suite.lazy import torch

Measure = Literal["distance", "product"]
COMPILED = 2**21
"""Numbers in a bank from which on the compiled routines are used: they take about a second to import."""
ELEMENTS = 2**17  # of pairs at a time: what is computed from them stays in the cache


def kernels(bank: torch.Tensor) -> Any:
    """Return the compiled routines, or None for a bank on a GPU, or so small that torch is done before numba starts."""
    if bank.device.type != "cpu" or bank.numel() < COMPILED:
        return None
    return import_module("suite.neighbours.compiled")


def of_all(queries: torch.Tensor, bank: torch.Tensor, measure: Measure) -> torch.Tensor:
    """Return the closeness [B, N] of all pairs of queries [B, D] and bank [N, D], both float32 or both float64.

    That is minus the squared distance, the sum of ``(q - x)^2``, or the product: what is largest is nearest. Either way
    the coordinates are summed pair by pair, so that the value depends on nothing else. By numba or by torch, as
    `kernels` says of the bank: these differ in the last roundings, no more than D + 2 of them.
    """
    compiled = kernels(bank)
    if compiled is None:
        left = torch.arange(len(queries), device=bank.device).repeat_interleave(len(bank))
        right = torch.arange(len(bank), device=bank.device).repeat(len(queries))
        return of_pairs(queries, bank, measure, left, right).view(len(queries), len(bank))
    values = bank.new_empty(len(queries), len(bank))
    rows = queries.contiguous().numpy(), bank.contiguous().numpy()
    compiled.of_all(*rows, measure == "product", values.numpy())
    return values


def of_pairs(
    queries: torch.Tensor, bank: torch.Tensor, measure: Measure, left: torch.Tensor, right: torch.Tensor
) -> torch.Tensor:
    """Return the closeness [P] of the pairs (queries[left], bank[right]), by torch."""
    values = bank.new_empty(len(left))
    step = max(1, ELEMENTS // bank.shape[1])
    for start in range(0, len(left), step):
        part = slice(start, start + step)
        rows, others = bank.index_select(0, right[part]), queries.index_select(0, left[part])
        values[part] = _summed(rows.mul_(others)) if measure == "product" else -_summed(rows.sub_(others).square_())
    return values


def _summed(terms: torch.Tensor) -> torch.Tensor:
    """Return the sums [P] of terms [P, D], which are overwritten, in an order that is ours: by halves."""
    width = terms.shape[1]
    while width > 1:
        half = (width + 1) // 2
        terms[:, : width - half] += terms[:, half:width]
        width = half
    return terms[:, 0].clone()
