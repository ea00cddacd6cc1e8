"""Small networks of timm, with random weights everywhere, so that no layer's part in the output is too small to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch
from torch import nn

SMALL: dict[str, Any] = {"img_size": 32, "num_classes": 5}
PLAIN: dict[str, Any] = SMALL | {"patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3}
NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "vit": ("vit_tiny_patch16_224", PLAIN),
    "pooled": ("vit_tiny_patch16_224", PLAIN | {"class_token": False, "global_pool": "avg"}),
    "qk-norm": ("vit_tiny_patch16_224", PLAIN | {"qk_norm": True}),
    "distilled": ("deit_tiny_distilled_patch16_224", PLAIN),
    "swin": (
        "swin_tiny_patch4_window7_224",
        SMALL | {"patch_size": 2, "window_size": 4, "embed_dim": 12, "depths": (2, 2), "num_heads": (2, 3)},
    ),
    "eva": ("eva02_tiny_patch14_224", PLAIN),  # rotary positions; a bias for queries and values alone
    "dinov3": ("vit_small_patch16_dinov3", PLAIN | {"embed_dim": 32, "num_heads": 2}),
    "beit": ("beit_base_patch16_224", PLAIN),
    "swin-v2": (  # multiplies by hand, by the weight of a layer past that layer
        "swinv2_tiny_window8_256",
        SMALL | {"patch_size": 4, "window_size": 4, "embed_dim": 12, "depths": (2, 2), "num_heads": (2, 3)},
    ),
    "cait": ("cait_xxs24_224", PLAIN | {"depth_token_only": 1}),  # heads talk between the two products
    "siglip": ("vit_base_patch16_siglip_224", PLAIN),  # attention is also what pools
}


@pytest.fixture(scope="session")
def network() -> Callable[[str], nn.Module]:
    """Build one of `NETWORKS` anew, in evaluation mode, always with the same weights."""

    def build(name: str) -> nn.Module:
        if not timm.is_model(NETWORKS[name][0]):
            pytest.skip(f"timm {timm.__version__} has no {NETWORKS[name][0]}")
        model = timm.create_model(NETWORKS[name][0], **NETWORKS[name][1]).eval()
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for path, parameter in model.named_parameters():
                size = 1.5 / parameter[0].numel() ** 0.5 if parameter.ndim > 1 else 0.2
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * size)
                if parameter.ndim == 1 and "bias" not in path:  # what multiplies: of norms, and behind blocks
                    parameter += 1
        return model

    return build


@pytest.fixture(scope="session")
def images() -> torch.Tensor:
    return torch.randn(5, 3, 32, 32, generator=torch.Generator().manual_seed(1))
