"""quantization/digits-vit-outliers: the checkpoint, the gate of its outliers, and what it tells apart."""

from __future__ import annotations

import pytest
import torch

from suite.benchmarks.quantization._large_channel import CHANNEL, enlarge
from suite.benchmarks.quantization.digits_vit import ARCHITECTURE, DigitsViTTask
from suite.benchmarks.quantization.digits_vit_outliers import FACTOR, WEIGHTS, DigitsViTOutliersTask
from suite.contracts import Column, Outcome, Resources, TaskContext
from suite.hashing import file_digest
from suite.plugins.quantization.llm_int8 import LLMInt8
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.tracks.quantization import Quantizer
from suite.tracks.quantization.outliers.measure import outliers
from suite.tracks.quantization.samples import TEST


def evaluated(method: Quantizer, resources: Resources, precision: str) -> Outcome:
    task = DigitsViTOutliersTask()
    return task.evaluate(method, TaskContext(0, resources, task.setting({"precision": precision})))


def value(outcome: Outcome, metric: str) -> float:
    found = outcome.samples.value(Column(metric=metric, subset=TEST))
    assert found is not None
    return found.value


def test_the_checkpoint_is_the_one_that_was_measured_and_fits_its_recipe(resources: Resources) -> None:
    assert WEIGHTS.shipped is not None
    assert file_digest(WEIGHTS.shipped) == WEIGHTS.sha256
    model, plain = DigitsViTOutliersTask().model(), DigitsViTTask().model()
    assert (model.factor, model.architecture) == (FACTOR, plain.architecture)
    assert model.fingerprint(resources) == WEIGHTS.sha256
    assert model._recipe()["large channel"] == FACTOR


def test_the_function_is_what_it_is_without_the_large_channel() -> None:
    torch.manual_seed(0)
    network = ARCHITECTURE.build().eval()
    images = torch.randn(20, 1, 8, 8)
    with torch.no_grad():
        before = network(images)
        enlarge(network, 64.0)
        torch.testing.assert_close(network(images), before, rtol=1e-4, atol=1e-5)
    assert network.blocks[1].norm2.weight[CHANNEL] == 64


def test_the_gate_outliers_are_there_and_eight_bits_with_extremes_lose_by_them(resources: Resources) -> None:
    task = DigitsViTOutliersTask()
    images = task.model().transform.normalise(task.training(resources).pixels(task.model().transform, resources)[:256])
    found = {each.site: each for each in outliers(task.model().load(resources), images)}
    fed = [f"blocks.{block}.{layer}.input" for block in range(3) for layer in ("attn.qkv", "mlp.fc1")]
    assert min(found[site].kurtosis for site in fed) > 20
    lost = evaluated(RTNMinMax(), resources, "W8A8")
    assert value(lost, "accuracy_drop") > 0.03
    assert "blocks.0.attn.qkv.input" in lost.facts["activation kurtosis"]


@pytest.mark.slow
def test_columns_in_half_precision_keep_what_extremes_lose_and_cost_mean_bits(resources: Resources) -> None:
    few, kept = (evaluated(method, resources, "W8A8") for method in (RTNMinMax(), LLMInt8()))
    assert value(kept, "accuracy") > value(few, "accuracy") + 0.02
    assert 8 < value(few, "mean_bits") < value(kept, "mean_bits") < value(few, "mean_bits") + 2
    assert value(few, "mismatches") == 0
    assert value(kept, "mismatches") == 1
