"""How alike images are, by SSCD, and how well they fit a prompt, by CLIP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Resources
from suite.lazy import torch
from suite.models.folder import PretrainedFolder

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

COPY_SIZE = 320
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
"""Means and deviations that the networks were trained with."""


@dataclass(frozen=True)
class PretrainedClip(PretrainedFolder):
    """A CLIP network with its tokenizer, as transformers saves them."""

    files = (
        "config.json",
        "model.safetensors",
        "vocab.json",
        "merges.txt",
        "tokenizer_config.json",
        "special_tokens_map.json",
    )

    def load(self, resources: Resources) -> ClipScore:
        """Return what scores images, on the device.

        Raises:
            Missing: it is not at hand.
            SuiteError: the library is not installed, or the files are others.
        """
        model = self._loaded("transformers", "CLIPModel", resources, use_safetensors=True)
        tokenizer = self._loaded("transformers", "CLIPTokenizer", resources)
        return ClipScore(model.float().eval().to(resources.device), tokenizer, resources.device)


class ClipScore:
    """Cosine of images to a prompt."""

    def __init__(self, model: Any, tokenizer: Any, device: str) -> None:
        self._model, self._tokenizer, self._device = model, tokenizer, device

    def scores(self, images: list[Image], prompt: str) -> Tensor:
        """Return the cosines of images to a prompt [N], not times 100."""
        size = self._model.config.vision_config.image_size
        length = self._model.config.text_config.max_position_embeddings
        words = self._tokenizer([prompt], truncation=True, max_length=length, return_tensors="pt")
        shown = _shown([_square(image, size) for image in images], CLIP).to(self._device)
        with torch.no_grad():
            found = self._model(
                input_ids=words.input_ids.to(self._device),
                attention_mask=words.attention_mask.to(self._device),
                pixel_values=shown,
            )
        cosines: Tensor = (found.image_embeds @ found.text_embeds.T)[:, 0]
        return cosines.cpu()


def copy_embeddings(network: Any, images: list[Image], device: str) -> Tensor:
    """Return SSCD's embeddings of images [N, D], of length 1; images are resized to 320 x 320, whatever their shape."""
    from PIL.Image import Resampling

    resized = [image.resize((COPY_SIZE, COPY_SIZE), Resampling.BILINEAR) for image in images]
    with torch.no_grad():
        found = network(_shown(resized, IMAGENET).to(device))
    embeddings: Tensor = torch.nn.functional.normalize(found, dim=1).cpu()
    return embeddings


def _square(image: Image, size: int) -> Image:
    """Return the middle of an image whose shorter side is ``size``, bicubically."""
    from PIL.Image import Resampling

    share = size / min(image.size)
    width, height = (max(size, round(share * side)) for side in image.size)
    left, top = (width - size) // 2, (height - size) // 2
    return image.resize((width, height), Resampling.BICUBIC).crop((left, top, left + size, top + size))


def _shown(images: list[Image], normal: tuple[tuple[float, ...], tuple[float, ...]]) -> Tensor:
    """Return images as a network sees them [N, 3, H, W]."""
    pixels = torch.from_numpy(np.stack([np.asarray(image) for image in images])).permute(0, 3, 1, 2) / 255
    mean, deviation = (torch.tensor(each)[:, None, None] for each in normal)
    shown: Tensor = (pixels - mean) / deviation
    return shown
