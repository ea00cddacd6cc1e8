"""The mean of |e| over all steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor


class TrajectoryMagnitude(PathDetector):
    """The mean of the norm of e over the steps of a sample. Source: Wen et al. 2024."""

    name = "trajectory-magnitude"
    version = "1"
    needs = frozenset({"guidance"})
    card = Card(
        title="Mean |e| over steps",
        status="authors' code",
        paper="Detecting, Explaining, and Mitigating Memorization in Diffusion Models",
        authors="Wen, Liu, Chen, Lyu",
        year=2024,
        url="https://openreview.net/forum?id=84n3UwkH7b",
        note="Of one sample; the paper averages over several initial noises of a prompt.",
    )

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return the mean of |e| [N], higher = more suspicious."""
        return paths.norms.mean(dim=0)
