"""What a classifier's features look like: how many directions they use, and how far they have collapsed to classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


def effective_rank(matrix: Tensor) -> float:
    """Return ``exp(-sum p_i ln p_i)``, ``p`` the singular values of a matrix [N, D] divided by their sum.

    It is 1 to min(N, D): k for k equal singular values and no others, 0 for a matrix of zeros. Features are centred
    first by whoever wants their spread alone. Source: Roy & Vetterli, "The effective rank", EUSIPCO 2007, eq. 3.
    """
    singular = torch.linalg.svdvals(matrix.double())
    if not singular.sum() > 0:
        return 0.0
    shares = singular / singular.sum()
    return float(torch.special.entr(shares).sum().exp())


@dataclass(frozen=True)
class Collapse:
    """How far features have collapsed, all 0 for a network that has collapsed altogether.

    Source: Papyan, Han & Donoho, "Prevalence of neural collapse during the terminal phase of deep learning training",
    PNAS 2020; m_c is the mean of class c less the mean of the class means.

    Attributes:
        within: NC1, ``trace(S_W pinv(S_B)) / C``: covariance within classes against covariance of their means.
        norms: NC2, standard deviation of ``|m_c|`` over its mean.
        angles: NC2, mean of ``|cos(m_c, m_d) + 1 / (C - 1)|`` over pairs of classes.
        duality: NC3, ``|W / |W| - M / |M||`` of the head's weights and the m_c as rows, in Frobenius norms.
        disagreement: NC4, share of the samples that the head puts in another class than the nearest class mean.
    """

    within: float
    norms: float
    angles: float
    duality: float
    disagreement: float


def neural_collapse(features: Tensor, labels: Tensor, weight: Tensor, bias: Tensor | None = None) -> Collapse:
    """Return how far features [N, D] with labels [N] have collapsed, before a linear head [C, D] with its bias [C].

    Raises:
        ValueError: a class has no sample, there are fewer than two, or the head is of another size.
    """
    features, weight = features.double(), weight.double()
    classes = len(weight)
    if weight.shape[1] != features.shape[1]:
        raise ValueError(f"the head takes {weight.shape[1]} features. There are {features.shape[1]}")
    counts = torch.bincount(labels, minlength=classes)
    if classes < 2 or len(counts) > classes or int(counts.min()) == 0:
        raise ValueError(f"two or more classes need samples, at least one each. Their counts are {counts.tolist()}")
    one_hot = torch.nn.functional.one_hot(labels, classes).double()
    means = one_hot.T @ features / counts.unsqueeze(1)
    spread, centred = features - means[labels], means - means.mean(dim=0)
    within, between = spread.T @ spread / len(features), centred.T @ centred / classes
    norms = centred.norm(dim=1)
    cosines = torch.nn.functional.normalize(centred) @ torch.nn.functional.normalize(centred).T
    apart = ~torch.eye(classes, dtype=torch.bool, device=features.device)
    logits = features @ weight.T + (0 if bias is None else bias.double())
    nearest = torch.cdist(features, means).argmin(dim=1)
    return Collapse(
        within=float((within @ torch.linalg.pinv(between, hermitian=True)).trace() / classes),
        norms=float(norms.std(correction=0) / norms.mean()),
        angles=float((cosines + 1 / (classes - 1))[apart].abs().mean()),
        duality=float((weight / weight.norm() - centred / centred.norm()).norm()),
        disagreement=float((logits.argmax(dim=1) != nearest).double().mean()),
    )
