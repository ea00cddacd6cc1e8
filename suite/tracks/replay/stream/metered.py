"""What methods may ask of the network, metered: the `Learner` of a `Classifier`."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from suite.models.features import features_and_logits
from suite.tracks.replay.exemplars import Exemplars, History
from suite.tracks.replay.learner import Learner, Unavailable
from suite.tracks.replay.stream.classifier import CHUNK, Classifier


class MeteredLearner(Learner):
    """Looks at the network in evaluation mode. Features and logits of the same samples are computed once a moment.

    Attributes:
        recorded: returns what was recorded of samples of the task that has just ended; None while none has.
    """

    recorded: Callable[[Exemplars], History] | None = None

    def __init__(self, learner: Classifier) -> None:
        self._learner = learner
        self._known: tuple[Exemplars, int, Tensor, Tensor] | None = None

    def flat(self, samples: Exemplars) -> Tensor:
        """Return normalised pixels as vectors over sqrt(d) [N, d]."""
        images = self._learner.normalised(samples.inputs).flatten(1).cpu()
        return images / math.sqrt(images.shape[1])

    def features(self, samples: Exemplars) -> Tensor:
        """Return penultimate features [N, D]."""
        return self._looked_at(samples)[0]

    def logits(self, samples: Exemplars) -> Tensor:
        """Return logits [N, C]."""
        return self._looked_at(samples)[1]

    def augmented_logits(self, samples: Exemplars, times: int, generator: torch.Generator) -> Tensor:
        """Return logits of random augmentations [times, N, C]; one that augments nothing gives the same each time."""
        self.forward_passes += times * len(samples)
        rounds = [self._learner.augmented(samples.inputs, generator) for _ in range(times)]
        return torch.stack([torch.cat(self._learner.evaluated(images)) for images in rounds])

    def losses(self, samples: Exemplars) -> Tensor:
        """Return the cross-entropy of each sample [N]."""
        return F.cross_entropy(self.logits(samples), samples.labels, reduction="none")

    def losses_after_step(self, batch: Exemplars, samples: Exemplars) -> Tensor:
        """Return the cross-entropy [N] after an SGD step on ``batch``, taken back exactly."""
        parameters: list[Tensor] = list(self._learner.network.parameters())
        before = [parameter.detach().clone() for parameter in parameters]
        self._learner.descend(self._gradients(batch))
        try:
            self.forward_passes += len(samples)
            logits = torch.cat(self._learner.evaluated(self._learner.normalised(samples.inputs)))
        finally:
            with torch.no_grad():
                torch._foreach_copy_(parameters, before)
        return F.cross_entropy(logits, samples.labels, reduction="none")

    def gradients(self, samples: Exemplars) -> Tensor:
        """Return the gradient of each sample's cross-entropy in all parameters [N, P]."""
        rows = [self.mean_gradient(samples[place : place + 1]) for place in range(len(samples))]
        return torch.stack(rows)

    def mean_gradient(self, samples: Exemplars) -> Tensor:
        """Return the gradient of the mean cross-entropy in all parameters [P]."""
        return torch.cat([gradient.flatten().cpu() for gradient in self._gradients(samples)])

    def history(self, samples: Exemplars) -> History:
        """Return what was recorded of samples of the task that has just ended.

        Raises:
            Unavailable: no task has just ended.
        """
        if self.recorded is None:
            raise Unavailable("the outputs of training are known only at the end of a task")
        return self.recorded(samples)

    def _gradients(self, samples: Exemplars) -> tuple[Tensor, ...]:
        """Return the gradient of the mean cross-entropy in each parameter, batch statistics left as they are."""
        self.forward_passes += len(samples)
        self.backward_passes += len(samples)
        with self._learner.evaluating() as network, torch.enable_grad():
            logits = network(self._learner.normalised(samples.inputs))
            loss = F.cross_entropy(logits, samples.labels.to(self._learner.device))
            return torch.autograd.grad(loss, list(network.parameters()))

    def _looked_at(self, samples: Exemplars) -> tuple[Tensor, Tensor]:
        moment = self._learner.steps
        if self._known is None or self._known[0] is not samples or self._known[1] != moment:
            self.forward_passes += len(samples)
            self._known = (samples, moment, *_features_and_logits(self._learner, samples))
        return self._known[2:]


def _features_and_logits(learner: Classifier, samples: Exemplars) -> tuple[Tensor, Tensor]:
    """Return penultimate features [N, D] and logits [N, C] of one pass."""
    blocks = torch.split(samples.inputs, CHUNK)
    with learner.evaluating() as network:
        outputs = [features_and_logits(network, learner.normalised(inputs)) for inputs in blocks]
    features, logits = (torch.cat(parts).cpu() for parts in zip(*outputs, strict=True))
    return features, logits
