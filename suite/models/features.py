"""Features and logits of a reference model, computed once per (model, data, transform) and shared by all methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suite.contracts import Resources
from suite.data.split import Split
from suite.lazy import torch
from suite.models.network import Network

if TYPE_CHECKING:
    from torch import Tensor, nn

BATCH = 500


def linear_head(network: nn.Module) -> nn.Linear:
    """Return the network's last layer.

    Raises:
        TypeError: there is no ``get_classifier()``, or it does not return a linear layer.
    """
    from torch import nn

    if not hasattr(network, "get_classifier"):
        raise TypeError(f"{type(network).__name__} has no get_classifier(). All networks of timm have it")
    head = network.get_classifier()  # type: ignore[operator] # timm's convention, which torch's types do not know
    if not isinstance(head, nn.Linear):
        raise TypeError(
            f"the classifier of {type(network).__name__} is {type(head).__name__}. It must be a linear layer"
        )
    return head


def stages(network: nn.Module) -> list[nn.Module]:
    """Return the modules that end the network's stages, from input to output, as its ``feature_info`` names them.

    Raises:
        TypeError: the network has no ``feature_info``, which all of timm's have.
    """
    described = getattr(network, "feature_info", None)
    if described is None:
        raise TypeError(f"{type(network).__name__} has no feature_info. Its stages are not known")
    names = dict.fromkeys(stage["module"] for stage in described)
    return [network.get_submodule(name) for name in names]


def stage_outputs(network: nn.Module, images: Tensor) -> tuple[list[Tensor], Tensor]:
    """Return (the outputs of the stages, from input to output, logits [N, C]) of one pass, with gradient if enabled."""
    caught: list[Tensor] = []
    hooks = [stage.register_forward_hook(lambda _, __, output: caught.append(output)) for stage in stages(network)]
    try:
        logits = network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return caught, logits


def by_channel(output: Tensor, network: nn.Module) -> Tensor:
    """Return a layer's output as one row of positions per channel, [N, channels, positions].

    Takes maps [N, channels, height, width], or [N, height, width, channels] if that is the ``output_fmt`` of a timm
    network, tokens [N, positions, channels], and vectors [N, channels].
    """
    if output.ndim == 2:
        return output.unsqueeze(2)
    channels_last = output.ndim == 3 or getattr(network, "output_fmt", "NCHW") == "NHWC"
    return output.flatten(1, -2).transpose(1, 2) if channels_last else output.flatten(2)


def features_and_logits(network: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Return (penultimate features [N, D], logits [N, C]): what goes into the linear head, and what comes out."""
    caught: list[Tensor] = []
    hook = linear_head(network).register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
    try:
        with torch.no_grad():  # not inference mode: detectors may differentiate through what they get
            logits = network(images)
    finally:
        hook.remove()
    return caught[0].float(), logits.float()


def extract(model: Network, split: Split, resources: Resources) -> dict[str, Tensor]:
    """Return ``{"features": [N, D], "logits": [N, C]}`` of a split, float32 on the CPU, cached."""
    identity = _identity(model, split, resources)
    return resources.cache.tensors("features", identity, lambda: _extract(model, split, resources))


def is_extracted(model: Network, split: Split, resources: Resources) -> bool:
    """Tell whether `extract` would find the features in the cache."""
    return resources.cache.has_tensors("features", _identity(model, split, resources))


def _identity(model: Network, split: Split, resources: Resources) -> dict[str, Any]:
    return {
        "model": model.fingerprint(resources),
        "transform": model.transform.identity,
        **split.identity(resources),
    }


def _extract(model: Network, split: Split, resources: Resources) -> dict[str, Tensor]:
    network = model.load(resources)
    count = len(split.rows(resources))
    resources.log(f"features of {split.data.name}: {count:,} images")
    parts = []
    for start in range(0, count, BATCH):
        pixels = split.pixels(model.transform, resources, slice(start, start + BATCH))
        images = model.transform.normalise(pixels.to(resources.device))
        parts.append([tensor.cpu() for tensor in features_and_logits(network, images)])
    features, logits = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
    return {"features": features, "logits": logits}
