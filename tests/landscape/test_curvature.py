"""Trace and top eigenvalue are those of Hessians that are known, or written down in full."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

from suite.landscape import Hessian

NUMBERS = st.lists(st.floats(-5, 5, width=32), min_size=2, max_size=6)


def quadratic(matrix):
    return lambda weights: 0.5 * weights @ matrix @ weights


@given(NUMBERS)
@settings(max_examples=10, deadline=None)
def test_a_diagonal_quadratic_is_measured_exactly(diagonal):
    matrix = torch.diag(torch.tensor(diagonal, dtype=torch.float64))
    hessian = Hessian(quadratic(matrix), torch.randn(len(diagonal), dtype=torch.float64))
    assert hessian.top(tolerance=0) == pytest.approx(max(diagonal), abs=1e-8)
    assert hessian.trace(probes=3).value == pytest.approx(sum(diagonal), abs=1e-9)
    assert hessian.trace(probes=3).error == pytest.approx(0, abs=1e-9)


def test_the_top_is_the_largest_and_not_the_one_of_largest_size():
    hessian = Hessian(quadratic(torch.diag(torch.tensor([-100.0, 1.0, 3.0]))), torch.zeros(3))
    assert hessian.top() == pytest.approx(3, rel=1e-3)


def test_the_standard_error_of_the_trace_holds():
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(40, 40, generator=generator, dtype=torch.float64)
    matrix = matrix + matrix.T
    hessian = Hessian(quadratic(matrix), torch.zeros(40, dtype=torch.float64))
    found = [hessian.trace(probes=30, seed=seed) for seed in range(40)]
    off_diagonal = matrix - torch.diag(matrix.diag())
    exact = math.sqrt(2 * float((off_diagonal**2).sum()) / 30)  # Var(v.Av) of signs v is 2 sum of a_ij^2, i != j
    assert np.mean([each.error for each in found]) == pytest.approx(exact, rel=0.1)
    off = [(each.value - float(matrix.trace())) / exact for each in found]
    assert abs(np.mean(off)) * math.sqrt(len(off)) < 4
    assert 0.7 < np.std(off) < 1.3


@pytest.mark.parametrize("attention", [False, True])
def test_a_small_network_is_measured_as_its_full_hessian_says(attention):
    torch.manual_seed(0)
    layers = [nn.TransformerEncoderLayer(4, 2, 6, dropout=0, activation="gelu", batch_first=True)] if attention else []
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(12, 3), nn.Tanh(), nn.Linear(3, 3)).double().train()
    inputs, labels = torch.randn(10, 3, 4, dtype=torch.float64), torch.randint(0, 3, (10,))
    shapes = {name: p.shape for name, p in network.named_parameters()}

    def loss(weights, rows=slice(None)):
        parts = weights.split([shape.numel() for shape in shapes.values()])
        named = {name: part.view(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
        logits = functional_call(network, named, (inputs[rows],))
        return F.cross_entropy(logits, labels[rows], reduction="sum") / len(inputs)

    weights = nn.utils.parameters_to_vector(network.parameters()).detach()
    hessian = Hessian(loss, weights)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        full = torch.autograd.functional.hessian(loss, weights)
    vector = torch.randn_like(weights)
    assert torch.allclose(hessian.product(vector), full @ vector, atol=1e-10)
    batches = Hessian([lambda w: loss(w, slice(0, 7)), lambda w: loss(w, slice(7, None))], weights)
    assert torch.allclose(batches.product(vector), full @ vector, atol=1e-10)
    assert hessian.top(tolerance=1e-8) == pytest.approx(float(torch.linalg.eigvalsh(full)[-1]), rel=1e-6)
    trace, error = hessian.trace(probes=200)
    assert abs(trace - float(full.trace())) < 4 * error


def test_edge_cases_are_told():
    single = Hessian(lambda w: 3 * w[0] ** 2, torch.ones(1))
    assert single.top() == pytest.approx(6)
    assert Hessian(lambda w: w.sum(), torch.zeros(3)).top() == 0  # flat everywhere
    assert math.isnan(single.trace(probes=1).error)
    with pytest.raises(ValueError, match="not finite"):
        Hessian(lambda w: w.sqrt().sum(), torch.zeros(3)).top()
