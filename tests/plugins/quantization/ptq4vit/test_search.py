"""The search for the quantizers of two operands."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from suite.plugins.quantization.ptq4vit._search import Operand, alternate, symmetric, symmetric_rows
from suite.tracks.quantization.fake import Uniform

SHARES = torch.linspace(0.1, 1.2, 30)


def operands(bits: int = 3) -> tuple[Operand, Operand]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(300, 8, generator=generator) ** 3
    weight = torch.randn(5, 8, generator=generator) * torch.logspace(-2, 1, 5)[:, None]
    return Operand(x, symmetric(x, bits, SHARES)), Operand(weight, symmetric_rows(weight, bits, SHARES))


def errors(x: Tensor, weight: Tensor) -> Tensor:
    left, right = operands()
    return (x @ weight.T - left.value @ right.value.T).square().sum(dim=0)


def test_each_is_the_best_of_those_tried_with_the_other_fixed() -> None:
    left, right = operands()
    of_left, of_right = alternate(left, right, errors, rounds=20)
    assert of_left is not None
    assert of_right is not None
    x, weight = of_left(left.value), of_right(right.value)
    best_left = min(float(errors(each(left.value), weight).sum()) for each in left.tried)
    assert float(errors(x, weight).sum()) == pytest.approx(best_left)
    best_rows = torch.stack([errors(x, each(right.value)) for each in right.tried]).amin(dim=0)
    torch.testing.assert_close(errors(x, weight), best_rows)


def test_rows_are_chosen_one_by_one() -> None:
    left, right = operands()
    _, quantizer = alternate(left, right, errors, rounds=1)
    assert isinstance(quantizer, Uniform)
    assert quantizer.scale.shape == (5, 1)
    assert quantizer.granularity == "per-channel"
    shares = quantizer.scale / right.tried[0].scale
    assert len(shares.unique()) > 1


def test_another_round_never_loses_more() -> None:
    lost = []
    for rounds in (1, 2, 3):
        left, right = operands()
        of_left, of_right = alternate(left, right, errors, rounds)
        assert of_left is not None
        assert of_right is not None
        lost.append(float(errors(of_left(left.value), of_right(right.value)).sum()))
    assert lost == sorted(lost, reverse=True)


def test_it_ends_when_nothing_changes() -> None:
    left, right = operands()
    calls: list[int] = []

    def counted(x: Tensor, weight: Tensor) -> Tensor:
        calls.append(1)
        return errors(x, weight)

    alternate(left, right, counted, rounds=1000)
    assert len(calls) < 20 * len(SHARES)


def test_an_operand_with_nothing_to_try_stays_as_it_is() -> None:
    left, right = operands()
    of_left, of_right = alternate(Operand(left.value, ()), right, errors, rounds=3)
    assert of_left is None
    assert of_right is not None
    assert alternate(Operand(left.value, ()), Operand(right.value, ()), errors, rounds=3) == (None, None)


def test_symmetric_ranges_follow_the_largest_value() -> None:
    x = torch.tensor([-2.0, 0.5])
    (quantizer,) = symmetric(x, 3, torch.ones(1))
    assert float(quantizer.scale) == pytest.approx(2 / 3)
    (quantizer,) = symmetric_rows(torch.tensor([[-2.0, 0.5], [0.1, 0.3]]), 3, torch.ones(1))
    torch.testing.assert_close(quantizer.scale, torch.tensor([[2 / 3], [0.1]]))
