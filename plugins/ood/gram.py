"""Gram matrices."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.models.features import by_channel, stage_outputs
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._batching import in_passes, passes

AT_MOST = 1000  # held-out samples: enough for a mean, and their Gram vectors are kept


class Gram(Detector):
    """Minus how far the channels' correlations leave their range in training, over the network's stages and powers.

    For maps F [channels, positions] of a stage and each power p, the Gram vector is the row sums of
    ``F^p (F^p)'``, to the power 1 / p. Its deviation is what it lacks to the predicted class's smallest value in
    training, or exceeds the largest by, relative to that value, summed over entries and powers; stages are summed after
    division by their mean deviation on held-out ID samples. Source: Sastry and Oore 2020, in the form that OpenOOD and
    pytorch-ood have too. Held out is a random share of the training images, at most 1,000, that the ranges leave out,
    for there are no validation images. The row sums need no Gram matrix: they are ``F^p`` times the sum of ``F^p`` over
    channels, scaled by channel so that high powers neither overflow nor vanish.
    """

    name = "gram"
    version = "1"
    card = Card(
        title="Gram matrices",
        status="paper",
        paper="Detecting Out-of-Distribution Examples with Gram Matrices",
        authors="Chandramouli Shama Sastry, Sageev Oore",
        year=2020,
        url="https://arxiv.org/abs/1912.12510",
    )
    needs = frozenset({"images", "network"})

    class Parameters(Detector.Parameters):
        """The authors' powers and share."""

        powers: int = Field(10, ge=1, description="the powers are 1 to this")
        held_out: float = Field(
            0.1, ge=0, lt=1, description="share of training images that the mean deviations come from; 0 for no weights"
        )

    parameters: Parameters
    _network: torch.nn.Module

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Find every predicted class's ranges, a list over stages of [C, powers * channels], in one pass over training.

        Classes that are never predicted get the range of all.
        """
        assert train.network is not None
        assert train.images is not None
        self._network = train.network
        predicted = train.logits.argmax(dim=1)
        shuffled = torch.randperm(len(predicted), generator=context.generator("held out"))
        held_out = torch.zeros(len(predicted), dtype=torch.bool)
        held_out[shuffled[: min(int(self.parameters.held_out * len(predicted)), AT_MOST)]] = True
        held_out = held_out.to(predicted.device)
        self._low: list[torch.Tensor] = []
        self._high: list[torch.Tensor] = []
        kept: list[list[torch.Tensor]] = []
        for rows, images in passes(train.images, torch.arange(len(predicted), device=predicted.device)):
            vectors, out = self._vectors(images), held_out[rows]
            self._widen([vector[~out] for vector in vectors], predicted[rows][~out], train.logits.shape[1])
            kept.append([vector[out] for vector in vectors])
        for low, high in zip(self._low, self._high, strict=True):
            never = low[:, 0].isinf()
            low[never], high[never] = low.amin(dim=0), high.amax(dim=0)
        joined = [torch.cat(parts) for parts in zip(*kept, strict=True)]
        means = self._deviations(joined, predicted[held_out]).mean(dim=0)
        self._means = torch.where(means > 0, means, 1.0)  # also NaN, the mean of none

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the sum of the stages' relative deviations [B]."""
        assert batch.images is not None
        vectors = in_passes(lambda images: torch.cat(self._vectors(images), dim=1), batch.images)
        parts = torch.split(vectors, [low.shape[1] for low in self._low], dim=1)
        deviations: torch.Tensor = self._deviations(list(parts), batch.logits.argmax(dim=1)) / self._means
        return -deviations.sum(dim=1)

    def _vectors(self, images: torch.Tensor) -> list[torch.Tensor]:
        with torch.no_grad():
            outputs, _ = stage_outputs(self._network, images)
            return [gram_vectors(by_channel(maps, self._network), self.parameters.powers) for maps in outputs]

    def _widen(self, vectors: list[torch.Tensor], classes: torch.Tensor, count: int) -> None:
        if not self._low:
            self._low = [vector.new_full((count, vector.shape[1]), torch.inf) for vector in vectors]
            self._high = [-low for low in self._low]
        for vector, low, high in zip(vectors, self._low, self._high, strict=True):
            index = classes.unsqueeze(1).expand_as(vector)
            low.scatter_reduce_(0, index, vector, "amin")
            high.scatter_reduce_(0, index, vector, "amax")

    def _deviations(self, vectors: list[torch.Tensor], classes: torch.Tensor) -> torch.Tensor:
        """Return the deviation of each stage [B, stages]."""
        deviations = []
        for vector, lows, highs in zip(vectors, self._low, self._high, strict=True):
            low, high = lows[classes], highs[classes]
            below = (low - vector).relu() / (low + 1e-6).abs()
            above = (vector - high).relu() / (high + 1e-6).abs()
            deviations.append((below + above).sum(dim=1))
        return torch.stack(deviations, dim=1)


def gram_vectors(maps: torch.Tensor, powers: int) -> torch.Tensor:
    """Return the Gram vectors of maps [B, channels, positions] for powers 1 to ``powers``, [B, powers * channels]."""
    sizes = maps.abs().amax(dim=2)
    largest = sizes.amax(dim=1, keepdim=True)
    shapes = maps / torch.where(sizes > 0, sizes, 1.0).unsqueeze(2)
    relative = sizes / torch.where(largest > 0, largest, 1.0)
    raised, shares = torch.ones_like(shapes), torch.ones_like(relative)
    vectors = []
    for power in range(1, powers + 1):
        raised.mul_(shapes)
        shares.mul_(relative)
        columns = torch.bmm(shares.unsqueeze(1), raised)
        sums = torch.bmm(raised, columns.transpose(1, 2)).squeeze(2)
        vectors.append(sizes * largest * sums.sign() * sums.abs().pow(1 / power))
    return torch.cat(vectors, dim=1)
