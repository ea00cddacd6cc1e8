"""The minority score: how far a sample is from what denoising makes of it at a middle noise level."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.replay import Exemplars, ReplayContext, Unavailable
from suite.tracks.replay.hopfield import matched_beta

CARD = Card(
    title="Minority score (reconstruction)",
    status="reconstruction",
    paper="Don't Play Favorites: Minority Guidance for Diffusion Models",
    authors="Soobin Um, Suhyeon Lee, Jong Chul Ye",
    year=2024,
    url="https://arxiv.org/abs/2301.12334",
    note="Reconstruction: the authors' code was not at hand. Theirs is a perceptual distance (LPIPS), to guide a "
    "sampler; ours is the squared error, to fill a buffer. Where the model is no denoiser, the ideal denoiser of the "
    "other samples' features stands in for it: our counterpart.",
)


def minority_scores(samples: Exemplars, context: ReplayContext, noise: float, draws: int) -> torch.Tensor:
    """Return the mean over draws of the squared error between each sample and its denoised version [N], float64.

    By the model if it denoises, else by `ideal` on features. ``noise`` is the share of the variance that is noise.
    """
    generator = context.generator("minority noise")
    try:
        errors = context.learner.denoising_errors(samples, noise, draws, generator)
    except Unavailable:
        errors = ideal(context.learner.features(samples), noise, draws, generator)
    return errors.double().cpu()


def ideal(features: torch.Tensor, noise: float, draws: int, generator: torch.Generator) -> torch.Tensor:
    """Return errors [N] of the ideal denoiser of features [N, D], each of which is left out of what it knows.

    The posterior mean of a point x seen as x + s e is the mean of all others with weights softmax(-|x + s e - x_i|^2 /
    2 s^2): one update of a Hopfield network at beta = 1 / s^2. At ``noise`` one half, s is that of `matched_beta`.
    The noise is the same for every feature, so that scores tell features apart and not draws.

    Raises:
        ValueError: there are fewer than two features, or one is not finite.
    """
    points = features.detach().double().cpu()
    if not points.isfinite().all():
        raise ValueError("some features are not finite; they have no minority score")
    variance = noise / (1 - noise) / matched_beta(points)
    squares = points.square().sum(dim=1)
    errors = torch.zeros(len(points), dtype=torch.float64)
    for _ in range(draws):
        noised = points + variance**0.5 * torch.randn(points.shape[1], generator=generator, dtype=torch.float64)
        nearness = (noised @ points.T - squares / 2) / variance
        denoised = nearness.fill_diagonal_(-torch.inf).softmax(dim=1) @ points
        errors += (denoised - points).square().sum(dim=1) / draws
    return errors
