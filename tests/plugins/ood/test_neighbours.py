"""The largest products are found exactly, ties included, however they are grouped."""

from __future__ import annotations

import pytest
import torch

from suite.plugins.ood import _neighbours as neighbours
from suite.plugins.ood._neighbours import top_products


@pytest.mark.parametrize("k", [1, 3, 40, 200])
@pytest.mark.parametrize("rows", [64, 700, 16_384])
@pytest.mark.parametrize("levels", [3, 10**9], ids=["ties", "no-ties"])
def test_groups_change_nothing(k: int, rows: int, levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "BANK_ROWS", rows)
    generator = torch.Generator().manual_seed(k)
    queries, bank = torch.eye(5), torch.randint(levels, (1501, 5), generator=generator).float()
    expected = (queries @ bank.T).topk(k, dim=1).values
    assert torch.equal(top_products(queries, bank, k), expected)
