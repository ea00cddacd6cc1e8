"""Denoisers by name, and what they say where their library is not installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import torch

from suite import extras
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.errors import SuiteError
from suite.extras import required_library

UNET = DenoiserArchitecture(
    "unet",
    {
        "sample_size": 8,
        "block_out_channels": [8, 8],
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "down_block_types": ["DownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "UpBlock2D"],
    },
)


def test_the_unet_is_diffusers_own() -> None:
    network = UNET.build()
    images, times = torch.randn(2, 3, 8, 8), torch.tensor([3, 700])
    torch.testing.assert_close(network(images, times), network.unet(images, times).sample)


def test_a_missing_library_is_said_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "diffusers" else find_spec(name))
    for use in (UNET.build, lambda: UNET.identity):
        with pytest.raises(SuiteError, match="the package diffusers is not installed") as error:
            use()
        assert error.value.next == "pip install 'basin-suite[diffusion]'"
    assert DenoiserArchitecture("mlp", {"shape": [1, 2, 2], "width": 4, "blocks": 1}).identity["name"] == "mlp"


def test_a_library_that_is_there_is_returned() -> None:
    assert required_library("diffusers").UNet2DModel is type(UNET.build().unet)
