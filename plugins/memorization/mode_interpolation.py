"""Mode interpolation: the variance of the predicted sample over the last steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor


class ModeInterpolation(PathDetector):
    """The variance of the predicted clean sample over the last steps, averaged over its numbers.

    Source: Aithal et al. 2024, section 3.2 of our notes: population variance, the last 10 steps in two dimensions.
    """

    name = "mode-interpolation"
    version = "1"
    needs = frozenset({"predictions"})
    card = Card(
        title="Variance of the predicted sample",
        status="authors' code",
        paper="Understanding Hallucinations in Diffusion Models through Mode Interpolation",
        authors="Aithal, Maini, Lipton, Kolter",
        year=2024,
        url="https://arxiv.org/abs/2406.09358",
        note="The window for images is not published; ours is that of the authors' two-dimensional experiments.",
    )

    class Parameters(PathDetector.Parameters):
        """The window of the authors' code."""

        last: int = Field(10, ge=2, description="over how many of the last steps")

    parameters: Parameters

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return the variance [N], higher = more suspicious."""
        assert paths.clean is not None
        window = paths.clean[-self.parameters.last :]
        return window.var(dim=0, unbiased=False).flatten(1).mean(dim=1)
