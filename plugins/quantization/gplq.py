"""GPLQ: activations first, by a short training that stays in the pre-trained basin; weights after, without training."""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context
from suite.models.features import linear_head
from suite.tracks.quantization import Calibration, Spec, TrainingImages

from ._activations import trace
from ._compensation import compensate_blocks
from ._finetuning import FineTunedQuantizer, Training, fine_tune, fold_inputs, freeze
from ._placement import place_weights
from ._ranges import Ranges, weight_quantizer

if TYPE_CHECKING:
    from torch import Tensor, nn

MULTIPLE = 32
"""The number of principal components is a multiple of it."""
PCA_IMAGES = 2048
"""Training images whose features give the principal components."""


class GPLQ(FineTunedQuantizer):
    """Stage 1 trains with only the activations quantized, and keeps the features' principal components where they were.

    Stage 2 freezes them, rounds the weights in percentile ranges, and adds to each block the linear map that takes most
    of the weights' error back. Source: Liang, Liu and Wu 2025, equations 1 to 3, and QwT for the compensation.
    """

    name = "gplq"
    version = "1"
    card = Card(
        title="General, practical and lightning quantization (GPLQ)",
        status="paper",
        paper="GPLQ: A General, Practical, and Lightning QAT Method for Vision Transformers",
        authors="Guang Liang, Xinyao Liu, Jianxin Wu",
        year=2025,
        url="https://arxiv.org/abs/2506.11784",
        note="Not stated in the paper, chosen here: queries and keys have a scale per head, softmax outputs unsigned "
        "codes, weight decay is 0, input scales are folded into the weights before these are rounded.",
    )

    class Parameters(Training):
        """The paper's settings for one GPU (table 9); each ablation of the paper is a value of one of these.

        The scales' rate was chosen on validation images of quantization/cifar10-vit: an epoch there has 313 steps where
        ImageNet has 40,000, and the paper's rate would leave scales where they start.
        """

        batch_size: int = Field(32, ge=1, description="images of a step")
        learning_rate: float = Field(1e-6, gt=0, description="constant; the paper's for batches of 128 is 5e-6")
        alpha: float = Field(1.0, ge=0, description="weight of the PCA loss; 0 trains by cross-entropy alone")
        variance: float = Field(0.6, gt=0, le=1, description="share that the principal components explain together")
        components: int | None = Field(None, ge=1, description="number of components, whatever they explain")
        weight_ranges: Ranges = Field("percentile", description="of stage 2")
        quantize_weights: bool = Field(True, description="stage 2; without, weights stay float32")
        compensate: bool = Field(True, description="whether QwT repairs each block")
        compensation_images: int = Field(512, ge=1, description="training images that the compensation is fitted on")
        ridge: float = Field(1e-4, ge=0, description="lambda of equation 3, as a share of the mean diagonal")

    parameters: Parameters
    grid = {"scale_learning_rate": (1e-2, 1e-3, 3e-2), "learning_rate": (1e-6, 1e-5)}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model after both stages."""
        images, teacher = calibration.training_images, copy.deepcopy(model).requires_grad_(False)
        self.learn_activations(model, images, spec, context)
        self._train_activations(model, teacher, images, context)
        freeze(model)
        if self.parameters.quantize_weights:
            self._quantize_weights(model, images, spec, context)
        return model

    def _train_activations(
        self, student: nn.Module, teacher: nn.Module, training: TrainingImages, context: Context
    ) -> None:
        import torch
        from torch.nn import functional as F

        alpha, batch_size = self.parameters.alpha, self.parameters.batch_size
        batches = torch.split(training.draw(PCA_IMAGES, context.generator("pca")), batch_size)
        components = self._components(torch.cat([features(teacher, images)[0] for images in batches]))

        def loss(images: Tensor, labels: Tensor) -> Tensor:
            student_features, logits = features(student, images)
            objective = F.cross_entropy(logits, labels)
            if alpha:
                moved = student_features - features(teacher, images)[0]
                objective = objective + alpha * (moved @ components).square().sum(dim=1).mean()
            return objective

        fine_tune(student, training, loss, self.parameters, cosine=False, context=context)

    def _components(self, rows: Tensor) -> Tensor:
        """Return the first principal components [D, k] of features [N, D]."""
        import torch

        _, lengths, directions = torch.linalg.svd(rows - rows.mean(dim=0), full_matrices=False)
        count = self.parameters.components
        if count is None:
            explained = lengths.square().cumsum(dim=0) / lengths.square().sum()
            enough = int((explained < self.parameters.variance).sum()) + 1
            count = max(MULTIPLE, round(enough / MULTIPLE) * MULTIPLE)
        components: Tensor = directions[:count].T
        return components

    def _quantize_weights(self, model: nn.Module, training: TrainingImages, spec: Spec, context: Context) -> None:
        reference = copy.deepcopy(model)
        fold_inputs(model)
        place_weights(model, spec, partial(weight_quantizer, self.parameters.weight_ranges))
        if self.parameters.compensate:
            images = training.draw(self.parameters.compensation_images, context.generator("qwt"))
            compensate_blocks(model, reference, images, ridge=self.parameters.ridge)


def features(network: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Return (penultimate features [B, D], logits [B, C]), with gradient if enabled."""
    (inputs,), _, logits = trace(network, linear_head(network), images)
    return inputs, logits
