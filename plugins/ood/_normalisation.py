"""What adapts at test time: normalisation layers, their statistics and their affine parameters."""

from __future__ import annotations

from collections.abc import Sequence

from suite.lazy import torch


def batch_norms(network: torch.nn.Module) -> list[torch.nn.Module]:
    """Return the batch norm layers that keep statistics of the training data.

    Raises:
        ValueError: there are none, so nothing can be replaced by the test's.
    """
    layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.modules.batchnorm._BatchNorm)]
    kept = [layer for layer in layers if layer.running_mean is not None]
    if not kept:
        raise ValueError("the network has no batch norm, whose statistics are what is adapted")
    return list(kept)


def take_statistics_of_the_batch(layers: Sequence[torch.nn.Module]) -> None:
    """Let batch norm layers normalise by each batch's own statistics, and forget those of the training data."""
    for layer in layers:
        layer.train()
        layer.track_running_stats = False  # type: ignore[assignment] # of batch norm, which torch's types do not know
        layer.running_mean = layer.running_var = None  # type: ignore[assignment]


def affine_alone(network: torch.nn.Module, layers: Sequence[torch.nn.Module]) -> list[torch.nn.Parameter]:
    """Return the scales and shifts of the layers, which from now on are all that takes a gradient.

    Raises:
        ValueError: the layers have none.
    """
    network.requires_grad_(False)
    parameters = [parameter for layer in layers for parameter in layer.parameters(recurse=False)]
    if not parameters:
        raise ValueError("the network's normalisation layers have no scale and shift, which are what is adapted")
    for parameter in parameters:
        parameter.requires_grad_()
    return parameters


def entropy(logits: torch.Tensor) -> torch.Tensor:
    """Return the entropy of each softmax [B], in nats, of logits [B, C]."""
    return -(logits.softmax(dim=1) * logits.log_softmax(dim=1)).sum(dim=1)
