"""Hopfield energies: the regression values of the equiangular memory, exact identities, limits and bad input."""

from __future__ import annotations

import math
from functools import cache

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from suite.tracks.replay.hopfield import (
    energy,
    fixed_points,
    forgetting,
    kernel_energy,
    matched_beta,
    net_replay_gain,
    replay_gain,
    update,
    weights,
)

BETA, CLUSTER, OUTLIER = 8.0, slice(0, 12), 12
CHANGES = 500


@cache
def memory() -> Tensor:
    """Twelve unit patterns with inner products 0.35, and an orthogonal outlier in row 12."""
    patterns = torch.zeros(13, 50, dtype=torch.float64)
    patterns[CLUSTER, 0] = math.sqrt(0.35)
    for k in range(12):
        patterns[k, k + 1] = math.sqrt(0.65)
    patterns[OUTLIER, 13] = 1
    return patterns


@cache
def points() -> Tensor:
    return fixed_points(memory(), memory(), BETA, updates=2000)


@cache
def changed(size: float) -> tuple[Tensor, Tensor]:
    """Return dE of each pattern [R, 13] and the net gain of source r on target k [R, 13, 13], by random rotations."""
    generator = torch.Generator().manual_seed(int(1000 * size))
    drawn = torch.randn(CHANGES, 50, 50, dtype=torch.float64, generator=generator)
    turned = torch.matrix_exp(size * (drawn - drawn.transpose(1, 2)) / 2)
    rises = torch.stack([forgetting(points(), memory(), memory() @ each.T, BETA) for each in turned])
    shares = weights(points(), memory(), BETA)  # [target, source]
    return rises, net_replay_gain(rises[:, :, None], shares[None], BETA)


def random_patterns(count: int, width: int, seed: int) -> Tensor:
    return torch.randn(count, width, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("row", "at_pattern", "at_point"), [(0, -0.50740356, -0.50923221), (12, -0.50050218, -0.50051401)]
)
def test_energies_of_the_regression_set_up(row: int, at_pattern: float, at_point: float) -> None:
    assert energy(memory(), memory(), BETA)[row].item() == pytest.approx(at_pattern, abs=1e-7)
    assert energy(points(), memory(), BETA)[row].item() == pytest.approx(at_point, abs=1e-7)


@pytest.mark.parametrize(
    ("row", "square", "own", "distance", "eigenvalue"),
    [(0, 0.88333656, 0.90567889, 0.07939268, 0.484206), (12, 0.99161998, 0.99579759, 0.00497975, 0.047009)],
)
def test_fixed_points_of_the_regression_set_up(
    row: int, square: float, own: float, distance: float, eigenvalue: float
) -> None:
    point, pattern = points()[row], memory()[row]
    shares = weights(points(), memory(), BETA)[row]
    assert point.square().sum().item() == pytest.approx(square, abs=1e-6)
    assert shares[row].item() == pytest.approx(own, abs=1e-6)
    assert (point - pattern).norm().item() == pytest.approx(distance, abs=1e-6)
    jacobian = BETA * (memory().T @ torch.diag(shares) @ memory() - torch.outer(point, point))
    assert torch.linalg.eigvalsh(jacobian)[-1].item() == pytest.approx(eigenvalue, abs=1e-6)


def test_weights_between_patterns_of_the_regression_set_up() -> None:
    shares = weights(points(), memory(), BETA)
    assert shares[0, 1].item() == pytest.approx(0.00852930, abs=1e-6)
    assert shares[0, OUTLIER].item() == pytest.approx(0.00049885, abs=1e-6)
    assert shares[OUTLIER, 0].item() == pytest.approx(0.00035020, abs=1e-6)


@pytest.mark.parametrize(
    ("size", "outlier", "cluster", "share", "gains", "errors"),
    [
        (0.02, 0.004861, 0.004268, 0.694, (0.002450, 0.002047, 3.67e-5), (0.000043, 0.000019, 0.000022, 0.000009)),
        (0.05, 0.02904, 0.02615, 0.670, (0.01536, 0.01314, 2.47e-4), (0.00025, 0.00012, 0.00014, 0.00006)),
    ],
)
def test_forgetting_and_net_gains_of_random_changes(
    size: float, outlier: float, cluster: float, share: float, gains: tuple[float, ...], errors: tuple[float, ...]
) -> None:
    # Each mean lies within four standard errors of the difference of two independent samples of 500.
    rises, net = changed(size)
    means = net.mean(dim=0)
    within = means[CLUSTER, CLUSTER]
    two_samples = 4 * math.sqrt(2)
    assert rises[:, OUTLIER].mean().item() == pytest.approx(outlier, abs=two_samples * errors[0])
    assert rises[:, CLUSTER].mean().item() == pytest.approx(cluster, abs=two_samples * errors[1])
    above = (rises[:, OUTLIER] > rises[:, CLUSTER].mean(dim=1)).double().mean().item()
    assert above == pytest.approx(share, abs=two_samples * math.sqrt(share * (1 - share) / CHANGES))
    assert means[OUTLIER, OUTLIER].item() == pytest.approx(gains[0], abs=two_samples * errors[2])
    assert within.diag().mean().item() == pytest.approx(gains[1], abs=two_samples * errors[3])
    between = within[~torch.eye(12, dtype=torch.bool)].mean().item()
    assert between == pytest.approx(gains[2], rel=0.05)
    cross = (means[CLUSTER, OUTLIER].mean().item(), means[OUTLIER, CLUSTER].mean().item())
    assert means[OUTLIER, OUTLIER] > within.diag().mean() > between > max(cross)


@pytest.mark.parametrize("size", [0.02, 0.05])
def test_the_exact_identity_of_the_replay_gain(size: float) -> None:
    generator = torch.Generator().manual_seed(7)
    shares = weights(points(), memory(), BETA)
    for _ in range(5):
        drawn = torch.randn(50, 50, dtype=torch.float64, generator=generator)
        new = memory() @ torch.matrix_exp(size * (drawn - drawn.T) / 2).T
        rises = forgetting(points(), memory(), new, BETA)
        without = energy(points(), new, BETA)
        for source in range(13):
            replayed = torch.cat([new, memory()[source : source + 1]])
            direct = without - energy(points(), replayed, BETA)
            assert (direct - replay_gain(rises, shares[:, source], BETA)).abs().max() <= 1e-12


def test_no_change_forgets_nothing_and_gains_nothing() -> None:
    rises = forgetting(points(), memory(), memory(), BETA)
    assert rises.abs().max() == 0
    assert net_replay_gain(rises, weights(points(), memory(), BETA)[:, 0], BETA).abs().max() <= 1e-15


def test_a_duplicate_is_a_mass_of_two() -> None:
    twice = torch.cat([memory(), memory()[3:4]])
    masses = torch.zeros(13, dtype=torch.float64)
    masses[3] = math.log(2)
    assert torch.allclose(energy(points(), twice, BETA), energy(points(), memory(), BETA, masses), atol=1e-14, rtol=0)


@given(st.integers(0, 10_000), st.floats(0.01, 50))
def test_the_energy_never_rises_along_the_update(seed: int, beta: float) -> None:
    patterns, states = random_patterns(9, 5, seed), 2 * random_patterns(4, 5, seed + 1)
    for _ in range(5):
        moved = update(states, patterns, beta)
        assert (energy(moved, patterns, beta) <= energy(states, patterns, beta) + 1e-12).all()
        states = moved


@given(st.integers(0, 10_000), st.floats(0.05, 20))
def test_leaving_a_pattern_out_is_a_memory_without_it(seed: int, beta: float) -> None:
    patterns = random_patterns(7, 4, seed)
    found = energy(patterns, patterns, beta, exclude=torch.arange(7))
    for k in range(7):
        others = torch.cat([patterns[:k], patterns[k + 1 :]])
        assert found[k].item() == pytest.approx(energy(patterns[k : k + 1], others, beta).item(), abs=1e-10)
    unlike = energy(patterns, patterns, beta, exclude=torch.tensor([-1, 1, -1, -1, -1, -1, -1]))
    assert torch.equal(unlike[[0, 2, 3, 4, 5, 6]], energy(patterns, patterns, beta)[[0, 2, 3, 4, 5, 6]])
    assert unlike[1] == found[1]


@given(st.integers(0, 10_000), st.floats(0.05, 20))
def test_the_kernel_energy_is_minus_the_log_density_of_blurred_patterns(seed: int, beta: float) -> None:
    patterns, states = random_patterns(6, 3, seed), random_patterns(4, 3, seed + 1)
    squares = (states[:, None] - patterns).square().sum(dim=2)
    direct = -(-beta * squares / 2).exp().mean(dim=1).log() / beta
    assert torch.allclose(kernel_energy(states, patterns, beta), direct, rtol=1e-9, atol=1e-9)


def test_with_equal_norms_the_two_energies_differ_by_a_constant() -> None:
    patterns = torch.nn.functional.normalize(random_patterns(20, 6, 0), dim=1)
    differences = kernel_energy(patterns, patterns, BETA) - energy(patterns, patterns, BETA)
    assert (differences - differences[0]).abs().max() < 1e-12


def test_the_gradient_is_the_state_minus_its_update() -> None:
    states = random_patterns(5, 50, 1).requires_grad_()
    energy(states, memory(), BETA).sum().backward()
    assert torch.allclose(states.grad, states.detach() - update(states.detach(), memory(), BETA), atol=1e-12)
    assert torch.autograd.gradcheck(
        lambda x, m: energy(x, m, 2.0), (states[:2], random_patterns(4, 50, 2).requires_grad_())
    )


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
@pytest.mark.parametrize("beta", [1e-4, 1.0, 1e4])
def test_large_and_small_beta_stay_finite(kind: torch.dtype, beta: float) -> None:
    patterns = (10 * random_patterns(50, 8, 3)).to(kind).requires_grad_()
    states = (10 * random_patterns(20, 8, 4)).to(kind).requires_grad_()
    found = energy(states, patterns, beta)
    found.sum().backward()
    assert found.isfinite().all()
    assert states.grad.isfinite().all()
    assert patterns.grad.isfinite().all()
    if beta == 1e4:  # the nearest in inner product decides
        nearest = (states @ patterns.T).amax(dim=1)
        assert torch.allclose(found, states.square().sum(dim=1) / 2 - nearest, rtol=1e-3, atol=1e-3)


def test_many_states_are_computed_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns, states = random_patterns(40, 6, 5), random_patterns(33, 6, 6)
    exclude = torch.arange(33)
    whole = energy(states, patterns, 3.0, exclude=exclude), weights(states, patterns, 3.0, exclude=exclude)
    monkeypatch.setattr("suite.tracks.replay.hopfield.BLOCK", 100)
    assert torch.allclose(energy(states, patterns, 3.0, exclude=exclude), whole[0], atol=1e-13)
    assert torch.allclose(weights(states, patterns, 3.0, exclude=exclude), whole[1], atol=1e-13)


def test_the_matched_beta_gives_the_share_asked_for() -> None:
    patterns = random_patterns(300, 10, 8)
    for share in (0.2, 0.5, 0.9):
        beta = matched_beta(patterns, share)
        masses = -beta * patterns.square().sum(dim=1) / 2
        largest = weights(patterns, patterns, beta, masses, torch.arange(300)).amax(dim=1)
        assert largest.mean().item() == pytest.approx(share, abs=1e-6)


def test_scaling_patterns_scales_the_matched_beta() -> None:
    patterns = random_patterns(100, 10, 9)
    assert matched_beta(10 * patterns) == pytest.approx(matched_beta(patterns) / 100, rel=1e-6)


@pytest.mark.parametrize("beta", [0.0, -1.0, math.nan])
def test_a_beta_that_is_not_above_zero_is_refused(beta: float) -> None:
    with pytest.raises(ValueError, match="beta"):
        energy(memory(), memory(), beta)


def test_empty_memories_are_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        energy(memory(), memory()[:0], BETA)
    with pytest.raises(ValueError, match="empty"):
        kernel_energy(memory()[:1], memory()[:1], BETA, torch.tensor([0]))
    with pytest.raises(ValueError, match="needs two or more"):
        matched_beta(memory()[:1])


def test_no_states_have_no_energies() -> None:
    assert energy(memory()[:0], memory(), BETA).shape == (0,)
    assert weights(memory()[:0], memory(), BETA).shape == (0, 13)
