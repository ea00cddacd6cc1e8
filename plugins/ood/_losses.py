"""What the objectives of the training methods are made of."""

from __future__ import annotations

from suite.lazy import torch


def joint_logits(network: torch.nn.Module, *parts: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return the logits [B_i, C] of each part's images, from one forward pass: batch-norm statistics are shared."""
    logits: torch.Tensor = network(torch.cat(parts))
    return torch.split(logits, [len(part) for part in parts])


def energy_below(logits: torch.Tensor, margin: float) -> torch.Tensor:
    """Return ``mean relu(E - margin)^2`` over samples, with the energy ``E = -logsumexp_c f_c`` of logits [B, C]."""
    return (-logits.logsumexp(dim=1) - margin).relu().square().mean()


def energy_above(logits: torch.Tensor, margin: float) -> torch.Tensor:
    """Return ``mean relu(margin - E)^2`` over samples, with the energy ``E = -logsumexp_c f_c`` of logits [B, C]."""
    return (margin + logits.logsumexp(dim=1)).relu().square().mean()


def cross_entropy_to_uniform(logits: torch.Tensor) -> torch.Tensor:
    """Return ``mean(logsumexp_c f_c - mean_c f_c)``: the cross-entropy of logits [B, C] with the uniform posterior."""
    return (logits.logsumexp(dim=1) - logits.mean(dim=1)).mean()
