"""GPLQ: activations first, by a short training that stays in the pre-trained basin; weights after, without training."""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Spec, TrainedQuantizer, TrainingImages

from .compensation import compensate_blocks
from .finetuning import OBSERVED, ActivationScales, fine_tune, fold_inputs, freeze, learned_activation
from .placement import place_activations, place_weights
from .ranges import Ranges, weight_quantizer

if TYPE_CHECKING:
    from torch import Tensor, nn

MULTIPLE = 32
"""The number of principal components is a multiple of it."""
PCA_IMAGES = 2048
"""Training images whose features give the principal components."""


class GPLQ(TrainedQuantizer):
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

    class Parameters(Parameters):
        """The paper's settings for one GPU (table 9); each ablation of the paper is a value of one of these.

        The scales' rate was chosen on validation images of quantization/cifar10-vit: an epoch there has 313 steps where
        ImageNet has 40,000, and the paper's rate would leave scales where they start.
        """

        epochs: int = Field(1, ge=0, description="passes over the training images in stage 1")
        batch_size: int = Field(32, ge=1, description="images of a step")
        learning_rate: float = Field(1e-6, gt=0, description="constant; the paper's for batches of 128 is 5e-6")
        scale_learning_rate: float = Field(1e-2, gt=0, description="of the logarithms of scales, constant")
        alpha: float = Field(1.0, ge=0, description="weight of the PCA loss; 0 trains by cross-entropy alone")
        variance: float = Field(0.6, gt=0, le=1, description="share that the principal components explain together")
        components: int | None = Field(None, ge=1, description="number of components, whatever they explain")
        activation_scales: ActivationScales = Field("per-channel", description="per-tensor is the paper's per layer")
        weight_ranges: Ranges = Field("percentile", description="of stage 2")
        quantize_weights: bool = Field(True, description="stage 2; without, weights stay float32")
        compensate: bool = Field(True, description="whether QwT repairs each block")
        compensation_images: int = Field(512, ge=1, description="training images that the compensation is fitted on")
        ridge: float = Field(1e-4, ge=0, description="lambda of equation 3, as a share of the mean diagonal")

    parameters: Parameters
    grid = {"scale_learning_rate": (1e-2, 1e-3, 3e-2), "learning_rate": (1e-6, 1e-5)}

    @property
    def epochs(self) -> float:
        """Passes over the training images."""
        return self.parameters.epochs

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model after both stages."""
        from suite.tracks.quantization.fake import insert

        data, chosen = calibration.training, self.parameters
        if data is None:
            raise ValueError("GPLQ trains, and there are no training images")
        teacher = copy.deepcopy(model).requires_grad_(False)
        insert(model)
        first = data.draw(OBSERVED, context.generator("observed"))
        place_activations(model, first, spec, partial(learned_activation, chosen.activation_scales))
        self._train_activations(model, teacher, data, context)
        freeze(model)
        if chosen.quantize_weights:
            self._quantize_weights(model, data, spec, context)
        return model

    def _train_activations(
        self, student: nn.Module, teacher: nn.Module, data: TrainingImages, context: Context
    ) -> None:
        import torch
        from torch.nn import functional as F

        chosen = self.parameters
        seen = data.draw(PCA_IMAGES, context.generator("pca")).split(chosen.batch_size)
        selected = self._components(torch.cat([features(teacher, images)[0] for images in seen]))

        def loss(images: Tensor, labels: Tensor) -> Tensor:
            seen, logits = features(student, images)
            objective = F.cross_entropy(logits, labels)
            if chosen.alpha:
                wanted, _ = features(teacher, images)
                objective = objective + chosen.alpha * ((seen - wanted) @ selected).square().sum(dim=1).mean()
            return objective

        fine_tune(
            student,
            data,
            loss,
            epochs=chosen.epochs,
            batch_size=chosen.batch_size,
            learning_rate=chosen.learning_rate,
            scale_learning_rate=chosen.scale_learning_rate,
            cosine=False,
            context=context,
        )

    def _components(self, seen: Tensor) -> Tensor:
        """Return the first principal components [D, k] of features [N, D]."""
        import torch

        _, lengths, directions = torch.linalg.svd(seen - seen.mean(dim=0), full_matrices=False)
        count = self.parameters.components
        if count is None:
            explained = lengths.square().cumsum(dim=0) / lengths.square().sum()
            enough = int((explained < self.parameters.variance).sum()) + 1
            count = max(MULTIPLE, round(enough / MULTIPLE) * MULTIPLE)
        return directions[:count].T

    def _quantize_weights(self, model: nn.Module, data: TrainingImages, spec: Spec, context: Context) -> None:
        chosen = self.parameters
        reference = copy.deepcopy(model)
        fold_inputs(model)
        place_weights(model, spec, partial(weight_quantizer, chosen.weight_ranges))
        if chosen.compensate:
            images = data.draw(chosen.compensation_images, context.generator("qwt"))
            compensate_blocks(model, reference, images, ridge=chosen.ridge)


def features(network: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Return (penultimate features [B, D], logits [B, C]), with gradient if enabled."""
    from suite.models.features import linear_head

    caught: list[Tensor] = []
    hook = linear_head(network).register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
    try:
        logits = network(images)
    finally:
        hook.remove()
    return caught[0], logits
