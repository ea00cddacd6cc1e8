"""Products by oneDNN are those of float32, for every shape, and gradients still pass."""

from __future__ import annotations

import pytest
import torch

from suite.plugins.ood import _matmul as module
from suite.plugins.ood._matmul import matmul


@pytest.mark.parametrize(("rows", "others"), [(1, 1), (7, 5), (40, 33), (0, 3)])
def test_as_exact_as_float32(rows: int, others: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ONEDNN_ROWS", 16)
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.randn(count, 200, generator=generator) for count in (rows, others))
    exact = a.double() @ b.double().T
    assert matmul(a, b).dtype == torch.float32
    torch.testing.assert_close(matmul(a, b).double(), exact, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(matmul(a.double(), b.double()), exact)


def test_gradients_pass() -> None:
    a, b = torch.randn(3, 4, requires_grad=True), torch.randn(5, 4)
    matmul(a, b).sum().backward()
    assert a.grad is not None
    torch.testing.assert_close(a.grad, b.sum(dim=0).expand(3, 4))
