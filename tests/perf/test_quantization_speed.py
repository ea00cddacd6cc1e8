"""Forward passes of a fake-quantized ViT beside FP32's, brevitas' and torchao's, one thread, ratios in one run.

Run with: pytest tests/perf/test_quantization_speed.py -n 0 -s
Times are the process's own, so that a busy machine counts less. What is quantized differs: ours are all inputs,
weights and both products of attention; brevitas' and torchao's linear layers alone, so ours is timed so too.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator

import pytest
import timm
import torch
from torch import nn

from suite.contracts import Context
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.tracks.quantization import Calibration, Spec
from suite.tracks.quantization.fake import activation_sites, insert

BATCH, BITS, ROUNDS = 64, 4, 3
TARGET = 2.5
"""How many times as long as FP32 ours should take at most."""


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def model() -> nn.Module:
    torch.manual_seed(0)
    size = {"img_size": 32, "patch_size": 4, "embed_dim": 192, "depth": 6, "num_heads": 3, "num_classes": 10}
    built: nn.Module = timm.create_model("vit_tiny_patch16_224", **size).eval()
    return built


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return torch.randn(BATCH, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def ours(model: nn.Module, images: torch.Tensor) -> nn.Module:
    """Quantize all that the protocol names."""
    return RTNMinMax().quantize(copy.deepcopy(model), Calibration(images), Spec(BITS, BITS), Context(seed=0)).eval()


def ours_in_layers(model: nn.Module, images: torch.Tensor) -> nn.Module:
    """Quantize layers alone, and leave attention's products."""
    quantized = ours(model, images)
    for site in activation_sites(quantized):
        if site.kind in ("query", "key", "attention", "value"):
            site.put(nn.Identity())
    return quantized


def brevitas(model: nn.Module, images: torch.Tensor) -> nn.Module:
    """Quantize linear layers: one static scale for inputs, one per output channel for weights."""
    pytest.importorskip("brevitas", reason="brevitas is not installed")
    from brevitas.graph.calibrate import calibration_mode
    from brevitas.nn import QuantLinear
    from brevitas.quant import Int8ActPerTensorFloat, Int8WeightPerChannelFloat

    quantized = copy.deepcopy(model)
    for name, layer in list(quantized.named_modules()):
        if isinstance(layer, nn.Linear):
            swapped = QuantLinear(
                layer.in_features,
                layer.out_features,
                bias=True,
                weight_quant=Int8WeightPerChannelFloat,
                weight_bit_width=BITS,
                input_quant=Int8ActPerTensorFloat,
                input_bit_width=BITS,
            )
            swapped.load_state_dict(layer.state_dict(), strict=False)
            quantized.set_submodule(name, swapped)
    with torch.no_grad(), calibration_mode(quantized.eval()):
        quantized(images)
    return quantized.eval()


def torchao(model: nn.Module, images: torch.Tensor) -> nn.Module:
    """Quantize linear layers: a scale per token for inputs (it has no static one), one per channel for weights."""
    pytest.importorskip("torchao", reason="torchao is not installed")
    from torchao.quantization import quantize_
    from torchao.quantization.qat import IntxFakeQuantizeConfig, QATConfig

    quantized = copy.deepcopy(model)
    activation = IntxFakeQuantizeConfig(torch.int4, "per_token", is_symmetric=False)  # symmetric it cannot be
    weight = IntxFakeQuantizeConfig(torch.int4, "per_channel", is_symmetric=True)
    quantize_(quantized, QATConfig(activation_config=activation, weight_config=weight, step="prepare"))
    return quantized.eval()


@torch.no_grad()
def seconds(model: nn.Module, images: torch.Tensor) -> float:
    started = time.process_time()
    assert torch.isfinite(model(images)).all()
    return time.process_time() - started


RIVALS: dict[str, Callable[[nn.Module, torch.Tensor], nn.Module]] = {
    "ours": ours,
    "ours, layers alone": ours_in_layers,
    "ours, no quantizers": lambda model, images: insert(copy.deepcopy(model)),
    "brevitas, linear": brevitas,
    "torchao, linear": torchao,
}


@pytest.mark.parametrize("name", RIVALS)
def test_forward(name: str, model: nn.Module, images: torch.Tensor) -> None:
    quantized = RIVALS[name](model, images)
    seconds(quantized, images)
    pairs = [(seconds(quantized, images), seconds(model, images)) for _ in range(ROUNDS)]
    slow, plain = (min(times) for times in zip(*pairs, strict=True))
    print(f"{name:22} {slow:7.3f} s  FP32 {plain:7.3f} s  {slow / plain:6.2f} x  (ours: at most {TARGET} x)")
