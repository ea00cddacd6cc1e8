"""Records of training: AUM, forgetting events and EL2N by hand."""

from __future__ import annotations

import pytest
import torch

from suite.tracks.replay import Exemplars, Unavailable
from suite.tracks.replay.stream.history import EARLY, Recorder


def samples(rows: list[int], labels: list[int]) -> Exemplars:
    return Exemplars(torch.zeros(len(rows), 1, 1, 1, dtype=torch.uint8), torch.tensor(labels), torch.tensor(rows))


def logits(*shares: list[float]) -> torch.Tensor:
    return torch.tensor(shares).log()


def test_three_epochs_by_hand() -> None:
    recorder = Recorder(torch.tensor([7, 3]))
    both = samples([3, 7], [0, 1])
    recorder.record(both, logits([0.6, 0.3, 0.1], [0.2, 0.5, 0.3]), 0)  # both right
    recorder.record(both, logits([0.2, 0.5, 0.3], [0.2, 0.5, 0.3]), 1)  # the first forgotten
    recorder.record(both, logits([0.1, 0.8, 0.1], [0.6, 0.3, 0.1]), 2)  # the first still wrong, the second forgotten
    found = recorder.history(both)
    assert found.margin_sum.tolist() == pytest.approx([0.3 - 0.3 - 0.7, 0.2 + 0.2 - 0.3], abs=1e-6)
    assert found.forgotten.tolist() == [1, 1]
    errors = [[-0.4, 0.3, 0.1], [-0.8, 0.5, 0.3], [-0.9, 0.8, 0.1]]
    assert found.error_norm[0].item() == pytest.approx(sum(torch.tensor(e).norm().item() for e in errors), abs=1e-5)


def test_the_norm_of_the_error_is_of_early_epochs() -> None:
    recorder, one = Recorder(torch.tensor([0])), samples([0], [0])
    for epoch in range(EARLY + 5):
        recorder.record(one, logits([0.5, 0.5]), epoch)
    assert recorder.history(one).error_norm.item() == pytest.approx(EARLY * 0.5**0.5, abs=1e-5)


def test_samples_of_other_tasks_have_no_record() -> None:
    with pytest.raises(Unavailable, match="only samples of the task that has just ended"):
        Recorder(torch.tensor([1, 2])).history(samples([3], [0]))
