"""Modern Hopfield energies of samples, each in the memory of all the others.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""

from __future__ import annotations

import torch
from torch import Tensor

from suite.hopfield import kernel_energy, matched_beta


def energies(vectors: Tensor, beta: float | None = None, normalise: bool = False) -> Tensor:
    """Return the energy of each vector [N, d] in the memory of all others [N], float64.

    It is `suite.hopfield.kernel_energy`, which knows distances alone. In Ramsauer's, of which it is the same up to a
    constant where all norms are equal, a long vector would have a high energy of its own and draw all others.

    Args:
        vectors: [N, d], N at least 2.
        beta: inverse temperature, above 0; None: `matched_beta`, at which the largest weight is 0.5 on average.
        normalise: whether vectors are centred and scaled to unit length.

    Raises:
        ValueError: there are fewer than two, or beta is not above 0.
    """
    patterns = vectors.detach().double()
    if normalise:
        patterns = torch.nn.functional.normalize(patterns - patterns.mean(dim=0))
    own = torch.arange(len(patterns), device=patterns.device)
    return kernel_energy(patterns, patterns, matched_beta(patterns) if beta is None else beta, exclude=own)
