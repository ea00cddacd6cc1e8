"""The per-sample descent on |e| at the first step, which several methods share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Descent:
    """Where N samples arrived.

    Attributes:
        moved: what was moved [N, ...].
        steps: of each sample [N]; reached: whether |e| came down to the target [N].
    """

    moved: Tensor
    steps: Tensor
    reached: Tensor


def descend(
    start: Tensor,
    difference: Callable[[Tensor, Tensor], Tensor],
    target: float,
    rate: float,
    most: int,
    kept: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Descent:
    """Move each of ``start`` [N, ...] by AdamW until |e| is at most ``target``, or for ``most`` steps.

    Each sample has a norm and a stop of its own, and the state of its own optimizer, so that it does not depend on the
    others. ``difference`` gives e of what is moved [B, ...] and of which rows that is [B]. ``kept`` puts moved rows
    back where they must stay after each step. Weight decay is AdamW's default, 0.01, which the authors use.
    """
    moved = start.clone()
    steps = torch.zeros(len(start), dtype=torch.int64, device=start.device)
    running = torch.arange(len(start), device=start.device)
    first, second = torch.zeros_like(moved), torch.zeros_like(moved)
    reached = torch.zeros(len(start), dtype=torch.bool, device=start.device)
    for number in range(1, most + 2):
        rows = moved[running].requires_grad_(number <= most)
        norms = difference(rows, running).flatten(1).norm(dim=1)
        far = norms.detach() > target
        reached[running[~far]] = True
        if number > most or not far.any():
            break
        (gradient,) = torch.autograd.grad(norms[far].sum(), rows)
        running = running[far]
        steps[running] += 1
        moved[running] = _adam_step(rows.detach()[far], gradient[far], first, second, running, number, rate)
        if kept is not None:
            moved[running] = kept(moved[running], running)
    return Descent(moved, steps, reached)


def _adam_step(
    rows: Tensor, gradient: Tensor, first: Tensor, second: Tensor, running: Tensor, number: int, rate: float
) -> Tensor:
    """Return rows after step ``number`` of AdamW with its default settings."""
    one, two, tiny, decay = 0.9, 0.999, 1e-8, 0.01
    first[running] = one * first[running] + (1 - one) * gradient
    second[running] = two * second[running] + (1 - two) * gradient.square()
    mean, spread = first[running] / (1 - one**number), second[running] / (1 - two**number)
    return rows * (1 - rate * decay) - rate * mean / (spread.sqrt() + tiny)
