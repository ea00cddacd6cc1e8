"""Captions are functions of images, and duplicates are what a seed draws."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.memorization.digits import DigitsTask
from suite.diffusion.captions import ABSENT
from suite.errors import SuiteError
from suite.tracks.memorization.collection import Collection, Design


@pytest.fixture(scope="module")
def collection(resources) -> Collection:
    return DigitsTask().model(0).collection(resources)


def test_the_split_is_the_same_for_every_seed(collection, resources) -> None:
    other = DigitsTask().model(1).collection(resources)
    assert (len(collection.train), len(collection.held)) == (1200, 597)
    assert torch.equal(other.held, collection.held)
    assert not torch.equal(other.duplicates, collection.duplicates)
    assert len(torch.unique(collection.train.flatten(1), dim=0)) == 1200  # each counts once


def test_rows_are_every_image_once_and_copies_and_companions(collection) -> None:
    rows, captions = collection.training_rows
    assert rows.shape == (1200 + 20 * 150,)
    assert torch.equal(rows[:1200], torch.arange(1200))
    for number, duplicate in enumerate(collection.duplicates.tolist()):
        own = rows[captions[:, -1] == 6 + number]
        assert (own == duplicate).sum() == 100
        companions = own[own != duplicate]
        assert len(companions.unique()) == 50
        signs = collection.patterns(collection.train[own])
        assert (signs == signs[0]).all()


def test_a_caption_tells_the_signs(collection) -> None:
    patterns = torch.arange(8)
    captions = collection.captions(patterns)
    assert (captions[:, -1] == ABSENT).all()
    assert torch.equal((captions[:, :3] % 2) * 2 - 1, collection.signs(patterns))
    assert torch.equal((captions[:, :3] // 2), torch.arange(3).expand(8, -1))
    assert collection.special_captions[:, -1].tolist() == list(range(6, 26))


def test_duplicates_have_clear_signs(collection) -> None:
    scores = collection.scores(collection.train[collection.duplicates])
    assert (scores.abs() > 0.5).all()
    every = torch.cat([collection.train, collection.held])
    assert torch.allclose(collection.scores(every).std(dim=0), torch.ones(3, dtype=torch.float64))


@pytest.mark.parametrize(
    ("design", "told"),
    [
        (Design(held=200, clear=1.5), "duplicates. Only"),
        (Design(held=200, companions=200), "the design needs 200 companions. Only"),
    ],
)
def test_a_design_for_more_images_is_refused(design: Design, told: str) -> None:
    pixels = torch.rand(800, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    with pytest.raises(SuiteError, match=told):
        _ = Collection(pixels, design, seed=0).training_rows


def test_pixels_are_those_of_the_data(collection, resources) -> None:
    from suite.benchmarks.data_sets import DIGITS

    first = int(Collection.order(1797)[597])
    image = torch.tensor(DIGITS.open(resources).image(first)).float()
    assert torch.equal(collection.pixels(collection.train[:1])[0, 0], (image / 16 * 255).round().to(torch.uint8))
