"""What a method changes in place is noticed, without comparing a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from suite.run.split.versions import versions


@dataclass(frozen=True)
class Batch:
    """A value with tensors at several depths."""

    features: torch.Tensor
    more: dict[str, list[torch.Tensor]]


def test_a_change_at_any_depth_is_seen_and_reading_is_none() -> None:
    batch = Batch(torch.ones(3), {"x": [torch.ones(2)]})
    arguments: list[Any] = ["text", batch, 3]
    before = list(versions(arguments))
    assert len(before) == 2
    _ = batch.features * 2, batch.more["x"][0].sum(), batch.features.clone().mul_(2)
    assert list(versions(arguments)) == before
    batch.more["x"][0].div_(2)
    assert list(versions(arguments)) != before


def test_what_torch_does_not_count_is_left_out() -> None:
    with torch.inference_mode():
        assert list(versions([torch.ones(2), None, int])) == []
