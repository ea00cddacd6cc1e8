"""Energies before task 2: of centred pixels, each sample left out of its own memory."""

from __future__ import annotations

from typing import NoReturn

import pytest
import torch

from suite.tracks.replay.denoising.experiment import Experiment
from suite.tracks.replay.denoising.reconstruction import Reconstruction
from suite.tracks.replay.denoising.reference_state import matched_energies
from suite.tracks.replay.hopfield import weights


def test_energies_do_not_depend_on_where_the_origin_is_and_are_lowest_in_a_crowd() -> None:
    generator = torch.Generator().manual_seed(0)
    crowd, alone = 0.1 * torch.randn(20, 1, 2, 2, generator=generator), torch.full((1, 1, 2, 2), 2.0)
    inputs = torch.cat([crowd, alone])
    energy, beta = matched_energies(inputs)
    assert energy.dtype == torch.float64
    assert int(energy.argmax()) == 20
    moved, same = matched_energies(inputs + 5)
    torch.testing.assert_close(moved, energy, rtol=1e-4, atol=1e-6)
    assert same == pytest.approx(beta, rel=1e-3)


def test_the_formula_is_that_of_the_protocol(experiment: Experiment) -> None:
    """-sigma^2 log mean_i exp(-|x - x_i|^2 / (2 sigma^2)) over the others, at a mean largest weight of 1/2."""
    before = experiment.before
    points = before.old_inputs.flatten(1).double() / 8
    distances = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist") ** 2
    distances.fill_diagonal_(torch.inf)
    exponents = -before.beta * distances / 2
    expected = -(exponents.exp().sum(dim=1) / (len(points) - 1)).log() / before.beta
    torch.testing.assert_close(before.energy, expected)
    assert float(exponents.softmax(dim=1).amax(dim=1).mean()) == pytest.approx(0.5, abs=1e-3)
    masses = -before.beta * points.square().sum(dim=1) / 2
    own = weights(points, points, before.beta, masses, exclude=torch.arange(len(points)))
    torch.testing.assert_close(own, exponents.softmax(dim=1))


def test_what_is_known_before_task_2_is_computed_once(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    before = experiment.before

    def again(*arguments: object) -> NoReturn:
        raise AssertionError("reconstructed again")

    monkeypatch.setattr(Reconstruction, "errors", again)
    assert torch.equal(Experiment(experiment.design, experiment.context).before.old, before.old)
    assert (before.old > 0).all()
    assert before.old.mean() < before.judged.mean()
