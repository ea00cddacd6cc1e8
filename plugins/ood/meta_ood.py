"""Meta OOD learning (reconstruction)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData

from ._losses import energy_above, energy_below
from .energy_finetune import EnergyFineTuning

if TYPE_CHECKING:
    Weights = dict[str, torch.Tensor]

DISCLAIMER = (
    "Reconstruction: the authors' formula was not available. MAML-style meta-initialisation for adaptive OOD detection."
)


class MetaOOD(TrainedDetector):
    """An initialisation that adapts to a shifted distribution in a few steps on a few ID samples; scored by energy.

    First-order MAML from the reference model. A meta-task is one random rotation of ID training images and outliers:
    a support of n ID images for the inner steps, a query of ID and outliers for the outer one, with the objectives of
    energy-bounded fine-tuning (the inner steps its ID part). Batch norm keeps the reference model's statistics.
    Where a task shifts, each adaptation starts from the initialisation, or from the previous one decayed towards it.
    That shifts are rotations is given to this method and to no other. Source of the idea: Wu et al. 2023.
    Reconstruction: the authors' formula was not available. MAML-style meta-initialisation for adaptive OOD detection.
    """

    name = "meta-ood"
    version = "1"
    card = Card(
        title="Meta OOD learning (reconstruction)",
        status="reconstruction",
        paper="Meta OOD Learning for Continuously Adaptive OOD Detection",
        authors="Xinheng Wu, Jie Lu, Zhen Fang, Guangquan Zhang",
        year=2023,
        url="https://arxiv.org/abs/2309.11705",
        note=f"{DISCLAIMER} Its meta-tasks are rotations of training images: it is told the family of the shift.",
    )

    needs = frozenset({"outliers"})

    class Parameters(TrainedDetector.Parameters):
        """The reconstruction's settings; ``steps=0`` with ``meta`` is joint training on all shifts."""

        initialisation: Literal["meta", "standard", "energy"] = Field(
            "meta", description="meta-learned, the reference model's weights, or energy-bounded fine-tuning's"
        )
        adaptation: bool = Field(True, description="adapt where the task shifts")
        inner_lr: float = Field(1e-2, gt=0, description="a, of the steps of an adaptation")
        outer_lr: float = Field(1e-3, gt=0, description="b, of the meta-steps")
        steps: int = Field(3, ge=0, le=20, description="inner steps of an adaptation")
        n: int = Field(32, ge=1, description="ID images of a support in meta-training")
        query: int = Field(64, ge=1, description="ID images of a query, and as many outliers")
        meta_steps: int = Field(200, ge=1, description="outer steps")
        shifts: int = Field(2, ge=1, description="meta-tasks of an outer step")
        degrees: float = Field(90.0, ge=0, le=180, description="largest rotation of a meta-task, either way")
        kept: float = Field(0.0, ge=0, le=1, description="share of the previous adaptation that the next starts from")
        margin_in: float = Field(-23.0, description="energy that ID shall stay below")
        margin_out: float = Field(-5.0, description="energy that outliers shall stay above")
        weight: float = Field(0.1, ge=0, description="of the squared hinges")

    parameters: Parameters

    def train(self, data: TrainingData, context: Context) -> None:
        """Find the initialisation."""
        if self.parameters.initialisation == "energy":
            tuned = EnergyFineTuning(**self.parameters.model_dump(include={"margin_in", "margin_out", "weight"}))
            tuned.train(data, context)
            self.network = tuned.network
        else:
            self.network = data.reference.eval()
        self.initial = {name: weights.detach().clone() for name, weights in self.network.named_parameters()}
        if self.parameters.initialisation == "meta":
            self._meta_train(data, context)
        self.current = self.initial

    def adapt(self, images: torch.Tensor, labels: torch.Tensor, context: Context) -> None:
        """Take the inner steps on labelled ID images of the shifted distribution."""
        kept = self.parameters.kept
        if self.parameters.adaptation:
            start = {name: (1 - kept) * initial + kept * self.current[name] for name, initial in self.initial.items()}
            self.current = self.adapted(start, images, labels)

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the negative energies [B] and logits [B, C] of the weights adapted last."""
        logits = self._logits(self.current, images)
        return logits.logsumexp(dim=1), logits

    def adapted(self, weights: Weights, images: torch.Tensor, labels: torch.Tensor) -> Weights:
        """Return the weights after the inner steps: gradient descent on the ID part of the objective."""
        for _ in range(self.parameters.steps):
            leaves = {name: tensor.detach().requires_grad_() for name, tensor in weights.items()}
            with torch.enable_grad():
                loss = self.inside_loss(self._logits(leaves, images), labels)
            gradients = torch.autograd.grad(loss, list(leaves.values()))
            pairs = zip(leaves.items(), gradients, strict=True)
            weights = {name: leaf.detach() - self.parameters.inner_lr * slope for (name, leaf), slope in pairs}
        return weights

    def inside_loss(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return the ID part of the objective: cross-entropy and the hinge of ID energies above their margin."""
        return torch.nn.functional.cross_entropy(logits, labels) + self.parameters.weight * energy_below(
            logits, self.parameters.margin_in
        )

    def _meta_train(self, data: TrainingData, context: Context) -> None:
        """First-order MAML: the query's gradient at the adapted weights moves the initial ones."""
        settings, generator = self.parameters, context.generator("meta-training")
        labels = data.labels.to(context.device)
        for _ in range(settings.meta_steps):
            total = {name: torch.zeros_like(weights) for name, weights in self.initial.items()}
            for _ in range(settings.shifts):
                angle = settings.degrees * (2 * float(torch.rand((), generator=generator)) - 1)
                rows, query = _drawn(len(labels), (settings.n, settings.query), generator)
                (others,) = _drawn(len(data.outliers), (settings.query,), generator)
                support, inside, outside = (
                    data.transform.normalise(rotated(pixels.to(context.device), angle))
                    for pixels in (data.pixels[rows], data.pixels[query], data.outliers[others])
                )
                weights = self.adapted(self.initial, support, labels[rows])
                leaves = {name: tensor.detach().requires_grad_() for name, tensor in weights.items()}
                hinge = settings.weight * energy_above(self._logits(leaves, outside), settings.margin_out)
                loss = self.inside_loss(self._logits(leaves, inside), labels[query]) + hinge
                for name, slope in zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True):
                    total[name] += slope
            self.initial = {name: weights - settings.outer_lr * total[name] for name, weights in self.initial.items()}

    def _logits(self, weights: Weights, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = torch.func.functional_call(self.network, weights, (images,))
        return logits


def _drawn(count: int, sizes: tuple[int, ...], generator: torch.Generator) -> tuple[torch.Tensor, ...]:
    """Return disjoint random rows, as many of each as asked for; ValueError if there are not enough."""
    if sum(sizes) > count:
        raise ValueError(f"a meta-task takes {' + '.join(map(str, sizes))} images, and there are {count}")
    return torch.split(torch.randperm(count, generator=generator)[: sum(sizes)], list(sizes))


def rotated(pixels: torch.Tensor, degrees: float) -> torch.Tensor:
    """Return pixels [N, height, width, channels] rotated about the centre, bilinear, as floats; outside is zero."""
    import math

    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]], device=pixels.device)
    images = pixels.permute(0, 3, 1, 2).float()
    grid = torch.nn.functional.affine_grid(turn.expand(len(images), 2, 3), list(images.shape), align_corners=False)
    return torch.nn.functional.grid_sample(images, grid, align_corners=False).permute(0, 2, 3, 1)
