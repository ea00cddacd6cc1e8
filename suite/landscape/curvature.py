"""How sharp a loss is at given weights: trace and top eigenvalue of its Hessian, which is never written down."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from suite.lazy import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Loss = Callable[[Tensor], Tensor]
    Pull = Callable[[Tensor], tuple[Tensor]]


class Estimate(NamedTuple):
    """A mean over random probes and its standard error, not a number for a single probe."""

    value: float
    error: float


class Hessian:
    """The Hessian [P, P] of a loss, known by its products with vectors: derivatives of the gradient.

    Source: Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation 1994; ``torch.func``.

    Args:
        loss: turns weights [P] into a loss [], twice differentiable; or several, whose sum is the loss: one for each
            batch, say, so that a product takes the memory of one batch.
        weights: where [P], in the precision to compute in.
    """

    def __init__(self, loss: Loss | Sequence[Loss], weights: Tensor) -> None:
        self.losses = [loss] if callable(loss) else list(loss)
        self.weights = weights.detach()

    def product(self, vector: Tensor) -> Tensor:
        """Return the Hessian times a vector [P]."""
        placed = vector.to(self.weights)
        pulls = [self._only] if len(self.losses) == 1 else map(self._pulled, self.losses)
        return torch.stack([pull(placed)[0] for pull in pulls]).sum(dim=0)

    @cached_property
    def _only(self) -> Pull:
        """Of the one loss, for all products: with several, one at a time is in memory."""
        return self._pulled(self.losses[0])

    def _pulled(self, loss: Loss) -> Pull:
        """Return what turns a vector into the product, after the gradient was taken once."""
        from torch.func import grad, vjp
        from torch.nn.attention import SDPBackend, sdpa_kernel

        with sdpa_kernel(SDPBackend.MATH):  # the fused kernels of attention have no second derivative
            # Backward twice: forward over backward, torch 2.14 fails at the mean squared error.
            return vjp(grad(loss), self.weights)[1]

    def top(self, tolerance: float = 1e-4, seed: int = 0) -> float:
        """Return the largest eigenvalue, by Lanczos iteration (ARPACK, as ``scipy.sparse.linalg.eigsh``).

        It is the algebraically largest, not the one of largest size.

        Args:
            tolerance: of the eigenvalue, relative to it.
            seed: of the vector that the iteration starts from.

        Raises:
            RuntimeError: the iteration does not converge.
            ValueError: a product is not finite.
        """
        import numpy as np
        from scipy.sparse.linalg import LinearOperator, eigsh

        def multiply(vector: NDArray[np.float64]) -> NDArray[np.float64]:
            found = self.product(torch.from_numpy(vector.reshape(-1))).double().cpu().numpy()
            if not np.isfinite(found).all():
                raise ValueError("the Hessian is not finite at these weights")
            return found

        size = len(self.weights)
        start = np.random.default_rng(seed).standard_normal(size)
        turned = multiply(start)
        if size == 1 or not turned.any():  # of one weight, or all zeros: ARPACK takes neither
            return float(turned[0] / start[0])
        operator = LinearOperator((size, size), matvec=multiply, dtype=np.float64)
        found = eigsh(operator, 1, which="LA", v0=start, tol=tolerance, return_eigenvectors=False)
        return float(found[0])

    def trace(self, probes: int = 100, seed: int = 0) -> Estimate:
        """Return the mean of ``v.Hv`` over random vectors v of signs, which is the trace in expectation.

        It is exact for a diagonal Hessian. Source: Hutchinson, "A stochastic estimator of the trace of the influence
        matrix", Communications in Statistics 1989.
        """
        generator = torch.Generator().manual_seed(seed)
        values = []
        for _ in range(probes):
            signs = torch.randint(0, 2, (len(self.weights),), generator=generator).to(self.weights) * 2 - 1
            values.append(float(signs.double() @ self.product(signs).double()))
        mean = sum(values) / probes
        if probes == 1:
            return Estimate(mean, math.nan)
        return Estimate(mean, math.sqrt(sum((value - mean) ** 2 for value in values) / (probes - 1) / probes))
