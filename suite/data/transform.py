"""Image transforms, by value: what a transform does is its identity, so it can name what was computed with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from suite.lazy import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True)
class Transform:
    """Resize the shorter side, cut the centre, scale to 0..1 and normalise.

    Attributes:
        size: height and width of the result in pixels; images of that size are not resampled, if ``shorter`` is None.
        channels: 1 (grey) or 3 (RGB); grey images are repeated, RGB images are averaged by PIL's luma weights.
        scale: the pixel value that becomes 1.0.
        mean, std: per channel, after scaling.
        shorter: what the shorter side is resized to before the centre is cut; None means ``size``.
        bicubic: whether to resize by bicubic instead of bilinear interpolation.
    """

    size: int
    channels: int = 3
    scale: float = 255.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    version: str = "1"
    shorter: int | None = None
    bicubic: bool = False

    @property
    def identity(self) -> dict[str, Any]:
        """The transform as plain data, for hashing."""
        values = asdict(self)
        for added in ("shorter", "bicubic"):  # later than version 1: without them, it is what it was
            if not values[added]:
                del values[added]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    def pixels(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return an image [height, width] or [height, width, 3] as [size, size, channels], not yet normalised."""
        import numpy as np
        from PIL import Image

        if self.shorter is not None or image.shape[:2] != (self.size, self.size):
            image = np.asarray(self._resized(Image.fromarray(image)))
        if self.channels == 1 and image.ndim == 3:
            image = np.asarray(Image.fromarray(image).convert("L"))
        if self.channels == 3 and image.ndim == 2:
            image = np.repeat(image[:, :, None], 3, axis=2)
        return image.reshape(self.size, self.size, self.channels)

    def _resized(self, image: Any) -> Any:
        from PIL import Image

        width, height = image.size
        ratio = (self.shorter or self.size) / min(width, height)
        how = Image.Resampling.BICUBIC if self.bicubic else Image.Resampling.BILINEAR
        resized = image.resize((round(width * ratio), round(height * ratio)), how)
        left, top = (resized.width - self.size) // 2, (resized.height - self.size) // 2
        return resized.crop((left, top, left + self.size, top + self.size))

    def normalise(self, pixels: Tensor) -> Tensor:
        """Return uint8 pixels [B, size, size, channels] as floats [B, channels, size, size] for the network."""
        images = pixels.permute(0, 3, 1, 2).to(torch.float32) / self.scale
        mean = torch.tensor(self.mean, device=images.device).reshape(1, -1, 1, 1)
        std = torch.tensor(self.std, device=images.device).reshape(1, -1, 1, 1)
        return ((images - mean) / std).contiguous()
