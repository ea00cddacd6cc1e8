"""What goes through a module, and which layers a GELU feeds."""

from __future__ import annotations

from typing import Any

import torch

from suite.plugins.quantization._activations import fed_by_gelu, trace
from suite.tracks.quantization.fake import insert


def test_inputs_and_output_are_the_modules(digits_vit: Any) -> None:
    model, images = insert(digits_vit.copy()), digits_vit.calibration
    product = model.blocks[1].attn.products[1]
    with torch.no_grad():
        (attention, value), output, logits = trace(model, product, images[:4])
        assert torch.equal(logits, model(images[:4]))
    torch.testing.assert_close(attention.sum(dim=-1), torch.ones(4, 4, 16))
    assert torch.equal(attention @ value, output)
    assert not product._forward_hooks


def test_the_layers_after_gelu_are_the_second_of_each_perceptron(digits_vit: Any) -> None:
    frozen = insert(digits_vit.copy()).requires_grad_(False)
    assert fed_by_gelu(frozen, digits_vit.calibration[:1]) == {f"blocks.{block}.mlp.fc2" for block in range(3)}
