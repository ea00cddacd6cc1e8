"""Inversion of a diffusion model (reconstruction)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite import Card, Context
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.inversion import inverted
from suite.diffusion.schedule import Schedule
from suite.diffusion.training import DenoisingRecipe
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData

from ._batching import in_passes


class InvAD(TrainedDetector):
    """``-||z||^2 / 2``, the log density under the prior of the noise z that DDIM inversion makes of an image.

    A denoiser is trained on the ID images without their labels; the class comes from the reference model.
    ``typicality`` scores by how far ``||z||`` is from ``sqrt(d)``, where the prior's samples lie, and
    ``reconstruction`` by how far the image is from what DDIM makes of z. Measure and strides were chosen on the
    validation data of ood/digits (docs/ood.md).
    Source of the idea: Sakai and Hasegawa 2025.
    Reconstruction: written from the abstract, which does not give the measure of deviation. The authors invert the
    features of a pretrained network, in three steps; here pixels are inverted, by an MLP.
    """

    name = "invad"
    version = "1"
    card = Card(
        title="Inversion of a diffusion model, InvAD (reconstruction)",
        status="reconstruction",
        paper="InvAD: Inversion-based Reconstruction-Free Anomaly Detection with Diffusion Models",
        authors="Shunsuke Sakai, Xiangteng He, Chunzhi Gu, Leonid Sigal, Tatsuhito Hasegawa",
        year=2025,
        url="https://arxiv.org/abs/2504.05662",
        note="Reconstruction: written from the abstract, on pixels with a small denoiser; not the authors' "
        "implementation.",
    )

    class Parameters(TrainedDetector.Parameters):
        """The abstract asks for few steps and for no reconstruction."""

        strides: int = Field(1, ge=1, le=999, description="of the inversion, over 1,000 timesteps")
        measure: Literal["likelihood", "typicality", "reconstruction"] = Field(
            "likelihood", description="the latent's log density, its distance from the prior's shell, or the way back"
        )
        updates: int = Field(3000, ge=1, description="of the denoiser, 64 images each")
        width: int = Field(128, ge=2, multiple_of=2, description="of the denoiser's residual stream")

    parameters: Parameters
    grid = {"strides": (1, 3, 10, 50), "measure": ("likelihood", "typicality", "reconstruction")}

    def train(self, data: TrainingData, context: Context) -> None:
        """Train the denoiser; the reference model stays as it is."""
        self.classifier, self.schedule = data.reference, Schedule()
        images = data.transform.normalise(data.pixels)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            shape = list(images.shape[1:])
            self.denoiser = DenoiserArchitecture(
                "mlp", {"shape": shape, "width": self.parameters.width, "blocks": 3}
            ).build()
        recipe = DenoisingRecipe(updates=self.parameters.updates, batch_size=64, learning_rate=1e-3, threads=1)
        recipe.train(self.denoiser, images, self.schedule, seed=context.seed, device=context.device, log=context.log)

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores [B] by the chosen measure, and the reference model's logits [B, C]."""
        return in_passes(self._score, images), self.classifier(images)

    def _score(self, images: torch.Tensor) -> torch.Tensor:
        strides, measure = self.parameters.strides, self.parameters.measure
        latents = inverted(self.schedule, self.denoiser, images, strides)
        squares: torch.Tensor = latents.flatten(1).square().sum(dim=1)
        if measure == "likelihood":
            return -squares / 2
        if measure == "typicality":
            away: torch.Tensor = (squares.sqrt() - images[0].numel() ** 0.5).abs()
            return -away
        last = self.schedule.steps - 1
        back = self.schedule.reconstructed(self.denoiser, latents, last, max(1, last // strides))
        missed: torch.Tensor = (back - images).flatten(1).square().mean(dim=1)
        return -missed
