"""The field of charged particles that the field detectors share.

Reconstruction: the authors' formula was not available. Textbook equations are used instead: training features are
particles that attract, a neutral background of the same mass and first two moments repels, and the interaction is a
screened Coulomb (Yukawa) potential of effective dimension three, softened at short range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field as Declared

from suite import Card, Context, Parameters

if TYPE_CHECKING:
    import torch
    from torch import Tensor

BLOCK = 8192  # a block of distances [1000, BLOCK] in float32 is 33 MB
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


class FieldParameters(Parameters):
    """Options of the field; the defaults are the reconstruction's."""

    sphere: bool = Declared(False, description="put particles on the unit sphere instead of centring and scaling")
    background: Literal["gaussian", "none"] = Declared("gaussian", description="the neutral background")
    screening: float | None = Declared(None, ge=0, description="kappa; 1 / r10 if None")
    softening: float | None = Declared(None, gt=0, description="a; r10 / 4 if None")
    particles: int = Declared(15_000, ge=RADIUS_SAMPLE, description="at most this many training samples")
    held_out: float = Declared(0.1, gt=0, lt=1, description="share of the training samples kept for the threshold")


@dataclass(frozen=True)
class Field:
    """Particles [N, D], background [N, D] or None, and the interaction's constants, all in particle coordinates.

    ``radius`` is r10, the median distance from a particle to its 10th neighbour.
    """

    particles: Tensor
    background: Tensor | None
    held_out: Tensor
    radius: float
    kappa: float
    softening: float
    centre: Tensor
    scale: Tensor
    sphere: bool

    @classmethod
    def fit(cls, features: Tensor, options: FieldParameters, context: Context) -> Field:
        """Place the particles of training features [N, D] and draw the background.

        Raises:
            ValueError: there are too few samples, or they coincide.
        """
        import torch

        order = torch.randperm(len(features), generator=context.generator("particles")).to(features.device)
        kept_out = max(1, round(options.held_out * len(features)))
        if len(features) - kept_out <= NEIGHBOUR:
            raise ValueError(f"{len(features)} training samples are too few for a {NEIGHBOUR}th neighbour")
        chosen = features[order[kept_out : kept_out + options.particles]]
        centre, scale = chosen.mean(dim=0), chosen.std()
        field = cls(chosen, None, chosen, 0.0, 0.0, 0.0, centre, scale, options.sphere)
        particles = field.place(chosen)
        radius = _neighbour_radius(particles)
        if radius <= 0:
            raise ValueError("the training features coincide: the field has no length scale")
        return cls(
            particles=particles,
            background=_background(particles, options, context),
            held_out=field.place(features[order[:kept_out]]),
            radius=radius,
            kappa=1 / radius if options.screening is None else options.screening,
            softening=radius / 4 if options.softening is None else options.softening,
            centre=centre,
            scale=scale,
            sphere=options.sphere,
        )

    def place(self, features: Tensor) -> Tensor:
        """Return features [B, D] in particle coordinates."""
        if self.sphere:
            return features / features.norm(dim=1, keepdim=True).clamp(min=1e-12)
        return (features - self.centre) / self.scale

    def potential(self, u: Tensor) -> Tensor:
        """Return phi(u) [B] = -mean_i G(|u - u_i|) + mean_j G(|u - b_j|); differentiable in u [B, D]."""
        phi = -self._mean_interaction(u, self.particles)
        return phi if self.background is None else phi + self._mean_interaction(u, self.background)

    def gradient(self, u: Tensor) -> Tensor:
        """Return grad phi(u) [B, D] in closed form."""
        gradient = -self._mean_force(u, self.particles)
        return gradient if self.background is None else gradient + self._mean_force(u, self.background)

    def log_density_gradient(self, u: Tensor) -> Tensor:
        """Return grad log rho(u) [B, D] of a Gaussian kernel density with h^2 = 4 r10^2 / (2 D).

        It is ``(softmax_i(-|u - u_i|^2 / 2 h^2) u_i - u) / h^2``: a mean shift, and one modern-Hopfield update.
        """
        import torch

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

    def _mean_interaction(self, u: Tensor, sources: Tensor) -> Tensor:
        import torch

        total = u.new_zeros(len(u))
        for _, squared in _blocks(u, sources):
            distance = (squared + self.softening**2).sqrt()
            total = total + (torch.exp(-self.kappa * distance) / distance).sum(dim=1)
        return total / len(sources)

    def _mean_force(self, u: Tensor, sources: Tensor) -> Tensor:
        """Return the gradient [B, D] of the mean interaction: G'(s) / s = -exp(-kappa s) (kappa s + 1) / s^3."""
        import torch

        total = torch.zeros_like(u)
        for block, squared in _blocks(u, sources):
            distance = (squared + self.softening**2).sqrt()
            slope = -torch.exp(-self.kappa * distance) * (self.kappa * distance + 1) / distance**3
            total = total + slope.sum(dim=1, keepdim=True) * u - slope @ block
        return total / len(sources)


def _blocks(u: Tensor, sources: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield (sources [S, D], squared distances [B, S]) block by block, to bound the memory."""
    squares = u.square().sum(dim=1, keepdim=True)
    for block in sources.split(BLOCK):
        yield block, (squares + block.square().sum(dim=1) - 2 * u @ block.T).clamp(min=1e-12)


def _neighbour_radius(particles: Tensor) -> float:
    import torch

    sample = particles[:RADIUS_SAMPLE]
    nearest = torch.cdist(sample, particles).topk(NEIGHBOUR + 1, dim=1, largest=False).values
    return float(nearest[:, NEIGHBOUR].median())  # index 0 is the particle itself


def _background(particles: Tensor, options: FieldParameters, context: Context) -> Tensor | None:
    """Return as many background charges, drawn from the Gaussian of the particles' mean and covariance."""
    import torch

    if options.background == "none":
        return None
    double = particles.double()
    mean = double.mean(dim=0)
    covariance = (double - mean).T @ (double - mean) / (len(double) - 1)
    identity: torch.Tensor = torch.eye(len(covariance), dtype=double.dtype, device=double.device)
    factor = torch.linalg.cholesky(covariance + 1e-8 * covariance.diagonal().mean() * identity)
    noise = torch.randn(particles.shape, generator=context.generator("background"), dtype=torch.float64)
    drawn = (mean + noise.to(double.device) @ factor.T).to(particles.dtype)
    return drawn / drawn.norm(dim=1, keepdim=True) if options.sphere else drawn
