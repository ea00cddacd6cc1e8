"""What a cell on prompts leaves behind: what every sample of every point is, and of the anchors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Picture, Resampled, Samples, Value
from suite.tracks.memorization.frontier import Anchors, frontier_score
from suite.tracks.memorization.metrics import BACKWARD, EVALUATIONS, FIRST_NORM, FREE, NOISE_NORM, PLAIN, POINTS, SWEEP
from suite.tracks.memorization.prompted import metrics
from suite.tracks.memorization.rows import RESAMPLES

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class PromptedSamples(Samples):
    """A row for each sample, part by part; those of one part are in the same order for every method [rows].

    Attributes:
        part: a point of the sweep, plain guidance, or none; ``strength``: the method's own label of it.
        kind: VM or TM; ``prompt``: number of the prompt; ``noise``: of the initial noise.
        sscd, clip, apart, guidance, length, evaluations, backward, seconds: see the metrics; nan where not measured.
        noises: sha256 of all initial noises.
    """

    part: NDArray[np.str_]
    strength: NDArray[np.str_]
    kind: NDArray[np.str_]
    prompt: NDArray[np.int64]
    noise: NDArray[np.int64]
    sscd: Numbers
    clip: Numbers
    apart: Numbers
    guidance: Numbers
    length: Numbers
    evaluations: Numbers
    backward: Numbers
    seconds: Numbers
    noises: NDArray[np.str_]

    @property
    def columns(self) -> dict[str, Numbers]:
        """What is averaged over samples, by metric [rows]."""
        return {
            metrics.SSCD.name: self.sscd,
            metrics.ABOVE.name: (self.sscd > metrics.COPY).astype(np.float64),
            metrics.ALIGNED.name: self.clip,
            metrics.DIVERSITY.name: self.apart,
            FIRST_NORM.name: self.guidance,
            NOISE_NORM.name: self.length,
            EVALUATIONS.name: self.evaluations,
            BACKWARD.name: self.backward,
            metrics.SECONDS.name: self.seconds,
        }

    def value(self, column: Column) -> Value | None:
        """Return a mean over the samples of a kind in a part, or the score of the whole sweep."""
        kind, part = column.subset.split(", ", 1)
        if part == SWEEP:
            if column.metric != metrics.FRONTIER.name:
                return None
            return Value(
                frontier_score(_placed(self._by_prompt(kind).mean(axis=2))), int((self._of(kind, PLAIN)).sum())
            )
        rows = self._of(kind, part)
        if column.metric not in self.columns or not rows.any():
            return None
        found = self.columns[column.metric][rows]
        return None if np.isnan(found).all() else Value(float(np.nanmean(found)), int(rows.sum()))

    def resampled(self, column: Column) -> Resampled | None:
        """Return the score on resamples of the prompts of its kind."""
        kind, part = column.subset.split(", ", 1)
        if part != SWEEP or column.metric != metrics.FRONTIER.name:
            return None
        means = self._by_prompt(kind)
        draws = np.random.default_rng(0).integers(means.shape[2], size=(RESAMPLES, means.shape[2]))
        scores = [frontier_score(_placed(means[:, :, draw].mean(axis=2))) for draw in draws]
        return Resampled(np.array(scores), "bootstrap over prompts")

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the trade-off for the whole sweep of a kind."""
        from suite.tracks.memorization.prompted.pictures import trade_off

        kind, part = subset.split(", ", 1)
        if part != SWEEP:
            return ()
        labels = [str(self.strength[self.part == point][0]) for point in POINTS if (self.part == point).any()]
        means = self._by_prompt(kind).mean(axis=2)
        return (trade_off(kind, labels, means, _placed(means)),)

    def _of(self, kind: str, part: str) -> NDArray[np.bool_]:
        return np.asarray((self.kind == kind) & (self.part == part))

    def _by_prompt(self, kind: str) -> Numbers:
        """Return SSCD and CLIP at plain guidance, at the points and at none, by prompt [2, P + 2, prompts]."""
        parts = [PLAIN, *(point for point in POINTS if (self.part == point).any()), FREE]
        prompts = np.unique(self.prompt[self.kind == kind])
        cells = [[self._of(kind, part) & (self.prompt == prompt) for prompt in prompts] for part in parts]
        return np.array([[[of[cell].mean() for cell in row] for row in cells] for of in (self.sscd, self.clip)])


def _placed(means: Numbers) -> Numbers:
    """Return the points of SSCD and CLIP along the sweep [2, P + 2], anchors at its ends, in the unit square [P, 2]."""
    sscd, clip = means
    anchors = Anchors(float(sscd[0] - sscd[-1]), float(clip[0]), float(clip[-1]))
    return anchors.placed(sscd[1:-1] - sscd[-1], clip[1:-1])
