"""A trained network with the loss and the data that it was trained by: all that its landscape follows from."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable

    from suite.contracts import Resources
    from suite.landscape.curvature import Loss


class Objective(nn.Module):
    """The mean loss of a network over a batch, as a module: so its weights can be given from outside.

    Args:
        network: what is trained.
        loss: called with the network and a batch, returns the mean loss [] of its samples.
    """

    def __init__(self, network: nn.Module, loss: Callable[..., Tensor]) -> None:
        super().__init__()
        self.network, self.loss = network, loss

    def forward(self, batch: tuple[Tensor, ...]) -> Tensor:
        """Return the mean loss [] of a batch, tensors of B rows each."""
        return self.loss(self.network, *batch)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A network in evaluation mode and the samples at which its landscape is looked at.

    Attributes:
        loss: called with the network and rows of ``data``, returns their mean loss [].
        data: tensors of N rows each, on the network's device.
        initial: the network as its training began; None where nobody knows.
        features: what goes into a classifier's linear ``head`` [N, D], with ``labels`` [N]; None where there is none.
        batch: rows that a derivative is taken of at once.
    """

    network: nn.Module
    loss: Callable[..., Tensor]
    data: tuple[Tensor, ...]
    initial: nn.Module | None = None
    features: Tensor | None = None
    labels: Tensor | None = None
    head: nn.Linear | None = None
    batch: int = 250

    @property
    def weights(self) -> Tensor:
        """Every parameter of the network, one after another [P]."""
        return flat(self.network)

    def losses(self) -> list[Loss]:
        """Return functions of weights [P], one for each batch, whose sum is the mean loss [] of all samples.

        Statistics of batch normalisation are fixed, those that the network has.
        """
        objective = Objective(self.network, self.loss)
        shapes = {name: parameter.shape for name, parameter in objective.named_parameters()}

        def of(batch: tuple[Tensor, ...]) -> Loss:
            def loss(weights: Tensor) -> Tensor:
                parts = weights.split([shape.numel() for shape in shapes.values()])
                named = {name: part.view(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
                found: Tensor = torch.func.functional_call(objective, named, (batch,))
                return found * len(batch[0]) / len(self.data[0])

            return loss

        return [of(batch) for batch in self._batches()]

    @torch.no_grad()
    def mean_loss(self, weights: Tensor) -> Tensor:
        """Return the mean loss [] at weights [P], with statistics of batch normalisation made anew of the samples."""
        objective = Objective(copy.deepcopy(self.network), self.loss).eval()  # update_bn goes back to this mode
        nn.utils.vector_to_parameters(weights.clone(), objective.network.parameters())
        batches = self._batches()
        torch.optim.swa_utils.update_bn(((batch,) for batch in batches), objective)
        found = [objective(batch).double() * len(batch[0]) for batch in batches]
        return torch.stack(found).sum() / len(self.data[0])

    def _batches(self) -> list[tuple[Tensor, ...]]:
        return list(zip(*(tensor.split(self.batch) for tensor in self.data), strict=True))


@runtime_checkable
class Trained(Protocol):
    """An ingredient of a task whose landscape can be looked at."""

    name: str

    def fingerprint(self, resources: Resources) -> str:
        """Return the sha256 of the weights, which are made if need be."""

    def subject(self, resources: Resources, samples: int) -> Subject:
        """Return the network with so many samples of its training data, at most; the same ones in every call."""


def flat(network: nn.Module) -> Tensor:
    """Return every parameter of a network, one after another [P]."""
    return torch.cat([parameter.detach().reshape(-1) for parameter in network.parameters()])


def chosen(count: int, samples: int) -> Any:
    """Return which rows of so many to look at [samples or count], int64, ascending, drawn without repetition."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(0))[:samples].sort().values
