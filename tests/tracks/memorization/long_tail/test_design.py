"""Two patterns are rare in training, none is in what is held out, and special captions keep to the others."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.memorization.digits import DigitsTask
from suite.benchmarks.memorization.long_tail import LongTailTask
from suite.tracks.memorization.collection import Collection
from suite.tracks.memorization.long_tail.design import LongTail


@pytest.fixture(scope="module", params=[0, 1])
def seed(request) -> int:
    return request.param


def counts(collection: Collection, images: torch.Tensor) -> list[int]:
    return torch.bincount(collection.patterns(images), minlength=8).tolist()


def test_opposite_patterns_are_rare_in_training_alone(seed: int, resources) -> None:
    rare, task = LongTail(held=597).rare(seed), LongTailTask()
    tail, whole = task.model(seed).collection(resources), DigitsTask().model(seed).collection(resources)
    assert sum(rare) == 7
    for pattern, (few, many) in enumerate(zip(counts(tail, tail.train), counts(whole, whole.train), strict=True)):
        assert few == (round(0.05 * many) if pattern in rare else many)
    assert torch.equal(tail.held, whole.held)
    assert min(counts(tail, tail.held)) >= 50
    both = torch.cat([whole.train, tail.train]).flatten(1)
    assert len(torch.unique(both, dim=0)) == len(whole.train)


def test_special_captions_are_spread_over_the_frequent_patterns(seed: int, resources) -> None:
    tail = LongTailTask().model(seed).collection(resources)
    found = counts(tail, tail.train[tail.duplicates])
    rare = tail.design.rare(seed)
    assert [found[pattern] for pattern in rare] == [0, 0]
    assert all(found[pattern] in (3, 4) for pattern in range(8) if pattern not in rare)
    rows, captions = tail.training_rows
    assert len(rows) == len(captions) == len(tail.train) + 20 * 150
    rarely = torch.isin(tail.patterns(tail.train[rows]), torch.tensor(rare))
    assert int(rarely.sum()) == sum(counts(tail, tail.train)[pattern] for pattern in rare)


def test_every_pattern_is_rare_for_some_seed_and_keeps_one_image() -> None:
    design = LongTail(held=1, share=0.001)
    assert {pattern for seed in range(4) for pattern in design.rare(seed)} == set(range(8))
    patterns = torch.arange(8).repeat(20)
    kept = patterns[design.kept(patterns, seed=2)]
    assert torch.bincount(kept).tolist() == [20, 20, 1, 20, 20, 1, 20, 20]
