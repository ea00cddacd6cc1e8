"""Stable Diffusion v1.5, fine-tuned on one half of CIFAR-10's classes and then on the other."""

from __future__ import annotations

from suite.data.transform import Transform
from suite.diffusion.pipeline import PretrainedPipeline
from suite.diffusion.stable import StableDiffusion
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION

from .ddpm_cifar10 import HELD_OUT, IMAGES, KEPT, CIFAR10DDPMTask

PIPELINE = PretrainedPipeline(
    name="stable-diffusion-v1-5",
    repository="stable-diffusion-v1-5/stable-diffusion-v1-5",
    revision="451f4fe16113bff5a5d2269ed5ad43b0592e9a14",
)
"""At the commit that public repositories pin; it could not be checked against the hub when this was written."""
SIZE = 512


class StableDiffusionTask(CIFAR10DDPMTask):
    """The U-Net of Stable Diffusion v1.5 on latents of the same images of CIFAR-10 as `CIFAR10DDPMTask` has."""

    id = "replay/stable-diffusion"
    version = "1"
    tier = "large"
    title = "CIFAR-10, Stable Diffusion v1.5"
    summary = (
        f"{RECONSTRUCTION} The U-Net of Stable Diffusion v1.5 is fine-tuned, with the empty prompt, on latents of "
        f"{IMAGES:,} images of CIFAR-10's classes 0 to 4, then on as many of classes 5 to 9; autoencoder and text "
        f"encoder are frozen. Images are enlarged to {SIZE}x{SIZE}, bicubically; the buffer stores them at 32x32, "
        f"{KEPT} of them, 5 %, and latents are computed again. Replayed images stand one to one beside every batch of "
        "task 2, for the same number of updates whatever is replayed. Forgetting is the rise of the error of the "
        f"latents reconstructed from timesteps 100, 300 and 500. {HELD_OUT} test images of classes 5 to 9 tell what "
        "replay costs. Energies are kernel energies of centred latents. It is made for a GPU with 40 GB, and has not "
        "been run: the weights were not at hand. Class split, budget, training and metrics are our own design."
    )
    memory_bytes = KEPT * (32 * 32 * 3 + 8)
    first_recipe = DenoisingRecipe(updates=1000, batch_size=8, learning_rate=1e-5, weight_decay=0.01, average=0.99)
    second_recipe = first_recipe
    stride = 100

    def diffusion(self) -> StableDiffusion:
        """Return the pretrained network on latents."""
        transform = Transform(size=32, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
        return StableDiffusion(PIPELINE, transform, SIZE)
