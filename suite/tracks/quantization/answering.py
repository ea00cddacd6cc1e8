"""What a quantized network is asked beyond its logits: here, or where its method has left it.

A network of a method in a process of its own stays there. What is said of it then, but for its logits, is what that
process says: the audit of its bits too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import torch
from torch import Tensor, nn

from suite.contracts import Remote
from suite.contracts.returned import refuse
from suite.models.features import features_and_logits
from suite.tracks.quantization import audit as auditing
from suite.tracks.quantization import basin
from suite.tracks.quantization.audit import Audit
from suite.tracks.quantization.spec import Spec

P = ParamSpec("P")
T = TypeVar("T")


class RemoteNetwork(nn.Module):
    """Stands in the judge for a network of the host: it maps images to logits, and is asked by this module."""

    def __init__(self, handle: Remote) -> None:
        super().__init__()
        self.handle = handle

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits [N, C] of images [N, channels, H, W].

        Raises:
            TypeError: the network returns something else than a tensor.
        """
        return logits(self, images)

    def train(self, mode: bool = True) -> RemoteNetwork:
        """Put the network into training mode, or into evaluation mode."""
        put(self, mode)
        return self


def _where_it_is(function: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], T]:
    """Have a function called where the network is, its first argument."""

    @wraps(function)
    def called(network: Any, *arguments: P.args, **named: P.kwargs) -> T:
        if isinstance(network, RemoteNetwork):
            answer: T = network.handle.ask(function.__name__, *arguments)
            return answer
        return function(network, *arguments, **named)

    return called  # type: ignore[return-value] # `wraps` forgets that the first argument has no name


@_where_it_is
def put(network: nn.Module, training: bool) -> None:
    """Put a network into training mode, or into evaluation mode."""
    network.train(training)


def logits(network: nn.Module, images: Tensor) -> Tensor:
    """Return logits without gradients.

    Raises:
        WrongReturn: the network returns something else.
    """
    found = _logits(network, images)
    if not isinstance(found, Tensor) or found.is_complex() or found.ndim != 2 or len(found) != len(images):
        refuse(found, "the quantized network", f"logits [{len(images)}, C] of real numbers")
    return found


@_where_it_is
def _logits(network: nn.Module, images: Tensor) -> Any:
    with torch.no_grad():
        return network(images)


@_where_it_is
def audited(network: nn.Module, images: Tensor, spec: Spec) -> Audit:
    """Return what `audit` finds of the network."""
    return auditing.audit(network, images, spec)


@_where_it_is
def latent(network: nn.Module, original: nn.Module, keep_weights: bool) -> nn.Module:
    """Return a copy of the network without quantizers; see `basin.latent`."""
    return basin.latent(network, original, keep_weights=keep_weights)


@_where_it_is
def logits_on_the_way(network: nn.Module, original: nn.Module, share: float, images: Tensor) -> Tensor:
    """Return the logits of a network whose weights lie at a share of the way from the original's to these.

    The network is put back as it was: copying all of it at each share takes a third of the time.
    """
    moved = dict(original.named_parameters())
    kept = [(each, each.detach().clone()) for name, each in network.named_parameters() if name in moved]
    try:
        return basin.logits_at(share, original, network, images)
    finally:
        with torch.no_grad():
            for parameter, values in kept:
                parameter.copy_(values)


@_where_it_is
def outputs(network: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Return what goes into the linear head, and what comes out; see `features_and_logits`."""
    return features_and_logits(network, images)
