"""Logarithm, exponential, sine and cosine made of operations that every machine rounds alike.

Libraries differ in the last bits of these functions, by version, processor and device. Here they are sums, products,
quotients and roots of doubles, each rounded as IEEE 754 says, and shifts of their bits: a trajectory is the same
everywhere. Torch runs this source on tensors, `kernel` compiles it for numbers, and both give the same bits. So
nothing here may fuse a product with a sum, as ``addcmul`` and ``add(alpha=)`` do.

Source of the coefficients of logarithm, sine and cosine: fdlibm, Sun Microsystems 1993.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

# What a double plus this holds in its lowest bits is the double's nearest integer. The bits are those of the sum.
_SHIFT, _SHIFT_BITS = 1.5 * 2.0**52, 0x4338 << 48
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_QUARTER_HIGH, _QUARTER_LOW = 1.57079632673412561417, 6.07710050650619224932e-11  # of a turn, pi / 2
_ONE_BITS, _ROOT_HALF_BITS = 0x3FF << 52, 0x3FE6A09E667F3BCD


# These four are all that differs between torch and the compiled kernel.
def bits(number: Tensor) -> Tensor:
    """Return the bits of a double as int64."""
    return number.view(torch.int64)


def double(bits: Tensor) -> Tensor:
    """Return the double that has these bits."""
    return bits.view(torch.float64)


def root(number: Tensor) -> Tensor:
    """Return the square root."""
    return number.sqrt()


def where(condition: Tensor, first: Tensor | float, second: Tensor | float) -> Tensor:
    """Return ``first`` where the condition holds, else ``second``."""
    return torch.where(condition, first, second)


def as_double(integer: Tensor) -> Tensor:
    """Return an integer between plus and minus 2^51 as a double, exactly."""
    return double(integer + _SHIFT_BITS) - _SHIFT


def logarithm(number: Tensor) -> Tensor:
    """Return the natural logarithm of a positive, finite, normal double."""
    whole = bits(number)
    exponent = (whole - _ROOT_HALF_BITS) >> 52
    part = double(whole - (exponent << 52)) - 1  # of a number between sqrt(1/2) and sqrt(2)
    ratio = part / (2 + part)
    z = ratio * ratio
    series = 0.1818357216161805012 + z * (0.1531383769920937332 + z * 0.1479819860511658591)
    series = 0.2857142874366239149 + z * (0.2222219843214978396 + z * series)
    series = z * (0.6666666666666735130 + z * (0.3999999999940941908 + z * series))
    power = as_double(exponent)
    half = 0.5 * part * part
    return power * _LN2_HIGH - ((half - (ratio * (half + series) + power * _LN2_LOW)) - part)


def exponential(number: Tensor) -> Tensor:
    """Return e to a number, which is first clipped to -708 to 709."""
    number = where(number < -708, -708.0, where(number > 709, 709.0, number))
    shifted = number * 1.4426950408889634 + _SHIFT
    power = shifted - _SHIFT
    x = number - power * _LN2_HIGH - power * _LN2_LOW  # half of ln 2 at most: twelve terms of the series are enough
    series = x * (x * (x * (1 / 479001600) + 1 / 39916800) + 1 / 3628800) + 1 / 362880
    series = x * (x * (x * (x * series + 1 / 40320) + 1 / 5040) + 1 / 720) + 1 / 120
    series = x * (x * (x * (x * (x * series + 1 / 24) + 1 / 6) + 0.5) + 1.0) + 1.0
    return series * double((bits(shifted) << 52) + _ONE_BITS)


def turn(quarters: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return cosine and sine of ``quarters`` (int64) right angles plus x, at most half a right angle either way."""
    z = x * x
    sine = 2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
    sine = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * sine)
    sine = x + x * z * (-1.66666666666666324348e-01 + z * sine)
    cosine = -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
    cosine = -1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * cosine)
    cosine = 1 - (0.5 * z - z * z * (4.16666666666666019037e-02 + z * cosine))
    odd = (quarters & 1) != 0
    first, second = where(odd, sine, cosine), where(odd, cosine, sine)
    # Bit 1 of the quarters, moved to the sign's.
    return double(bits(first) ^ (((quarters + 1) & 2) << 62)), double(bits(second) ^ ((quarters & 2) << 62))


def cosine_sine(angle: Tensor) -> tuple[Tensor, Tensor]:
    """Return cosine and sine of an angle of less than 10^5, to an absolute error below 10^-15."""
    shifted = angle * (2 / math.pi) + _SHIFT
    quarters = shifted - _SHIFT
    return turn(bits(shifted) & 3, angle - quarters * _QUARTER_HIGH - quarters * _QUARTER_LOW)
