"""|e| at the first step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor


class GuidanceMagnitude(PathDetector):
    """The norm of e at the first step: what the adjustments of the initial noise bring down.

    Source: Wen et al. 2024, who find that one step suffices; Han et al. 2025, section 1.1 of our notes.
    """

    name = "guidance-magnitude"
    version = "1"
    needs = frozenset({"guidance"})
    card = Card(
        title="|e| at the first step",
        status="paper",
        paper="Detecting, Explaining, and Mitigating Memorization in Diffusion Models",
        authors="Wen, Liu, Chen, Lyu",
        year=2024,
        url="https://openreview.net/forum?id=84n3UwkH7b",
        note="Of one sample; the paper averages over several initial noises of a prompt.",
    )

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return |e| [N], higher = more suspicious."""
        return paths.norms[0]
