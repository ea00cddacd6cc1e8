"""diffusers' U-Nets as denoisers: called with noised inputs and timesteps alone."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from suite.extras import required_library


class UNet(nn.Module):
    """diffusers' `UNet2DModel`, with its arguments.

    Raises:
        SuiteError: diffusers is not installed.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.unet = required_library("diffusers").UNet2DModel(**arguments)

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        """Return the noise [B, C, H, W] in noised images at timesteps [B]."""
        noise: Tensor = self.unet(noised, times, return_dict=False)[0]
        return noise


class PromptedUNet(nn.Module):
    """diffusers' `UNet2DConditionModel` with one prompt for all inputs, as embedded by the text encoder [1, L, D]."""

    prompt: Tensor

    def __init__(self, unet: nn.Module, prompt: Tensor) -> None:
        super().__init__()
        self.unet = unet
        self.register_buffer("prompt", prompt)

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        """Return the noise [B, C, H, W] in noised latents at timesteps [B]."""
        prompts = self.prompt.expand(len(noised), -1, -1)
        noise: Tensor = self.unet(noised, times, encoder_hidden_states=prompts, return_dict=False)[0]
        return noise
