"""The model that is being trained, as methods may look at it."""

from __future__ import annotations

from typing import ClassVar

from suite.lazy import torch
from suite.tracks.replay.exemplars import Exemplars, History


class Unavailable(ValueError):
    """A model has no such thing, as a denoiser has no logits."""


class Learner:
    """The model that is being trained, as methods may look at it: in evaluation mode, and every pass is counted.

    Features and logits of the same samples are computed once. What a model does not define, it does not have, and
    asking for it raises `Unavailable`; methods that name it in ``needs`` are declined there.

    Attributes:
        model: what the model is, for messages.
        forward_passes, backward_passes: samples that were passed on the method's behalf.
    """

    model: ClassVar[str] = "this model"
    forward_passes: int = 0
    backward_passes: int = 0

    def flat(self, samples: Exemplars) -> torch.Tensor:
        """Return the inputs as vectors [N, d]: pixels as the network is given them over sqrt(d), or patterns; free."""
        raise self._without("inputs")

    def features(self, samples: Exemplars) -> torch.Tensor:
        """Return penultimate features [N, D]."""
        raise self._without("features")

    def logits(self, samples: Exemplars) -> torch.Tensor:
        """Return logits [N, C]."""
        raise self._without("logits")

    def augmented_logits(self, samples: Exemplars, times: int, generator: torch.Generator) -> torch.Tensor:
        """Return logits of ``times`` random augmentations of each sample [times, N, C]."""
        raise self._without("logits")

    def losses(self, samples: Exemplars) -> torch.Tensor:
        """Return the loss of each sample [N]."""
        raise self._without("losses")

    def denoising_errors(
        self, samples: Exemplars, noise: float, draws: int, generator: torch.Generator
    ) -> torch.Tensor:
        """Return the mean over draws of the squared error per number of samples that are noised and denoised [N].

        ``noise`` is the share of the variance that is noise; each draw is the same noise for every sample.
        """
        raise self._without("denoiser")

    def losses_after_step(self, batch: Exemplars, samples: Exemplars) -> torch.Tensor:
        """Return the loss of each sample [N] after an SGD step on ``batch`` that is then taken back."""
        raise self._without("losses")

    def gradients(self, samples: Exemplars) -> torch.Tensor:
        """Return the gradient of each sample's loss in all parameters [N, P]."""
        raise self._without("gradients")

    def mean_gradient(self, samples: Exemplars) -> torch.Tensor:
        """Return the gradient of the mean loss in all parameters [P]."""
        raise self._without("gradients")

    def history(self, samples: Exemplars) -> History:
        """Return what was recorded while the task was trained on; free. Only for a task that has just ended."""
        raise self._without("history")

    def _without(self, what: str) -> Unavailable:
        return Unavailable(f"{self.model} has no {what}")
