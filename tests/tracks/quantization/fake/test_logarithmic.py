"""Logarithmic and twin uniform quantizers."""

from __future__ import annotations

import math

import pytest
import torch

from suite.tracks.quantization.fake import Logarithmic, TwinUniform


def test_powers_stay_and_what_is_between_goes_to_the_nearest_logarithm() -> None:
    quantizer = Logarithmic(4, torch.tensor(1.0))
    x = torch.tensor([1.0, 0.5, 0.25, 0.72, 0.70, 0.0, 2.0, 2.0**-14, 2.0**-20, -1.0])
    assert quantizer(x).tolist() == [1.0, 0.5, 0.25, 1.0, 0.5, 0.0, 1.0, 2.0**-14, 0.0, 0.0]
    assert quantizer.codes(x).tolist() == [0, 1, 2, 0, 1, 15, 0, 14, 15, 15]


def test_the_root_of_two_has_steps_half_as_large() -> None:
    quantizer = Logarithmic(4, torch.tensor(0.8), math.sqrt(2))
    expected = [0.8 * 2 ** (-code / 2) for code in range(15)] + [0.0]
    assert quantizer.values(torch.arange(16.0)).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("extra_zero", "levels"), [(False, 16), (True, 17)])
def test_the_published_zero_is_a_level_too_many(extra_zero: bool, levels: int) -> None:
    quantizer = Logarithmic(4, torch.tensor(1.0), math.sqrt(2), extra_zero=extra_zero)
    assert quantizer(torch.logspace(-12, 1, 4001)).unique().numel() == levels
    assert quantizer(quantizer.sweep()).unique().numel() == levels


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("base", [2.0, math.sqrt(2), 1.3])
def test_zero_has_the_code_of_zero_at_every_width(bits: int, base: float) -> None:
    quantizer = Logarithmic(bits, torch.tensor(0.9), base, offset=0.0)
    assert quantizer.codes(torch.zeros(1)).tolist() == [2**bits - 1]
    assert quantizer(torch.zeros(1)).tolist() == [0.0]


def test_an_offset_reaches_what_is_a_little_negative() -> None:
    quantizer = Logarithmic(4, torch.tensor(1.0), offset=0.17)
    x = torch.tensor([0.83, 0.33, -0.17, -5.0])
    torch.testing.assert_close(quantizer(x), torch.tensor([0.83, 0.33, -0.17, -0.17]))


def test_twins_take_the_finer_grid_as_far_as_it_reaches() -> None:
    quantizer = TwinUniform(4, torch.tensor(1 / 64), torch.tensor(1 / 8), "magnitude")
    x = torch.tensor([0.0, 0.9 / 64, 7 / 64, 7.4 / 64, 7.6 / 64, 0.3, 1.0, -1.0])
    torch.testing.assert_close(quantizer(x), torch.tensor([0, 1 / 64, 7 / 64, 7 / 64, 1 / 8, 2 / 8, 7 / 8, 0]))


def test_twins_split_by_sign_have_a_step_for_each() -> None:
    quantizer = TwinUniform(4, torch.tensor(0.02), torch.tensor(0.5), "sign")
    x = torch.tensor([-0.17, -0.05, -0.001, 0.0, 0.2, 0.3, 9.0])
    torch.testing.assert_close(quantizer(x), torch.tensor([-0.14, -0.04, 0, 0, 0, 0.5, 3.5]))


@pytest.mark.parametrize(
    "quantizer",
    [
        Logarithmic(4, torch.tensor(1.0), offset=0.1),
        TwinUniform(4, torch.tensor(0.01), torch.tensor(0.1), "magnitude"),
        TwinUniform(4, torch.tensor(0.01), torch.tensor(0.1), "sign"),
    ],
    ids=["log", "magnitude", "sign"],
)
def test_gradients_pass_as_if_nothing_were_there(quantizer: torch.nn.Module) -> None:
    x = torch.linspace(-2, 2, 9, requires_grad=True)
    upstream = torch.arange(9.0)
    quantizer(x).backward(upstream)
    assert x.grad is not None
    assert torch.equal(x.grad, upstream)


def test_large_values_keep_exact_levels_while_gradients_are_on() -> None:
    quantizer = Logarithmic(4, torch.tensor(0.1))
    assert quantizer(torch.tensor([100.0], requires_grad=True)).tolist() == [pytest.approx(0.1, rel=1e-7)]


def test_what_makes_no_quantizer_is_refused() -> None:
    one = torch.tensor(1.0)
    with pytest.raises(ValueError, match=r"must be above 1\. Got 1\.0"):
        Logarithmic(4, one, 1.0)
    with pytest.raises(ValueError, match=r"'magnitude' or 'sign'\. Got 'halves'"):
        TwinUniform(4, one, one, "halves")
    with pytest.raises(ValueError, match=r"one scale for all values\. Got shape \[3, 1, 1\]"):
        Logarithmic(4, torch.ones(3, 1, 1))
    with pytest.raises(ValueError, match="one scale for all values"):
        TwinUniform(4, torch.ones(3, 1, 1), one, "sign")


def test_one_scale_may_have_any_shape() -> None:
    x = torch.rand(50)
    expected = Logarithmic(4, torch.tensor(0.7))(x)
    assert torch.equal(Logarithmic(4, torch.full((1, 1, 1), 0.7))(x), expected)
