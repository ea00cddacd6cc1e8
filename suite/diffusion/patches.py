"""A convolutional denoiser that is told a caption and works on patches: for images of more pixels than 8x8."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from suite.diffusion.convolutional import CaptionedUNet


class CaptionedPatchUNet(CaptionedUNet):
    """A `CaptionedUNet` whose pixels are patches: each becomes one pixel of as many channels more, and back.

    Args:
        channels: of an image, whose height and width are even multiples of ``patch``.
        width: channels at the resolution of patches.
        tokens: how many a caption may be made of.
        patch: height and width of a patch in pixels.
    """

    def __init__(self, channels: int, width: int, tokens: int, patch: int) -> None:
        super().__init__(channels * patch**2, width, tokens)
        self.patch = patch

    def forward(self, noised: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """Return the noise [B, C, H, W]."""
        patches = super().forward(F.pixel_unshuffle(noised, self.patch), times, conditions)
        return F.pixel_shuffle(patches, self.patch)
