"""Features: what goes into the linear head, for our networks and timm's, computed once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from suite.benchmarks.ood.digits import DigitsTask
from suite.contracts import Resources
from suite.models.architecture import Architecture
from suite.models.features import (
    by_channel,
    extract,
    features_and_logits,
    is_extracted,
    linear_head,
    stage_outputs,
    stages,
)

NETWORKS = [
    (Architecture("small-cnn", {"classes": 6}), (1, 8, 8), 128),
    (Architecture("resnet-cifar", {"depth": 20, "classes": 10}), (3, 32, 32), 64),
    (Architecture("timm/resnet18", {"num_classes": 7}), (3, 64, 64), 512),
    (Architecture("timm/vit_tiny_patch16_224", {"num_classes": 5, "img_size": 32, "patch_size": 8}), (3, 32, 32), 192),
]


ON_PIXELS = (Architecture("mlp", {"classes": 4}), (1, 28, 28), 400)


@pytest.mark.parametrize(
    ("architecture", "shape", "width"), [*NETWORKS, ON_PIXELS], ids=[*(a.name for a, _, _ in NETWORKS), "mlp"]
)
def test_logits_are_the_head_of_the_features(architecture: Architecture, shape: tuple[int, ...], width: int) -> None:
    network = architecture.build().eval()
    features, logits = features_and_logits(network, torch.rand(3, *shape))
    assert features.shape == (3, width)
    with torch.no_grad():
        torch.testing.assert_close(linear_head(network)(features), logits)


@pytest.mark.parametrize(("architecture", "shape", "width"), NETWORKS, ids=[a.name for a, _, _ in NETWORKS])
def test_a_network_can_be_taken_apart(architecture: Architecture, shape: tuple[int, ...], width: int) -> None:
    network = architecture.build().eval()
    images = torch.rand(3, *shape)
    with torch.no_grad():
        maps = network.forward_features(images)
        torch.testing.assert_close(network.forward_head(maps), network(images))
        assert network.forward_head(maps, pre_logits=True).shape == (3, width)
    assert len(stages(network)) > 1


@pytest.mark.parametrize(("architecture", "shape", "width"), NETWORKS, ids=[a.name for a, _, _ in NETWORKS])
def test_stages_come_in_order_with_one_row_per_channel(
    architecture: Architecture, shape: tuple[int, ...], width: int
) -> None:
    network = architecture.build().eval()
    images = torch.rand(3, *shape)
    outputs, logits = stage_outputs(network, images)
    torch.testing.assert_close(logits, network(images))
    gradients = torch.autograd.grad(logits.sum(), outputs)
    assert [gradient.shape for gradient in gradients] == [output.shape for output in outputs]
    maps = network.forward_features(images)
    if not architecture.name.startswith("timm/vit"):  # which normalises after its last block
        torch.testing.assert_close(outputs[-1], maps)
        assert by_channel(maps, network).shape == (3, maps.shape[1], maps.shape[2] * maps.shape[3])
    else:
        assert by_channel(outputs[-1], network).shape == (3, width, 17)
        assert torch.equal(by_channel(outputs[-1], network)[0, :, 5], outputs[-1][0, 5])
    assert not any(stage._forward_hooks for stage in stages(network))


def test_channels_that_come_last_are_told_by_the_networks_format() -> None:
    maps = torch.rand(2, 3, 4, 5)
    network = nn.Identity()
    assert torch.equal(by_channel(maps, network), maps.reshape(2, 3, 20))
    network.output_fmt = "NHWC"
    assert torch.equal(by_channel(maps.permute(0, 2, 3, 1), network), maps.reshape(2, 3, 20))
    assert by_channel(torch.rand(2, 3), network).shape == (2, 3, 1)


def test_the_resnet_has_the_papers_size() -> None:
    network = Architecture("resnet-cifar", {"depth": 20}).build()
    assert sum(parameter.numel() for parameter in network.parameters()) == 269_722  # 0.27M


def test_a_classifier_that_is_not_linear_is_refused() -> None:
    class Odd(nn.Module):
        def get_classifier(self) -> nn.Module:
            return nn.Identity()

    with pytest.raises(TypeError, match=r"the classifier of Odd is Identity\. It must be a linear layer"):
        linear_head(Odd())


def test_features_are_computed_once(resources: Resources) -> None:
    lines: list[str] = []
    logged = replace(resources, log=lines.append)
    task = DigitsTask()
    split, model = task.splits(4, resources).validation, task.model(4)
    first = extract(model, split, logged)
    assert is_extracted(model, split, resources)
    lines.clear()
    again = extract(model, split, logged)
    assert lines == []
    assert all(torch.equal(first[name], again[name]) for name in ("features", "logits"))
