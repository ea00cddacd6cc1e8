"""What a model multiplies, seen where torch executes it, whatever its layers call themselves.

A side of a product takes b bits if its values, under each scale that hardware could keep outside the sum, are at most
``2 ** b`` levels. Such scales are one for the tensor, for a matrix of a batch (a head), or for a vector that is
multiplied as a whole (a token on the left, an output channel on the right).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

FLOAT_BITS = 32
FEW = 2**8
"""More levels than that are no code of a scale's own: floats."""
MANY = 2**16
"""More levels than that are those of floats."""
SHARE = 0.55
"""Of the levels under a coarser scale, at most so many must be left under a finer one to tell that there are several:
two scales double the levels, and a part of the values has some fewer than all of them anyway."""
TELLING = 3
"""How long a row must be to tell anything: any two numbers are levels of a one-bit code, with the right scale."""
REPEATS = 2
"""How often a level must occur on average before mere counting shows that there are few."""


@dataclass(frozen=True)
class Operand:
    """One side of a product.

    Attributes:
        levels: how many values it takes under one scale; `MANY` stands for a float's.
        granularity: the finest at which levels become clearly fewer; ``float`` if they never are few, ``integers`` if
            torch itself multiplies such.
        numel: its number of elements.
    """

    levels: int
    granularity: str
    numel: int

    @property
    def bits(self) -> int:
        """Bits of a code; 32 for floats."""
        return FLOAT_BITS if self.granularity == "float" else max(1, (self.levels - 1).bit_length())


@dataclass(frozen=True)
class Multiplication:
    """One product or convolution.

    Attributes:
        place: the innermost module with a name that executes it.
        macs: multiply-accumulates, of the whole batch.
        left, right: its sides; the right one is a weight if ``weighted``.
    """

    place: str
    macs: int
    left: Operand
    right: Operand
    weighted: bool


@torch.no_grad()
def multiplications(model: nn.Module, images: Tensor) -> list[Multiplication]:
    """Return every product of two tensors and every convolution of a forward pass on images [N, C, H, W]."""
    stack = [""]
    recorder = _Recorder(stack)
    with _tracked(model, stack), recorder:
        model(images)
    return recorder.products


class _Recorder(TorchDispatchMode):
    def __init__(self, stack: list[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self.stack = stack
        self.products: list[Multiplication] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name in ("mm", "_int_mm", "addmm"):
            left, right = args[1:3] if name == "addmm" else args[:2]
            self._add(left, right.t(), left.shape[0] * right.numel(), weighted=True)
        elif name in ("bmm", "baddbmm"):
            left, right = args[:2] if name == "bmm" else args[1:3]
            self._add(left, right.mT, left.shape[1] * right.numel(), weighted=False)
        elif name in ("convolution", "_convolution", "mkldnn_convolution"):
            images, weight = args[:2]
            positions = result.numel() // weight.shape[0]
            self._add(images.flatten(1)[None], weight.flatten(1), positions * weight.numel(), weighted=True)
        elif "scaled_dot_product" in name:
            query, key, value = args[:3]
            self._add(query.flatten(0, 1), key.flatten(0, 1), query[..., 0].numel() * key.shape[-2:].numel(), False)
            weights = query.new_empty(0)  # never seen outside the kernel: floats
            self._add(weights, value.flatten(0, 1).mT, query[..., 0].numel() * value.shape[-2:].numel(), False)
        return result

    def _add(self, left: Tensor, right: Tensor, macs: int, weighted: bool) -> None:
        self.products.append(Multiplication(self.stack[-1], macs, operand(left), operand(right), weighted))


@contextmanager
def _tracked(model: nn.Module, stack: list[str]) -> Iterator[None]:
    """Keep the name of the module that runs at the top of the stack."""
    with ExitStack() as hooks:
        for name, module in model.named_modules():
            hooks.enter_context(module.register_forward_pre_hook(lambda *_, name=name: stack.append(name)))
            hooks.enter_context(module.register_forward_hook(lambda *_: stack.pop() and None))
        yield


def operand(values: Tensor) -> Operand:
    """Return what one side of a product is: [..., vectors, K], K summed over, with heads before the vectors."""
    if values.numel() == 0:
        return Operand(MANY, "float", 0)
    if not values.is_floating_point():  # whatever scales there are stand outside
        return Operand(2 ** (8 * values.element_size()), "integers", values.numel())
    vectors = values.shape[-2] if values.ndim > 1 else 1
    scopes = {"per-tensor": values.reshape(1, -1)}
    if values.ndim > 2 and values.shape[0] > 1:
        scopes["per-head"] = values.reshape(values.shape[0], -1)
    if vectors > 1:
        scopes["per-vector"] = values.reshape(-1, values.shape[-1])
    finest = Operand(MANY, "float", values.numel())
    for granularity, rows in scopes.items():
        finer = Operand(levels(rows), granularity, values.numel())
        if finer.levels <= min(FEW, SHARE * finest.levels):
            finest = finer
    return finest


def levels(rows: Tensor) -> int:
    """Return how many levels the values of a row have, the most of all rows [R, n]; `MANY` where they look like floats.

    Distinct values are counted, where they repeat often enough to show that there are no more. Where they do not, they
    are still levels of a code if they lie on a lattice: then the code's are counted, used or not.
    """
    if rows.shape[1] < TELLING:
        return MANY
    ordered = rows.double().sort(dim=1).values
    new = ordered.diff(dim=1) > 0
    distinct = new.sum(dim=1) + 1
    counted = torch.where(distinct * REPEATS <= rows.shape[1], distinct, MANY)
    most = int(counted.max())
    if most < MANY:
        return most
    unclear = counted >= MANY
    return max(int(counted[~unclear].max()) if (~unclear).any() else 1, _lattice_levels(ordered[unclear]))


def _lattice_levels(ordered: Tensor) -> int:
    """Return how many steps of a lattice the values of ordered rows [R, n] span, at most; `MANY` if there is none."""
    gaps = ordered.diff(dim=1)
    scale = ordered.abs().amax(dim=1, keepdim=True).clamp(min=1e-30)
    smallest = torch.where(gaps > 1e-5 * scale, gaps, torch.inf).amin(dim=1, keepdim=True)
    span = ordered[:, -1:] - ordered[:, :1]
    best = torch.full_like(span, MANY)
    for divisor in (4, 3, 2, 1):  # the smallest gap may be a few steps wide
        step = smallest / divisor
        steps = gaps / step
        fits = ((steps - steps.round()).abs().amax(dim=1, keepdim=True) < 0.02) & (span / step < MANY)
        best = torch.where(fits, (span / step).round() + 1, best)
    constant = torch.isinf(smallest)
    return int(torch.where(constant, 1, best).max())
