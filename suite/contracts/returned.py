"""What a method returned, held against what its contract wants, and told in the contract's words.

Complex numbers are never taken for real ones: libraries drop the imaginary part without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import TYPE_CHECKING, Any, NoReturn

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

SHOWN = 40


class WrongReturn(ValueError, TypeError):
    """A method returned what its contract does not allow; the message says what came, and what is wanted."""


def refuse(value: object, whose: str, wanted: str) -> NoReturn:
    """Raise `WrongReturn`: ``whose`` is a call and its method, as ``"score of msp"``."""
    raise WrongReturn(f"{whose} returned {described(value)}; its contract wants {wanted}")


def real(value: object, whose: str, shape: Sequence[int], *, finite: bool = True) -> Tensor:
    """Return what was returned, which is a tensor of this shape of real numbers; detached, where it lies.

    Raises:
        WrongReturn: it is something else, or with ``finite`` has NaN or infinity in it.
    """
    wanted = f"a tensor {list(shape)} of {'finite ' if finite else ''}real numbers"
    if not isinstance(value, torch.Tensor) or value.is_complex() or tuple(value.shape) != tuple(shape):
        refuse(value, whose, wanted)
    if finite and not (whole := value.isfinite()).all():
        count, first = int((~whole).sum()), (~whole).nonzero()[0].tolist()
        at = f"{float(value[tuple(first)])} at {', '.join(map(str, first))}"
        bad = f"{count} numbers that are not finite, the first is {at}"
        raise WrongReturn(f"{whose} returned {bad}; its contract wants {wanted}")
    return value.detach()


def real_numbers(value: object, whose: str, shape: Sequence[int], *, finite: bool = True) -> Tensor:
    """Return the same of what may be a list or an array, too."""
    try:
        given = _tensor(value)
    except (TypeError, ValueError, RuntimeError):
        refuse(value, whose, f"{list(shape)} {'finite ' if finite else ''}real numbers")
    return real(given, whose, shape, finite=finite)


def described(value: object) -> str:
    """Return what a value is, in a few words."""
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is not None and dtype is not None:
        kind = "tensor" if isinstance(value, torch.Tensor) else "array"
        return f"{'an' if kind == 'array' else 'a'} {kind} {list(shape)} of {str(dtype).removeprefix('torch.')}"
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, Number):
        return f"the number {value!r}"
    if isinstance(value, str | bytes):
        return f"the text {value[:SHOWN]!r}"
    size = f" of {len(value)}" if isinstance(value, list | tuple | dict | set | frozenset) else ""
    return f"a {type(value).__name__}{size}"


def integers(value: Any, whose: str, wanted: str) -> Tensor:
    """Return what was returned as int64; it may be a tensor, an array or a list of whole numbers, in any shape.

    Raises:
        WrongReturn: it is something else; truth values and numbers with a fraction are none.
    """
    try:
        given = _tensor(value)
    except (TypeError, ValueError, RuntimeError):
        refuse(value, whose, wanted)
    if given.numel() and (given.is_floating_point() or given.is_complex() or given.dtype == torch.bool):
        refuse(value if isinstance(value, torch.Tensor) else given, whose, wanted)
    return given.long()


def _tensor(value: Any) -> Tensor:
    import numpy as np

    # By way of an array: torch takes Python's numbers for single precision.
    return value if isinstance(value, torch.Tensor) else torch.as_tensor(np.asarray(value))
