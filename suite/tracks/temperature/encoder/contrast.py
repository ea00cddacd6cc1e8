"""Contrastive losses of two views of each image, and how views are drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

Objective = Literal["infonce", "infoloob"]
TURN, SHEAR, STRETCH, SHIFT, NOISE = math.radians(20), 0.2, 0.15, 0.3, 0.15


def contrast(points: Tensor, beta: Tensor | float, objective: Objective) -> Tensor:
    """Return the mean loss of unit vectors [2B, D], of which rows i and i + B are views of one image.

    -log(exp(beta z_i.z_i+) / sum_k exp(beta z_i.z_k)), with beta = 1 / tau. The sum leaves i itself out. It has the
    positive in InfoNCE (NT-Xent: Chen et al. 2020, eq. 1), and leaves it out in InfoLOOB (CLOOB: Fürst et al. 2022).
    """
    count = len(points)
    rows, positives = torch.arange(count), torch.arange(count).roll(count // 2)
    similarities = beta * (points @ points.T)
    out = torch.eye(count, dtype=torch.bool)
    if objective == "infoloob":
        out[rows, positives] = True
    sums = similarities.masked_fill(out, -torch.inf).logsumexp(dim=1)
    return (sums - similarities[rows, positives]).mean()


def viewed(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return a random view of each image [B, C, H, W]: turned, sheared, stretched, shifted, with noise.

    By up to 20 degrees, 0.2, 15 % and 15 % of the width; the noise of a pixel has a deviation of 0.15.
    """
    turn, shear, stretch, right, down = 2 * torch.rand(5, len(images), generator=generator) - 1
    size = 1 + STRETCH * stretch
    cosine, sine = size * torch.cos(TURN * turn), size * torch.sin(TURN * turn)
    rows = (cosine, SHEAR * shear - sine, SHIFT * right, sine, cosine, SHIFT * down)  # the width is 2 of affine_grid's
    resample = torch.nn.functional
    grid = resample.affine_grid(torch.stack(rows, dim=1).view(-1, 2, 3), list(images.shape), align_corners=False)
    views = resample.grid_sample(images, grid, align_corners=False)
    return views + NOISE * torch.randn(views.shape, generator=generator)
