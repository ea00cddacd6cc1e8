"""What a mitigation and a detector get, and what they must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from suite.contracts import Context, Method
from suite.diffusion.guidance import Attention, Guide, Path, Plan, Seen

if TYPE_CHECKING:
    from torch import Generator, Tensor

__all__ = ["Attention", "Guide", "Path", "Plan", "Seen"]

MOST_STRENGTHS = 8
"""So many points a sweep may have: otherwise the area under its curve would measure how long it is."""


class GuidedSampler(Protocol):
    """The denoiser with its sampler. Every evaluation of the network and every backward pass through it is counted."""

    @property
    def times(self) -> tuple[float, ...]:
        """The timesteps that sampling visits, the noisiest first."""

    def unconditional(self, count: int) -> Tensor:
        """Return the conditions that say nothing [count, ...]."""

    def predicted(self, latents: Tensor, conditions: Tensor, number: int = 0) -> Tensor:
        """Return the noise in latents [N, ...] at step ``number``, told conditions [N, ...]; differentiable in both."""

    def difference(self, latents: Tensor, conditions: Tensor, number: int = 0) -> Tensor:
        """Return e = eps(x, t, y) - eps(x, t, null) at step ``number`` [N, ...]; two evaluations, differentiable."""

    def sample(self, plan: Plan, keep: Sequence[str] = (), generator: Generator | None = None) -> Path:
        """Sample as planned, for a dry run; ``keep`` may name ``norms``, ``clean`` and ``latents``."""


class Vocabulary(Protocol):
    """What captions are made of."""

    @property
    def tokens(self) -> int:
        """How many different tokens there are."""

    def embedded(self, captions: Tensor) -> Tensor:
        """Return the conditions [N, ...] of captions [N, L], int64; -1 stands for no token."""


@dataclass(frozen=True, kw_only=True)
class MitigationContext(Context):
    """What a mitigation may use besides noise and conditions.

    Attributes:
        scale: of guidance, the one that people want.
        timesteps: how many the schedule has; the sampler visits some of them.
        sampler: the metered denoiser with its sampler.
        captions: tokens of the N samples [N, L], int64, and what they are made of in ``vocabulary``.
        ordinary: the median of |e| at the first step over captions of which nothing is memorized: the unit of targets.
    """

    scale: float
    timesteps: int
    sampler: GuidedSampler
    captions: Tensor
    vocabulary: Vocabulary
    ordinary: float

    def steps_before(self, share: float) -> int:
        """Return how many steps lie in the noisiest ``share`` of the schedule: those with t > (1 - share) T.

        A timestep that differs from the border by less than a thousandth is not before it.
        """
        return steps_above(self.sampler.times, (1 - share) * self.timesteps)


def steps_above(times: Sequence[float], border: float) -> int:
    """Return how many timesteps are above ``border``, by more than a thousandth."""
    return sum(time > border + 1e-3 for time in times)


class Mitigation(Method, ABC):
    """Keeps samples out of the attraction basin of what is memorized. Write ``strengths`` and `plan`.

    A mitigation is measured over its whole sweep, since every one buys less memorization with less alignment.
    """

    track = "memorization"
    needs = frozenset({"initial noise"})

    @property
    @abstractmethod
    def strengths(self) -> Mapping[str, Any]:
        """The sweep, by label, from weak to strong: one to eight strengths, fixed beforehand."""

    @abstractmethod
    def plan(self, strength: Any, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """Return what to sample at one of the strengths.

        ``noise`` [N, C, H, W] is the initial noise, the same for every method and strength; ``conditions`` [N, ...] are
        the embedded captions. Leave both as they are: return others.
        """


@dataclass(frozen=True, kw_only=True)
class DetectionContext(Context):
    """What a detector may use besides paths.

    Attributes:
        training: the training data [M, ...], once each, for detectors that need them; None otherwise.
        sought: what scores are to be high for: ``copies`` of training data, or samples ``out of support``.
    """

    training: Tensor | None
    sought: Literal["copies", "out of support"] = "copies"


class PathDetector(Method, ABC):
    """Scores generated samples by the paths on which they came about. Write `score`."""

    track = "memorization"
    needs = frozenset({"paths"})

    @abstractmethod
    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return how suspicious each of N samples is [N], higher = more so.

        ``paths`` has the samples [N, ...], where there is guidance |e| at each step [S, N], and where the task gives
        ``predictions`` what was predicted without noise at the last L steps [L, N, ...]. A sample's score does not
        depend on the others.
        """
