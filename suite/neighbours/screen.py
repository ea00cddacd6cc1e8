"""Upper bounds of the closeness of all pairs by one product of narrow matrices of low precision.

Write ``a = q - c`` and ``b = x - c``. What ranks the bank for a query is ``s = a.b - |b|^2 / 2``, which is
``(|a|^2 - |q - x|^2) / 2``, or ``s = a.b`` where products are asked for (then c = 0). With a basis V [D, m] of leading
principal components, coordinates ``y`` near ``V'b``, rounded, and the residual ``r = b - V y``::

    a.b <= y_a.y_b + |y_a| |V'r_b| + |V'r_a| |y_b| + |r_a| |r_b| + error * |a| |b|

Each summand is a column of either matrix, so that one product bounds every pair. Norms are rounded up; ``error`` covers
that V is orthogonal to rounding alone, and all sums in floating point (Higham 2002, section 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from suite.lazy import torch
from suite.neighbours.exact import Measure

EXTRA = 8
"""Columns besides the coordinates: four of norms, three that add up to -|b|^2 / 2, one of the shift."""
FLOAT32 = 2.0**-24
ROWS = 8192
NEVER = -1e30


@dataclass(frozen=True)
class Basis:
    """Centre [D], basis [D, m] or None for the coordinates themselves, and a power of two that scales features to 1."""

    centre: torch.Tensor
    vectors: torch.Tensor | None
    scale: float
    skewness: float = 0.0

    @property
    def width(self) -> int:
        """How many coordinates there are."""
        return len(self.centre) if self.vectors is None else self.vectors.shape[1]

    def of_width(self, width: int) -> Basis:
        """Return the same with the first ``width`` components."""
        assert self.vectors is not None
        vectors = self.vectors[:, :width].contiguous()
        gram = vectors.double().T @ vectors.double()
        skewness = float((gram - torch.eye(width, dtype=gram.dtype)).norm())
        return Basis(self.centre, vectors, self.scale, skewness)

    def whole(self) -> Basis:
        """Return the same without a rotation: all coordinates as they are."""
        return Basis(self.centre, None, self.scale)


@dataclass(frozen=True)
class Projection:
    """Coordinates [R, m] in the screen's precision, and norms [R], float64 and rounded up, of either side's rows."""

    coordinates: torch.Tensor
    along: torch.Tensor
    """|y|"""
    leak: torch.Tensor
    """|V'r|"""
    residual: torch.Tensor
    """|r|"""
    length: torch.Tensor
    """|b|"""

    @classmethod
    def of(cls, rows: torch.Tensor, basis: Basis, dtype: torch.dtype) -> Projection:
        """Project rows [R, D]."""
        centred = ((rows - basis.centre) * basis.scale).float()
        summed = (centred.shape[1] + 4) * FLOAT32  # relative error of a sum over D
        length = _norm(centred) * (1 + summed)
        if basis.vectors is None:
            coordinates = centred.to(dtype)
            residual = leak = _norm(centred - coordinates.float()) * (1 + summed) + 2 * FLOAT32 * length
        else:
            exact = centred @ basis.vectors
            coordinates = exact.to(dtype)
            rounded = coordinates.float()
            root = 1 + basis.width**0.5
            error = FLOAT32 * root * length
            leak = _norm(exact - rounded) * (1 + summed) + summed / FLOAT32 * error + basis.skewness * length
            residual = _norm(centred - rounded @ basis.vectors.T) * (1 + summed) + (basis.width + 4) * error
        along = _norm(coordinates.float()) * (1 + summed)
        return cls(coordinates, along, leak, residual, length)


class Screen:
    """The bank's side of the bounds, [N, m + EXTRA], padded to a multiple of ``multiple`` with rows never found."""

    def __init__(
        self, bank: torch.Tensor, basis: Basis, measure: Measure, dtype: torch.dtype, multiple: int = 1
    ) -> None:
        self.basis, self.measure, self.dtype = basis, measure, dtype
        size, width = bank.shape[1], basis.width
        self.error = 8 * (width + EXTRA) * FLOAT32
        self.inexact = 2 * (size + 4) * FLOAT32  # relative error of the exact routine
        self.matrix = bank.new_zeros(-(-len(bank) // multiple) * multiple, width + EXTRA, dtype=dtype)
        self.matrix[len(bank) :, width + 4] = NEVER
        for start in range(0, len(bank), ROWS):
            side = Projection.of(bank[start : start + ROWS], basis, dtype)
            part = self.matrix[start : start + ROWS]
            part = part[: len(side.length)]
            part[:, :width] = side.coordinates
            part[:, width] = self._up(side.leak)
            part[:, width + 1] = self._up(side.along)
            part[:, width + 2] = self._up(side.residual)
            part[:, width + 3] = self._up((self.error + self.inexact + 4 * basis.skewness) * side.length)
            if measure == "distance":
                half = side.length.square() * (1 - self.error - 2 * self.inexact) / 2
                part[:, width + 4 : width + 7] = _pieces(-half, dtype)
            part[:, width + 7] = 1.0

    def left(self, queries: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the queries' side [B, m + EXTRA], the shift [B] that it subtracts from the bounds, and |a|^2 [B]."""
        side, width = Projection.of(queries, self.basis, self.dtype), self.basis.width
        left = queries.new_zeros(len(queries), width + EXTRA, dtype=self.dtype)
        left[:, :width] = side.coordinates
        left[:, width] = self._up(side.along)
        left[:, width + 1] = self._up(side.leak)
        left[:, width + 2] = self._up(side.residual)
        left[:, width + 3] = self._up(side.length)
        left[:, width + 4 : width + 7] = 1.0
        sample = self.matrix[:: max(1, len(self.matrix) // 128)]
        # Bounds that are a little above the shift matter: there the steps are finest, and numbers positive.
        shift = (left @ sample.T).topk(min(8, len(sample)), dim=1).values[:, -1]
        left[:, width + 7] = -shift
        return left, shift.double(), side.length.square() * (1 - 2 * self.inexact)

    def thresholds(self, worst: torch.Tensor, shift: torch.Tensor, squares: torch.Tensor) -> torch.Tensor:
        """Return what the shifted bounds [B, N] reach for every row whose exact closeness is at least ``worst`` [B]."""
        tiny = torch.finfo(torch.float32).tiny
        if self.measure == "product":
            bound = worst.double() * self.basis.scale**2
        else:
            distance = -worst.double() * self.basis.scale**2 * (1 + self.inexact) + len(self.basis.centre) * tiny
            bound = (squares - distance) / 2
        bound = bound - shift - self.error * shift.abs()
        return (bound - 1e-6 * bound.abs() - tiny).float().to(self.dtype)

    @property
    def constants(self) -> tuple[float, ...]:
        """What `thresholds` computes with: whether products are asked for, scale squared, errors, smallest number."""
        least = len(self.basis.centre) * torch.finfo(torch.float32).tiny
        return float(self.measure == "product"), self.basis.scale**2, self.inexact, self.error, least

    def _up(self, norms: torch.Tensor) -> torch.Tensor:
        return (norms * (1 + 2 * torch.finfo(self.dtype).eps)).to(self.dtype)


def _norm(rows: torch.Tensor) -> torch.Tensor:
    lengths: torch.Tensor = torch.linalg.vector_norm(rows, dim=1).double()
    return lengths


def _pieces(values: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return three numbers of low precision [R, 3] that add up to the values [R]."""
    pieces = []
    for _ in range(3):
        pieces.append(values.to(dtype))
        values = values - pieces[-1].double()
    return torch.stack(pieces, dim=1)
