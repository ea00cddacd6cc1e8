"""A detector's border in the plane of two principal components: the score's levels there, kept with the samples."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from suite.lazy import torch

SIDE = 49
"""Points of the grid along each component."""
SHOWN = 120
"""At most so many images of a test set are placed in the plane."""
MARGIN = 0.05
"""By which share the grid reaches beyond the images that are shown."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """The plane through the mean of the ID training features along their first two principal components.

    Attributes:
        x, y: coordinates of the grid [W], [H], of the features' unit.
        levels: the score above the boundary at each point of the plane [H, W], NaN where there is none.
        rows: numbers of the test samples that are shown [K].
        places: their features, projected onto the plane [K, 2].
        share: of the variance of the training features that lies in the plane.
    """

    x: Floats
    y: Floats
    levels: Floats
    rows: NDArray[np.int64]
    places: Floats
    share: float

    @classmethod
    def of(
        cls,
        score: Callable[[torch.Tensor], torch.Tensor],
        training: torch.Tensor,
        tests: Mapping[str, torch.Tensor],
        boundary: float,
    ) -> Self:
        """Score the plane of training features [N, D]; of each of the ``tests`` [M, D] some samples are shown.

        ``score`` is a detector's, of features [B, D].
        """
        centre = training.mean(dim=0)
        values, vectors = torch.linalg.eigh((training - centre).double().T.cov())
        axes = vectors[:, -2:].flip(1).T  # the signs are arbitrary: each component's largest entry is made positive
        axes = axes * axes.gather(1, axes.abs().argmax(dim=1, keepdim=True)).sign()
        shown = {
            name: np.unique(np.linspace(0, len(test) - 1, SHOWN).round().astype(int)) for name, test in tests.items()
        }
        starts = dict(zip(tests, np.cumsum([0, *map(len, tests.values())]).tolist(), strict=False))
        chosen = torch.cat([test[shown[name]] for name, test in tests.items()])
        places = ((chosen - centre).double() @ axes.T).numpy()
        low, high = places.min(axis=0), places.max(axis=0)
        x, y = np.linspace(low - MARGIN * (high - low), high + MARGIN * (high - low), SIDE).T
        grid = torch.from_numpy(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
        scores = score((centre.double() + grid @ axes).to(training.dtype)).detach().double().cpu().numpy()
        return cls(
            x=x,
            y=y,
            levels=np.where(np.isfinite(scores), scores - boundary, np.nan).reshape(SIDE, SIDE),
            rows=np.concatenate([starts[name] + rows for name, rows in shown.items()]),
            places=places,
            share=float(values[-2:].sum() / values.sum()),
        )

    def stored(self) -> bytes:
        """Return the plane as text, with five digits of each number that is not whole."""
        numbers = {name: np.asarray(value).tolist() for name, value in vars(self).items()}
        return json.dumps({name: _short(value) for name, value in numbers.items()}).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Return a stored plane."""
        fields: dict[str, Any] = json.loads(text)
        rows = np.array(fields.pop("rows"), dtype=np.int64)
        share = float(fields.pop("share"))
        return cls(rows=rows, share=share, **{name: np.array(value, dtype=float) for name, value in fields.items()})

    def accepted(self) -> list[dict[str, float]]:
        """Return where the level is 0 or above, as strips along x, one for each run of points in a row of the grid.

        Between two points the level is taken to be linear in x. Keys are ``left``, ``right``, ``low`` and ``high``.
        """
        half = (self.y[1] - self.y[0]) / 2
        strips = []
        for y, levels in zip(self.y, self.levels, strict=True):
            inside = np.concatenate([[False], levels >= 0, [False]])
            edges = np.flatnonzero(np.diff(inside.astype(int)))
            for first, last in edges.reshape(-1, 2):
                left, right = self._crossing(levels, first - 1, first), self._crossing(levels, last, last - 1)
                strips.append({"left": left, "right": right, "low": float(y - half), "high": float(y + half)})
        return strips

    def _crossing(self, levels: Floats, outer: int, inner: int) -> float:
        """Return x of the level 0 between a refused point of a row and its accepted neighbour."""
        if not 0 <= outer < len(levels) or np.isnan(levels[outer]):
            return float(self.x[inner])
        share = levels[inner] / (levels[inner] - levels[outer])
        return float(self.x[inner] + share * (self.x[outer] - self.x[inner]))


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(each) for each in value]
    return value if isinstance(value, int) else None if np.isnan(value) else float(f"{value:.5g}")
