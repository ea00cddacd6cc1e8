"""What every fake-quantizer promises, checked on all kinds and bit widths."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from suite.tracks.quantization.fake import FakeQuantizer, Learned, Logarithmic, PerToken, TwinUniform, Uniform

Make = Callable[[int, float], FakeQuantizer]


def _t(*values: float) -> Tensor:
    return torch.tensor(values[0] if len(values) == 1 else values)


KINDS: dict[str, Make] = {
    "symmetric": lambda bits, size: Uniform.symmetric(bits, _t(size)),
    "affine": lambda bits, size: Uniform.affine(bits, _t(-0.3 * size), _t(size)),
    "affine-away-from-zero": lambda bits, size: Uniform.affine(bits, _t(size), _t(3 * size)),
    "learned": lambda bits, size: Learned(bits, _t(size / 2**bits)),
    "log2": lambda bits, size: Logarithmic(bits, _t(size)),
    "log-sqrt2": lambda bits, size: Logarithmic(bits, _t(size), math.sqrt(2)),
    "log-adaptive": lambda bits, size: Logarithmic(bits, _t(size), 1.3),
    "log-extra-zero": lambda bits, size: Logarithmic(bits, _t(size), math.sqrt(2), extra_zero=True),
    "log-offset": lambda bits, size: Logarithmic(bits, _t(size), 1.3, offset=0.17 * size),
    "twin-magnitude": lambda bits, size: TwinUniform(bits, _t(size / 2**bits / 8), _t(size / 2**bits), "magnitude"),
    "twin-sign": lambda bits, size: TwinUniform(bits, _t(0.17 * size / 2**bits), _t(size / 2**bits), "sign"),
}
every_kind = pytest.mark.parametrize("kind", KINDS)
bit_widths = st.integers(2, 8)
sizes = st.floats(2**-10, 2**10, width=32)
inputs = st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=40).map(torch.tensor)


@every_kind
@pytest.mark.parametrize("bits", range(2, 9))
def test_there_are_at_most_as_many_levels_as_codes(kind: str, bits: int) -> None:
    quantizer = KINDS[kind](bits, 1.0)
    x = torch.cat([quantizer.sweep(), torch.randn(4000), torch.rand(4000)])
    levels, codes = quantizer(x).unique().numel(), quantizer.codes(x).unique().numel()
    assert levels <= codes <= 2**bits + (kind == "log-extra-zero")
    assert levels >= min(0.75 * 2**bits, 64), "the sweep shows too few"  # floats tell few more apart beside an offset


@pytest.mark.parametrize("kind", ["symmetric", "affine", "affine-away-from-zero", "learned"])
@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_the_sweep_reaches_every_level_of_uniform_quantizers(kind: str, bits: int, size: float) -> None:
    quantizer = KINDS[kind](bits, size)
    assert quantizer(quantizer.sweep()).unique().numel() == 2**bits


@every_kind
@given(bits=bit_widths, size=sizes, x=inputs)
def test_codes_are_integers_in_range(kind: str, bits: int, size: float, x: Tensor) -> None:
    codes = KINDS[kind](bits, size).codes(x * size)
    signed = kind in ("symmetric", "learned")
    low = -(2 ** (bits - 1)) if signed else 0
    assert codes.shape == x.shape
    assert torch.equal(codes, codes.round())
    assert codes.min() >= low
    assert codes.max() < low + 2**bits + (kind == "log-extra-zero")


@every_kind
@given(bits=bit_widths, size=sizes, x=inputs)
def test_the_output_is_what_the_codes_stand_for_with_gradients_or_without(
    kind: str, bits: int, size: float, x: Tensor
) -> None:
    quantizer, x = KINDS[kind](bits, size), x * size
    expected = quantizer.values(quantizer.codes(x))
    with torch.no_grad():
        assert torch.equal(quantizer(x), expected)
    assert torch.equal(quantizer(x.requires_grad_()), expected)


@every_kind
@given(bits=bit_widths, size=sizes, x=inputs)
def test_levels_stay_where_they_are(kind: str, bits: int, size: float, x: Tensor) -> None:
    quantizer = KINDS[kind](bits, size)
    once = quantizer(x * size)
    torch.testing.assert_close(quantizer(once), once, rtol=0, atol=1e-7 * size if kind == "log-offset" else 1e-30)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"twin-magnitude"}))
@given(bits=bit_widths, size=sizes, x=inputs)
def test_order_is_kept(kind: str, bits: int, size: float, x: Tensor) -> None:
    ordered = KINDS[kind](bits, size)(x.sort().values * size)
    assert (ordered.diff() >= 0).all()


@every_kind
def test_infinities_are_clipped_and_no_number_is_made_of_what_is_none(kind: str) -> None:
    quantizer = KINDS[kind](4, 1.0)
    ends = quantizer(torch.tensor([-torch.inf, -1e6, 1e6, torch.inf]))
    assert torch.isfinite(ends).all()
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]
    try:
        assert quantizer(torch.tensor([torch.nan])).isnan().all()
    except (IndexError, RuntimeError):
        assert isinstance(quantizer, Logarithmic | TwinUniform), "tables have no entry for it, and say so"


@pytest.mark.parametrize("kind", [*KINDS, "per-token"])
@pytest.mark.parametrize("bits", [-1, 0, 17, 32])
def test_bits_that_codes_cannot_have_are_refused(kind: str, bits: int) -> None:
    with pytest.raises(ValueError, match=r"needs? at least 2 bits|has 1 to 16 bits|finite"):
        PerToken(bits) if kind == "per-token" else KINDS[kind](bits, 1.0)


@pytest.mark.parametrize("kind", ["symmetric", "learned", "twin-sign"])
def test_one_bit_is_too_few_for_what_has_two_sides(kind: str) -> None:
    with pytest.raises(ValueError, match="at least 2 bits"):
        KINDS[kind](1, 1.0)


@every_kind
@pytest.mark.parametrize("size", [math.nan, math.inf, -1.0])
def test_scales_that_are_none_are_refused(kind: str, size: float) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        KINDS[kind](4, size)


@every_kind
def test_values_that_are_all_zero_stay_so(kind: str) -> None:
    quantizer = KINDS[kind](4, 0.0)
    assert quantizer(torch.zeros(3)).abs().max() <= 1e-8
    assert torch.isfinite(quantizer(torch.randn(100))).all()
