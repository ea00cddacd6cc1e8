"""Every built-in method of the track holds its contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suite.registry import load_registry
from suite.testing import QuantizerContract

from ...support.built_in import built_in, every

PEERS = {"brevitas", "torchao-int8"}
"""Other libraries' code, which promises less."""
METHODS = [method for method in built_in("quantization") if method.name not in PEERS]

# So that tests take a second: what the methods promise holds for few steps too.
SHORT = {
    "adaround": {"iterations": 20},
    **{name: {"ranges": "minmax"} for name in ("llm-int8", "outlier-tune", "svdquant")},
    "mixed-precision": {"ranges": "minmax", "images": 16, "draws": 1},
    "ptq4vit": {"candidates": 25, "rounds": 1},
}
CHANGES: dict[str, dict[str, Any]] = {
    "adalog": {"ranges": "minmax", "images": 4, "published": True},
    "adaround": {
        "iterations": 10,
        "batch": 4,
        "learning_rate": 0.1,
        "regularisation": 100.0,
        "warm_start": 0.9,
        "ranges": "minmax",
    },
    "bias-correction": {"ranges": "minmax"},
    "gplq": {
        "epochs": 2,
        "batch_size": 64,
        "learning_rate": 1e-3,
        "scale_learning_rate": 0.1,
        "activation_scales": "per-tensor",
        "alpha": 0.0,
        "variance": None,  # components come by 32, and here are 48; see test_training
        "components": 2,
        "weight_ranges": "minmax",
        "quantize_weights": False,
        "compensate": False,
        "compensation_images": 16,
        "ridge": 10.0,
    },
    # Blocks change how fast it is, and nothing else.
    "gptq": {"damping": 1.0, "block": None, "act_order": True, "ranges": "percentile"},
    "llm-int8": {"threshold": 2.0, "ranges": "percentile"},
    "lsq": {
        "epochs": 2,
        "batch_size": 32,
        "learning_rate": 3e-2,
        "scale_learning_rate": 0.1,
        "activation_scales": "per-tensor",
    },
    "mixed-precision": {"share": 0.6, "ranges": "percentile", "images": 1, "draws": 2},
    "outlier-tune": {"centre": False, "ranges": "percentile"},
    "percentile": {"percentile": 0.99},
    "ptq4vit": {"images": 4, "candidates": 5, "rounds": 2, "hessian": False},
    "qwt": {"ranges": "minmax", "ridge": 10.0},
    "repq-vit": {"published": True},
    "smoothquant": {"alpha": 0.8, "ranges": "minmax"},
    "svdquant": {"rank": 1, "alpha": 0.8, "ranges": "percentile"},
}


@every(METHODS)
class TestBuiltIn(QuantizerContract):
    @pytest.fixture(scope="class", name="given")
    @classmethod
    def _given(cls, method: type[Any]) -> Mapping[str, Any]:
        return SHORT.get(method.name, {})

    @pytest.fixture(scope="class", name="changes")
    @classmethod
    def _changes(cls, method: type[Any]) -> Mapping[str, Any]:
        return CHANGES.get(method.name, {})


def test_all_are_there_and_those_that_do_not_compete_are_references() -> None:
    methods = {entry.value.name: entry.value for entry in load_registry().methods_of("quantization")}
    assert {"adaround", "bias-correction", "gptq", "mse", "smoothquant"} <= set(methods)
    assert {name for name, method in methods.items() if method.standing == "reference"} - PEERS == {"fp32"}
    assert {name for name, method in methods.items() if method.needs} == {"gplq", "lsq"}
