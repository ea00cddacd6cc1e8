"""What a model multiplies is seen where torch executes it."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from suite.tracks.quantization.fake.multiplications import MANY, Multiplication, levels, multiplications, operand


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def rounded(x: Tensor, bits: int) -> Tensor:
    limit = x.abs().amax(dim=-1, keepdim=True)
    high = 2 ** (bits - 1) - 1
    return (x / limit * high).round() * (limit / high)


@given(st.integers(2, 8), st.integers(0, 1000))
def test_rounded_rows_take_their_bits_and_no_more(bits: int, seed: int) -> None:
    found = operand(rounded(drawn(16, 300, seed=seed), bits))
    assert found.granularity == "per-vector"
    assert found.bits in (bits - 1, bits)  # few rows may leave the outermost levels empty


@given(st.integers(0, 1000))
def test_floats_are_floats_however_short_their_rows(seed: int) -> None:
    assert operand(drawn(40, 48, seed=seed)).bits == 32
    assert operand(drawn(8, 40, 12, seed=seed)).bits == 32  # a head of attention


def test_short_rows_on_a_lattice_count_the_lattice() -> None:
    codes = torch.tensor([[-100.0, -3, 0, 7, 20, 127]])
    assert levels(codes * 0.013) == 228
    assert levels(torch.tensor([[0.1, 0.1, 0.1]])) == 1
    assert levels(drawn(1, 6)) == MANY


@pytest.mark.parametrize("summed", [1, 2])
def test_a_row_of_two_numbers_is_no_code_though_any_two_are_levels_of_one_bit(summed: int) -> None:
    assert operand(drawn(30, summed)).bits == 32
    assert operand(drawn(4, 30, summed)).bits == 32


def test_heads_with_scales_of_their_own_are_told_from_the_tensor() -> None:
    one = (drawn(4, 64, 32) * 2).round().clamp(-8, 7)
    assert (operand(one).granularity, operand(one).bits) == ("per-tensor", 4)
    several = one * torch.tensor([0.1, 0.37, 0.51, 1.3]).reshape(4, 1, 1)
    assert (operand(several).granularity, operand(several).bits) == ("per-head", 4)


class Everything(nn.Module):
    """A convolution, linear layers with and without bias, a product, and the fused attention."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 8, 4, stride=4)
        self.linear = nn.Linear(8, 24)
        self.bare = nn.Linear(8, 8, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.convolution(x).flatten(2).transpose(1, 2)
        query, key, value = self.linear(tokens).reshape(len(x), -1, 3, 2, 4).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(query, key, value) + query @ key.transpose(-2, -1) @ value
        return self.bare(attended.transpose(1, 2).flatten(2)).mean(dim=1)


def test_every_kind_of_multiplication_is_found_and_counted() -> None:
    found = multiplications(Everything().eval(), drawn(2, 3, 16, 16))
    places = [each.place for each in found]
    assert places == ["convolution", "linear", "", "", "", "", "bare"]
    tokens, attention = 2 * 16, 2 * 2 * 16 * 16 * 4
    assert [each.macs for each in found] == [
        tokens * 8 * 48,
        tokens * 8 * 24,
        *[attention] * 4,
        tokens * 8 * 8,
    ]
    assert [each.weighted for each in found] == [True, True, False, False, False, False, True]
    assert {each.left.bits for each in found} | {each.right.bits for each in found} == {32}


def test_the_numbers_tell_not_the_name() -> None:
    class Boasting(nn.Linear):
        """A W4A4 layer, it says."""

        bits = 4

    (found,) = multiplications(nn.Sequential(Boasting(64, 64)), drawn(32, 64))
    assert found.left.bits == found.right.bits == 32


def test_a_strangers_rounding_is_seen() -> None:
    class Rounding(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return F.linear((x * 4).round().clamp(-8, 7) / 4, rounded(self.weight, 3), self.bias)

    (found,) = multiplications(nn.Sequential(Rounding(64, 64)), drawn(32, 64))
    assert (found.left.bits, found.left.granularity) == (4, "per-tensor")
    assert (found.right.bits, found.right.granularity) == (3, "per-vector")


def test_integers_are_integers() -> None:
    class Integers(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch._int_mm((x * 10).to(torch.int8), torch.ones(32, 8, dtype=torch.int8))

    (found,) = multiplications(Integers(), drawn(32, 32))
    assert (found.left.bits, found.right.bits, found.left.granularity) == (8, 8, "integers")


def test_hooks_are_gone_afterwards_even_if_the_model_raises() -> None:
    model = nn.Sequential(nn.Linear(4, 4))
    with pytest.raises(RuntimeError):
        multiplications(model, drawn(2, 5))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert isinstance(multiplications(model, drawn(2, 4))[0], Multiplication)
