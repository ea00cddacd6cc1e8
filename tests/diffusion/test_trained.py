"""A denoiser trained on a first task: once, under a fingerprint of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from suite.cache import Cache
from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.embedded import Embedded
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.pixels import PixelDiffusion
from suite.diffusion.trained import TrainedDenoiser
from suite.diffusion.training import DenoisingRecipe
from suite.settings import load_settings

DIGITS = DataSet("digits", Embedded("digits"))
DIFFUSION = PixelDiffusion(
    DenoiserArchitecture("mlp", {"shape": [1, 8, 8], "width": 16, "blocks": 1}),
    Transform(size=8, channels=1, scale=16.0, mean=(0.5,), std=(0.5,)),
)
MODEL = TrainedDenoiser(
    name="tiny",
    diffusion=DIFFUSION,
    recipe=DenoisingRecipe(updates=10, batch_size=8, learning_rate=1e-3),
    seed=0,
    training=lambda resources: Split(DIGITS, np.arange(50)),
    trained_on="50 digits",
    data=DIGITS,
)


@pytest.fixture
def at(tmp_path: Path) -> Resources:
    settings = load_settings(cache=tmp_path / "cache", hub=False)
    return Resources(settings, Cache(settings.cache_folder))


def test_pixels_are_normalised_and_weights_follow_from_the_seed(at: Resources) -> None:
    inputs = DIFFUSION.inputs(MODEL.training(at), at)
    assert inputs.shape == (50, 1, 8, 8)
    assert (float(inputs.min()), float(inputs.max())) == (-1, 1)
    state = torch.get_rng_state()
    one, same, other = (DIFFUSION.network(seed, at).into.weight for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_other_rows_or_labels_in_the_same_words_are_another_network(at: Resources) -> None:
    MODEL.fingerprint(at)
    fewer, labelled = Split(DIGITS, np.arange(49)), Split(DIGITS, np.arange(50), np.zeros(50, np.int64))
    assert replace(MODEL, training=lambda resources: Split(DIGITS, np.arange(50))).known_fingerprint(at) is not None
    for split in (fewer, labelled):
        other = replace(MODEL, training=lambda resources, split=split: split)
        assert other.known_fingerprint(at) is None
        assert other.lineage(at) == MODEL.lineage(at)


def test_it_is_trained_once_and_then_known(at: Resources) -> None:
    assert MODEL.known_fingerprint(at) is None
    sha256 = MODEL.fingerprint(at)
    assert MODEL.known_fingerprint(at) == sha256
    (file,) = (at.cache.folder / "denoisers").glob("*.safetensors")
    written = file.stat().st_mtime_ns
    network = MODEL.load(at)
    assert file.stat().st_mtime_ns == written
    assert not network.training
    fresh = DIFFUSION.network(0, at)
    assert not torch.equal(network.into.weight, fresh.into.weight)
    file.unlink()
    assert MODEL.known_fingerprint(at) is None
    assert MODEL.fingerprint(at) == sha256


def test_seeds_differ_in_weights_and_share_their_lineage(at: Resources) -> None:
    other = replace(MODEL, seed=1)
    assert MODEL.fingerprint(at) != other.fingerprint(at)
    assert MODEL.lineage(at) == other.lineage(at)
    longer = replace(MODEL, recipe=replace(MODEL.recipe, updates=11))
    assert longer.lineage(at) != MODEL.lineage(at)
