"""Sites: what there is to quantize in a model, by name and kind, and what its edges are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import torch
from torch import nn

from suite.tracks.quantization.fake import QuantAttention, Uniform, activation_sites, insert, quant_layers, weight_sites

Network = Callable[[str], nn.Module]
EDGES = {
    "vit": ["patch_embed.proj", "head"],
    "distilled": ["patch_embed.proj", "head", "head_dist"],
    "swin": ["patch_embed.proj", "head.fc"],
    "eva": ["patch_embed.proj", "head"],
}


@pytest.mark.parametrize("name", EDGES)
def test_names_are_unique_and_lead_to_what_they_name(name: str, network: Network) -> None:
    model = insert(network(name))
    sites = [*weight_sites(model), *activation_sites(model)]
    assert len({site.name for site in sites}) == len(sites)
    for site in sites:
        owner, _, last = site.name.rpartition(".")
        found = model.get_submodule(owner)
        assert site.owner is found if last in ("weight", "input") else site.owner in list(found.products)
        assert isinstance(site.quantizer, nn.Identity)


@pytest.mark.parametrize(("name", "edges"), EDGES.items())
def test_the_edges_are_the_first_convolution_and_the_heads(name: str, edges: list[str], network: Network) -> None:
    model = insert(network(name))
    assert [site.name for site in weight_sites(model) if site.edge] == [f"{edge}.weight" for edge in edges]
    assert [site.name for site in activation_sites(model) if site.edge] == [f"{edge}.input" for edge in edges]


@pytest.mark.parametrize("name", EDGES)
def test_there_is_a_site_for_every_layer_and_side_of_a_product(name: str, network: Network) -> None:
    plain = network(name)
    kinds = Counter(type(module) for module in plain.modules())
    model = insert(plain)
    attentions = sum(isinstance(module, QuantAttention) for module in model.modules())
    assert attentions == (4 if name == "swin" else 2)
    assert len(list(quant_layers(model))) == len(weight_sites(model)) == kinds[nn.Linear] + kinds[nn.Conv2d]
    assert Counter(site.kind for site in activation_sites(model)) == {
        "linear-input": kinds[nn.Linear],
        "conv-input": kinds[nn.Conv2d],
        **dict.fromkeys(("query", "key", "attention", "value"), attentions),
    }


def test_sites_come_in_the_models_order(network: Network) -> None:
    names = [site.name for site in activation_sites(insert(network("vit")))]
    block = ["qkv.input", "proj.input"]
    assert names[0] == "patch_embed.proj.input"
    assert names[-1] == "head.input"
    first = [name.removeprefix("blocks.0.") for name in names if name.startswith("blocks.0.")]
    assert first == [
        *(f"attn.{side}" for side in ("query", "key", "attention", "value")),
        *(f"attn.{layer}" for layer in block),
        "mlp.fc1.input",
        "mlp.fc2.input",
    ]


def test_what_is_put_at_a_site_is_the_models(network: Network) -> None:
    model = insert(network("vit"))
    for site in [*weight_sites(model), *activation_sites(model)]:
        quantizer = Uniform.symmetric(4, torch.tensor(1.0))
        site.put(quantizer)
        assert site.quantizer is quantizer
        assert any(module is quantizer for module in model.modules())


def test_a_model_without_a_classifier_has_its_first_convolution_as_edge() -> None:
    model = insert(nn.Sequential(nn.Conv2d(1, 2, 1), nn.Conv2d(2, 2, 1), nn.Flatten(), nn.Linear(8, 3)))
    assert [site.name for site in weight_sites(model) if site.edge] == ["0.weight"]
    assert activation_sites(nn.Sequential(nn.Linear(2, 2))) == []
