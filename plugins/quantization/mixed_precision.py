"""Mixed precision: tensors that matter less take fewer bits, within a budget of bits in the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec, fake

from ._budget import cheapest
from ._linearised import Passed, passed
from ._ranges import PERCENTILE, Ranges, activation_quantizer, weight_quantizer

if TYPE_CHECKING:
    from torch import nn

FEWEST = 2
"""Bits of any tensor, since symmetric codes need two; and at least half of those of the precision."""


class MixedPrecision(Quantizer):
    """Each tensor takes from half of the precision's bits to all, so that their mean is a share of the precision's.

    The mean of weights is over their number, that of activations over the multiply-accumulates that they enter, as the
    audit counts both. What a tensor loses at some bits is the squared error of the logits to first order, with nothing
    else quantized; losses are taken to add up, and their least sum within the budget is an integer program.
    """

    name = "mixed-precision"
    version = "1"
    card = Card(
        title="Mixed precision by sensitivity, within mean bits",
        status="baseline",
        note="The first convolution and the head have the bits that they have for all methods, outside the mean. "
        "Takes fewer bits than others of its precision: compare it by weight_bits and activation_bits.",
    )

    class Parameters(Quantizer.Parameters):
        """The budget, and how sensitivity is measured."""

        share: float = Field(0.75, ge=0.5, le=1, description="of the precision's bits, what tensors take in the mean")
        ranges: Ranges = Field("mse", description="of weights and activations: minmax, percentile or mse")
        images: int = Field(64, ge=1, description="calibration images on which the logits' error is measured")
        draws: int = Field(4, ge=1, description="of random signs, by which that error is estimated")

    parameters: Parameters
    grid = {"ranges": ("mse", "minmax", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model.

        Raises:
            ValueError: the logits do not depend on some layer.
        """
        fake.insert(model)
        how, images = self.parameters, calibration.images
        weights, activations = fake.weight_sites(model), fake.activation_sites(model)
        observed = fake.observe(model, activations, images)
        seen = passed(model, images[: how.images], how.draws, context.generator("signs"))
        tensors = [weight(site, spec.weight(site.edge), how.ranges, seen[site.owner]) for site in weights]
        others = [
            activation(site, spec.activation(site.edge), how.ranges, seen[site.owner], observed[site.name])
            for site in activations
        ]
        for part, bits in ((tensors, spec.weight_bits), (others, spec.activation_bits)):
            if bits < FLOAT:
                context.log(choose(part, max(FEWEST, how.share * bits)))
        return model


@dataclass(frozen=True)
class Choice:
    """A tensor with the quantizers that it may take and what each loses, by bits; ``size`` counts in the mean."""

    site: fake.Site
    size: int
    quantizers: Mapping[int, fake.FakeQuantizer]
    losses: Mapping[int, float]


def weight(site: fake.Site, bits: int, ranges: Ranges, seen: Passed) -> Choice:
    """Return the choice of a weight of at most some bits."""
    layer, values = site.owner, site.owner.weight.detach()
    made = {each: weight_quantizer(ranges, values, each) for each in _allowed(bits, site.edge)}
    changes = {each: layer.multiply(seen.inputs[0], made[each](values) - values, None) for each in made}
    return Choice(site, values.numel(), made, {each: seen.error(changes[each], -1) for each in made})


def activation(site: fake.Site, bits: int, ranges: Ranges, seen: Passed, observed: fake.Observation) -> Choice:
    """Return the choice of an activation of at most some bits; its size is the multiply-accumulates that it enters."""
    place = int(site.attribute == "right_quantizer")
    values, owner = seen.inputs[place], site.owner
    summed = owner.weight[0].numel() if isinstance(owner, fake.QuantLayer) else seen.inputs[0].shape[-1]
    made = {each: activation_quantizer(ranges, PERCENTILE, site, observed, each) for each in _allowed(bits, site.edge)}
    losses = {each: seen.error(made[each](values) - values, place) for each in made}
    return Choice(site, seen.output.numel() * summed, made, losses)


def choose(tensors: Sequence[Choice], mean: float) -> str:
    """Put quantizers of least summed loss, with a mean of bits outside the edges; return the bits in words."""
    inner = [each for each in tensors if not each.site.edge]
    bits = cheapest([each.losses for each in inner], [each.size for each in inner], mean)
    for each, own in zip(inner, bits, strict=True):
        each.site.put(each.quantizers[own])
    for each in tensors:
        if each.site.edge:
            each.site.put(each.quantizers[max(each.quantizers)])
    return ", ".join(f"{each.site.name} {own}" for each, own in zip(inner, bits, strict=True))


def _allowed(bits: int, edge: bool) -> range:
    """Return the bits that a tensor may take; an edge all that it has, and none where it stays float."""
    if bits >= FLOAT:
        return range(0)
    return range(bits if edge else min(max(FEWEST, bits // 2), bits), bits + 1)
