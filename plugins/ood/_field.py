"""The field of charged particles that the field detectors share.

Reconstruction: the authors' formula was not available. Textbook equations are used instead: training features are
particles that attract, a neutral background of the same mass repels, and the interaction is a screened Coulomb (Yukawa)
potential of effective dimension three, softened at short range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field as Declared

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Detector

from ._matmul import matmul
from ._neighbours import unit

PAIRS = 500_000  # distances at a time: 2 MB in float32, so that what is computed from them stays in the cache
RADIUS_SAMPLE = 500
NEIGHBOUR = 10

CARD = Card(
    title="Field of charged particles (reconstruction)",
    status="reconstruction",
    paper="Rethinking Out-of-Distribution Detection and Generalization with Collective Behavior Dynamics",
    authors="Wang, Zhang, Huang, Zhang, Wang",
    year=2025,
    note="Reconstruction: the authors' formula was not available. CBD-style self-consistent potential score, "
    "not the authors' implementation.",
)


class FieldParameters(Detector.Parameters):
    """Options of the field; the defaults are the reconstruction's."""

    sphere: bool = Declared(False, description="put particles on the unit sphere instead of centring and scaling")
    background: Literal["gaussian", "permuted", "none"] = Declared(
        "gaussian",
        description="the neutral background: a Gaussian of the particles' moments, or their coordinates shuffled apart",
    )
    screening: float | None = Declared(None, ge=0, description="kappa; 1 / r10 if None")
    softening: float | None = Declared(None, gt=0, description="a; r10 / 4 if None")
    particles: int = Declared(15_000, ge=RADIUS_SAMPLE, description="at most this many training samples")
    held_out: float = Declared(0.1, gt=0, lt=1, description="share of the training samples kept for the threshold")


@dataclass(frozen=True)
class Field:
    """Particles [N, D] with labels [N], background [N, D] or None, and the interaction, all in particle coordinates.

    ``held_out`` [H] are the rows of the training samples that are no particles, ``radius`` is r10, the median distance
    from a particle to its 10th neighbour.
    """

    particles: torch.Tensor
    labels: torch.Tensor
    background: torch.Tensor | None
    held_out: torch.Tensor
    radius: float
    kappa: float
    softening: float
    centre: torch.Tensor
    scale: torch.Tensor
    sphere: bool

    @classmethod
    def fit(cls, features: torch.Tensor, labels: torch.Tensor, options: FieldParameters, context: Context) -> Field:
        """Place the particles of training features [N, D] with labels [N], and draw the background.

        Raises:
            ValueError: there are too few samples, or they coincide.
        """
        order = torch.randperm(len(features), generator=context.generator("particles")).to(features.device)
        kept_out = max(1, round(options.held_out * len(features)))
        if len(features) - kept_out <= NEIGHBOUR:
            raise ValueError(f"{len(features)} training samples are too few for a {NEIGHBOUR}th neighbour")
        rows = order[kept_out : kept_out + options.particles]
        kept = features[rows]
        centre, scale = kept.mean(dim=0), kept.std()
        particles = _placed(kept, centre, scale, options.sphere)
        radius = _neighbour_radius(particles)
        if radius <= 0:
            raise ValueError("the training features coincide: the field has no length scale")
        return cls(
            particles=particles,
            labels=labels[rows],
            background=_background(kept, particles, options, context),
            held_out=order[:kept_out],
            radius=radius,
            kappa=1 / radius if options.screening is None else options.screening,
            softening=radius / 4 if options.softening is None else options.softening,
            centre=centre,
            scale=scale,
            sphere=options.sphere,
        )

    def place(self, features: torch.Tensor) -> torch.Tensor:
        """Return features [B, D] in particle coordinates."""
        return _placed(features, self.centre, self.scale, self.sphere)

    def potential(self, u: torch.Tensor, posterior: torch.Tensor | None = None) -> torch.Tensor:
        """Return phi(u) [B] = -mean_i G(|u - u_i|) + mean_j G(|u - b_j|); differentiable in u [B, D].

        With a ``posterior`` [B, C] every class has a well of its own: the mean over particles becomes
        ``sum_c p_c mean_{i in c}``.
        """
        phi = -(self._mean_interaction(u, self.particles) if posterior is None else self._wells(u, posterior))
        return phi if self.background is None else phi + self._mean_interaction(u, self.background)

    def gradient(self, u: torch.Tensor) -> torch.Tensor:
        """Return grad phi(u) [B, D] in closed form."""
        gradient = -self._mean_force(u, self.particles)
        return gradient if self.background is None else gradient + self._mean_force(u, self.background)

    def log_density_gradient(self, u: torch.Tensor) -> torch.Tensor:
        """Return grad log rho(u) [B, D] of a Gaussian kernel density with h^2 = 4 r10^2 / (2 D).

        It is ``(softmax_i(-|u - u_i|^2 / 2 h^2) u_i - u) / h^2``: a mean shift, and one modern-Hopfield update.
        """
        variance = 4 * self.radius**2 / (2 * u.shape[1])
        weight, shift, top = u.new_zeros(len(u), 1), torch.zeros_like(u), u.new_full((len(u), 1), -torch.inf)
        for block, squared in _blocks(u, self.particles):
            exponent = -squared / (2 * variance)
            higher = torch.maximum(top, exponent.amax(dim=1, keepdim=True))
            shrink, share = (top - higher).exp(), (exponent - higher).exp()
            weight = weight * shrink + share.sum(dim=1, keepdim=True)
            shift = shift * shrink + share @ block
            top = higher
        return (shift / weight - u) / variance

    def _interaction(self, squared: torch.Tensor) -> torch.Tensor:
        distance = (squared + self.softening**2).sqrt()
        return (-self.kappa * distance).exp() / distance

    def _mean_interaction(self, u: torch.Tensor, sources: torch.Tensor) -> torch.Tensor:
        total = u.new_zeros(len(u))
        for _, squared in _blocks(u, sources):
            total = total + self._interaction(squared).sum(dim=1)
        return total / len(sources)

    def _wells(self, u: torch.Tensor, posterior: torch.Tensor) -> torch.Tensor:
        counts = self.labels.bincount(minlength=posterior.shape[1]).clamp(min=1)
        shares = posterior.to(u.dtype) / counts
        total, start = u.new_zeros(len(u)), 0
        for block, squared in _blocks(u, self.particles):
            labels = self.labels[start : start + len(block)]
            total = total + (self._interaction(squared) * shares[:, labels]).sum(dim=1)
            start += len(block)
        return total

    def _mean_force(self, u: torch.Tensor, sources: torch.Tensor) -> torch.Tensor:
        """Return the gradient [B, D] of the mean interaction: G'(s) / s = -exp(-kappa s) (kappa s + 1) / s^3."""
        total = torch.zeros_like(u)
        for block, squared in _blocks(u, sources):
            distance = (squared + self.softening**2).sqrt()
            slope = -torch.exp(-self.kappa * distance) * (self.kappa * distance + 1) / (distance * distance * distance)
            total = total + slope.sum(dim=1, keepdim=True) * u - slope @ block
        return total / len(sources)


def _placed(features: torch.Tensor, centre: torch.Tensor, scale: torch.Tensor, sphere: bool) -> torch.Tensor:
    return unit(features) if sphere else (features - centre) / scale


def _blocks(u: torch.Tensor, sources: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield (sources [S, D], squared distances [B, S]) block by block."""
    squares = u.square().sum(dim=1, keepdim=True)
    for block in torch.split(sources, max(1, PAIRS // max(1, len(u)))):
        yield block, (squares + block.square().sum(dim=1) - 2 * matmul(u, block)).clamp(min=1e-12)


def _neighbour_radius(particles: torch.Tensor) -> float:
    sample = particles[:RADIUS_SAMPLE]
    nearest = torch.cdist(sample, particles).topk(NEIGHBOUR + 1, dim=1, largest=False).values
    return float(nearest[:, NEIGHBOUR].median())  # index 0 is the particle itself


def _background(
    features: torch.Tensor, particles: torch.Tensor, options: FieldParameters, context: Context
) -> torch.Tensor | None:
    """Return as many background charges [N, D] as there are particles, in particle coordinates.

    ``features`` are the particles' features. Permuted keeps every coordinate's distribution and breaks what ties them.
    """
    if options.background == "none":
        return None
    generator = context.generator("background")
    if options.background == "permuted":
        order = torch.rand(features.shape, generator=generator).argsort(dim=0).to(features.device)
        shuffled = features.gather(0, order)
        return _placed(shuffled, features.mean(dim=0), features.std(), options.sphere)
    double = particles.double()
    mean = double.mean(dim=0)
    covariance = (double - mean).T @ (double - mean) / (len(double) - 1)
    identity: torch.Tensor = torch.eye(len(covariance), dtype=double.dtype, device=double.device)
    factor = torch.linalg.cholesky(covariance + 1e-8 * covariance.diagonal().mean() * identity)
    noise = torch.randn(particles.shape, generator=generator, dtype=torch.float64)
    drawn = (mean + noise.to(double.device) @ factor.T).to(particles.dtype)
    return unit(drawn) if options.sphere else drawn
