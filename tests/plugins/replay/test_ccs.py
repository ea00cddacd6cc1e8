"""Coverage-centric selection: the cut-off, the strata, and the two slips of the authors' code that are mended."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite.plugins.replay.ccs import CCS
from suite.tracks.replay import History


@pytest.fixture
def recorded(learner: Any) -> Any:
    """Give the learner a history: ``recorded(margins)``, by place."""

    def record(margins: torch.Tensor, **others: torch.Tensor) -> None:
        zeros = torch.zeros(len(margins))
        history = History(margins, others.get("forgotten", zeros), others.get("error_norm", zeros))
        learner.history = lambda samples: history

    return record


def test_the_hardest_are_left_out(recorded: Any, context: Any, labelled: Any) -> None:
    recorded(torch.arange(100.0))
    chosen = CCS(cutoff=0.3).select(labelled([0] * 100), 70, context())
    assert sorted(chosen.tolist()) == list(range(30, 100))


def test_the_cutoff_gives_way_to_the_capacity(recorded: Any, context: Any, labelled: Any) -> None:
    recorded(torch.arange(100.0))
    chosen = CCS(cutoff=0.3).select(labelled([0] * 100), 85, context())
    assert sorted(chosen.tolist()) == list(range(15, 100))


def test_sparse_scores_are_covered(recorded: Any, context: Any, labelled: Any) -> None:
    """Of 97 samples near 0 and 3 spread ones a fifth is chosen: all spread ones are in it."""
    recorded(torch.cat([torch.linspace(0, 0.01, 97), torch.tensor([3.0, 6.0, 10.0])]))
    chosen = CCS(cutoff=0, strata=50).select(labelled([0] * 100), 20, context())
    assert {97, 98, 99} <= set(chosen.tolist())


def test_the_top_of_negative_scores_is_not_lost(recorded: Any, context: Any, labelled: Any) -> None:
    """With the authors' upper edge, 1.0001 times -1, the best sample is in no stratum and never chosen."""
    recorded(torch.linspace(-3, -1, 100))
    for seed in range(5):
        assert 99 in CCS(cutoff=0, strata=100).select(labelled([0] * 100), 99, context(seed=seed))


def test_classes_get_their_own_counts(recorded: Any, context: Any, labelled: Any) -> None:
    """Of 100 and 10 samples half are 50 and 5; with the count of the last class for all they would be 5 and 5."""
    recorded(torch.rand(110, generator=torch.Generator().manual_seed(0)))
    samples = labelled([0] * 100 + [1] * 10)
    chosen = CCS(class_balanced=True).select(samples, 55, context())
    assert samples.labels[chosen].bincount().tolist() == [50, 5]
    assert 5 < int(samples.labels[chosen[:11]].eq(0).sum()) < 11 + 1  # in random order


@pytest.mark.parametrize("score", ["forgetting", "el2n"])
def test_other_scores_are_covered(score: str, recorded: Any, context: Any, labelled: Any) -> None:
    """The cut-off is by margin whatever the score."""
    rare = torch.zeros(100)
    rare[[40, 80]] = torch.tensor([5.0, 9.0])
    recorded(torch.arange(100.0), **{{"forgetting": "forgotten", "el2n": "error_norm"}[score]: rare})
    chosen = CCS(score=score).select(labelled([0] * 100), 10, context())
    assert {40, 80} <= set(chosen.tolist())
    assert int(chosen.min()) >= 30
