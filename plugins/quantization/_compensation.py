"""Linear compensation: repairs a block's output with a linear map of its input, in closed form.

Source: Fu et al. 2024 (QwT), after the authors' code; the ridge is that of GPLQ's second stage (Liang et al. 2025).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    from torch import Tensor, nn

IMAGES = 64
"""How many pass through a block at a time."""
ROWS = 8192
"""How many tokens are turned into float64 at a time."""
RIDGE = 1e-4
"""Of GPLQ, and of any regression that has no solution, or many, without one."""
CONDITION = 1e12
"""Beyond this the normal equations of float32 activations determine their solution no more."""


def compensate_blocks(
    model: nn.Module,
    reference: nn.Module,
    images: Tensor,
    ridge: float = 0.0,
    log: Callable[[str], None] | None = None,
) -> None:
    """Compensate each transformer block for what quantization changes in it, in place and in order.

    A block sees the output of the compensated one before, on images [N, C, H, W]; what its namesake in ``reference``
    makes of the same input is what it should have made. ``reference`` decides what is compensated for: the float model
    both weights and activations, one with the activations quantized the weights alone.
    """
    import torch

    for name, block in transformer_blocks(model):
        x = fake.layer_inputs(model, block, images)
        with torch.no_grad():
            target = reference.get_submodule(name)
            residual = torch.cat([target(part) - block(part) for part in torch.split(x, IMAGES)])
        weight, bias, explained = fit_compensation(x.flatten(0, -2), residual.flatten(0, -2), ridge)
        if log is not None:
            log(f"{name}: R2 {explained:.4f}")
        if explained > 0:
            fake.compensate(block, weight, bias)


def transformer_blocks(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return the blocks of a model with quantizers, in its order: the modules that hold an attention directly."""
    return [
        (name, module)
        for name, module in model.named_modules()
        if any(isinstance(child, fake.QuantAttention) for child in module.children())
    ]


def fit_compensation(x: Tensor, residual: Tensor, ridge: float = 0.0) -> tuple[Tensor, Tensor, float]:
    """Regress residuals [tokens, D] on [x, 1]: return weight [D, D], bias [D] and R2, on these tokens.

    In float64. ``ridge``, times the mean square norm of the columns of x, is added to the diagonal, the intercept left
    out; with 0 it is the plain least squares, and `RIDGE` where that is ill-conditioned. Where there is nothing to
    explain, as with no quantization at all, all three are 0.
    """
    import torch

    width, mean = x.shape[1], residual.to(torch.float64).mean(dim=0)
    spread = float(sum((part - mean).square().sum() for _, part in _chunks(x, residual)))
    if spread == 0:
        return x.new_zeros(width, residual.shape[1]), x.new_zeros(residual.shape[1]), 0.0
    gram = reduce(torch.add, (inputs.T @ inputs for inputs, _ in _chunks(x, residual)))
    moments = reduce(torch.add, (inputs.T @ part for inputs, part in _chunks(x, residual)))
    solution = torch.linalg.solve(_regularized(gram, ridge), moments)
    left = float(sum((part - inputs @ solution).square().sum() for inputs, part in _chunks(x, residual)))
    solution = solution.to(x.dtype)
    return solution[:width], solution[width], 1 - left / spread


def _regularized(gram: Tensor, ridge: float) -> Tensor:
    import torch

    penalized = torch.ones_like(gram[0])
    penalized[-1] = 0
    scale = gram.trace() - gram[-1, -1]
    unit = torch.diag(penalized * scale / (len(gram) - 1))
    values = torch.linalg.eigvalsh(gram + ridge * unit)
    return gram + (ridge if values[0] * CONDITION > values[-1] else max(ridge, RIDGE)) * unit


def _chunks(x: Tensor, residual: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield [x, 1] and the residual, some rows at a time, in float64."""
    import torch
    from torch.nn import functional as F

    for inputs, part in zip(torch.split(x, ROWS), torch.split(residual, ROWS), strict=True):
        yield F.pad(inputs.to(torch.float64), (0, 1), value=1.0), part.to(torch.float64)
