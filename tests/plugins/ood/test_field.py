"""The field detectors against the regression values of the methods' reference, section 7.1 (our own toy check)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from suite import Context
from suite.plugins.ood._field import Field, FieldParameters
from suite.plugins.ood.field_potential import FieldPotential
from suite.plugins.ood.field_steady_state import FieldSteadyState
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.metrics import auroc

D, CLASSES, PARTICLES, HELD_OUT = 64, 10, 5000, 500
CONTEXT = Context(seed=1)
OPTIONS = {"particles": PARTICLES, "held_out": HELD_OUT / (PARTICLES + HELD_OUT)}
# The closed form of the methods' reference, section 3.3: one well, no charge.
CLOSED = {**OPTIONS, "charge": "none", "wells": "all", "sphere": False, "background": "gaussian"}
Array = NDArray[np.float64]


@lru_cache
def toy() -> tuple[TrainingSet, dict[str, Array]]:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, D))
    centres *= 6 / np.linalg.norm(centres, axis=1, keepdims=True)

    def inside(n: int, noise: float = 0.6) -> Array:
        return centres[rng.integers(CLASSES, size=n)] + noise * rng.normal(size=(n, D))

    train, test = inside(PARTICLES + HELD_OUT), inside(2000)
    same = rng.multivariate_normal(train.mean(0), np.cov(train.T) + 1e-6 * np.eye(D), size=2000)
    first = rng.integers(CLASSES, size=2000)
    second = (first + rng.integers(1, CLASSES, size=2000)) % CLASSES
    t = rng.uniform(0.3, 0.7, size=(2000, 1))
    between = t * centres[first] + (1 - t) * centres[second] + 0.6 * rng.normal(size=(2000, D))
    tests = {
        "id": test,
        "same-moments": same,
        "interpolated": between,
        "shrunk": 0.5 * inside(2000),
        "noisier": inside(2000, 1.2),
    }
    features = torch.from_numpy(train).float()
    head = LinearHead(torch.zeros(CLASSES, D), torch.zeros(CLASSES))
    labels = torch.zeros(len(train), dtype=torch.int64)
    seen = Labelled(features, torch.zeros(len(train), CLASSES), labels)
    return TrainingSet(**vars(seen), head=head, validation=seen), tests


def aurocs(detector: Detector) -> list[float]:
    train, tests = toy()
    detector.fit(train, CONTEXT)
    scores = {}
    for name, features in tests.items():
        batch = Batch(torch.from_numpy(features).float(), torch.zeros(len(features), CLASSES))
        scores[name] = detector.score(batch).numpy()
    return [auroc(scores["id"], scores[name]) for name in tests if name != "id"]


# same-moments, interpolated, shrunk, noisier
EXPECTED = [
    pytest.param(FieldPotential(**CLOSED), [0.990, 0.994, 1.000, 0.960], 0.015, id="centred"),
    pytest.param(
        FieldPotential(**{**CLOSED, "background": "none"}), [0.545, 0.096, 0.0, 1.0], 0.035, id="no-background"
    ),
    pytest.param(FieldPotential(**{**CLOSED, "sphere": True}), [0.995, 0.991, 0.490, 0.996], 0.035, id="sphere"),
    pytest.param(
        FieldPotential(**{**CLOSED, "sphere": True, "background": "none"}),
        [0.806, 0.754, 0.493, 0.954],
        0.035,
        id="sphere-no-background",
    ),
    pytest.param(FieldSteadyState(**OPTIONS, sphere=False), [0.980, 0.873, 0.032, 1.0], 0.035, id="residual-centred"),
    pytest.param(
        FieldSteadyState(**OPTIONS),
        [0.993, 0.988, 0.489, 0.998],
        0.035,
        id="residual-sphere",
    ),
]


@pytest.mark.parametrize(("detector", "expected", "tolerance"), EXPECTED)
def test_regression_values(detector: Detector, expected: list[float], tolerance: float) -> None:
    assert aurocs(detector) == pytest.approx(expected, abs=tolerance)


def test_what_must_hold() -> None:
    assert min(aurocs(FieldPotential(**CLOSED))) >= 0.94
    _, interpolated, shrunk, _ = aurocs(FieldPotential(**{**CLOSED, "background": "none"}))
    assert shrunk < 0.05
    assert interpolated < 0.2


@pytest.mark.parametrize(("sphere", "radius", "tolerance"), [(False, 5.94, 0.06), (True, 0.743, 0.012)])
def test_the_length_scale_is_the_tenth_neighbours(sphere: bool, radius: float, tolerance: float) -> None:
    field = Field.fit(toy()[0].features, toy()[0].labels, FieldParameters(**OPTIONS, sphere=sphere), CONTEXT)
    assert field.radius == pytest.approx(radius, abs=tolerance)
    assert (field.kappa, field.softening) == (1 / field.radius, field.radius / 4)


def test_the_zero_level_encloses_95_per_cent_of_held_out_id() -> None:
    detector = FieldPotential(**CLOSED)
    train, tests = toy()
    detector.fit(train, CONTEXT)
    held_out = train.features[detector.field.held_out]
    kept = (detector.score(Batch(held_out, torch.zeros(len(held_out), CLASSES))) > 0).double().mean()
    assert float(kept) == pytest.approx(0.95, abs=1 / HELD_OUT)
    batch = Batch(torch.from_numpy(tests["id"]).float(), torch.zeros(2000, CLASSES))
    assert float((detector.score(batch) > 0).double().mean()) == pytest.approx(0.95, abs=0.03)


def test_the_closed_form_gradients_are_autograds() -> None:
    features = toy()[0].features[:1500]
    field = Field.fit(features, toy()[0].labels[:1500], FieldParameters(particles=1000, held_out=0.1), CONTEXT)
    floats = {
        name: value for name, value in vars(field).items() if torch.is_tensor(value) and value.is_floating_point()
    }
    double = replace(field, **{name: value.double() for name, value in floats.items()})
    u = double.place(features[field.held_out[:20]].double()).requires_grad_(True)
    (expected,) = torch.autograd.grad(double.potential(u).sum(), u)
    torch.testing.assert_close(double.gradient(u), expected)
    variance = 4 * field.radius**2 / (2 * D)
    squared = torch.cdist(u, double.particles).square()
    (density,) = torch.autograd.grad((-squared / (2 * variance)).logsumexp(dim=1).sum(), u)
    torch.testing.assert_close(double.log_density_gradient(u), density, rtol=1e-6, atol=1e-6)


def test_the_fitted_temperature_is_positive() -> None:
    detector = FieldSteadyState(**OPTIONS)
    detector.fit(toy()[0], CONTEXT)
    assert detector.temperature > 0


def test_blocks_do_not_change_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    features, labels = toy()[0].features[:1200], torch.arange(1200) % CLASSES
    field = Field.fit(features, labels, FieldParameters(particles=1000, held_out=0.1), CONTEXT)
    u = field.place(features[field.held_out[:50]])
    posterior = torch.rand(50, CLASSES, generator=torch.Generator().manual_seed(0)).softmax(dim=1)

    def values() -> list[torch.Tensor]:
        return [field.potential(u), field.potential(u, posterior), field.gradient(u), field.log_density_gradient(u)]

    whole = values()
    monkeypatch.setattr("suite.plugins.ood._field.PAIRS", 37 * 50)
    for one, other in zip(whole, values(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_class_wells_are_the_posteriors_mean_of_each_classs_own_well() -> None:
    features, labels = toy()[0].features[:1200], torch.arange(1200) % CLASSES
    options = FieldParameters(particles=1000, held_out=0.1, background="none")
    field = Field.fit(features, labels, options, CONTEXT)
    u = field.place(features[field.held_out[:20]])
    posterior = torch.rand(20, CLASSES, generator=torch.Generator().manual_seed(0)).softmax(dim=1)
    expected = torch.zeros(20)
    for c in range(CLASSES):
        distance = (torch.cdist(u, field.particles[field.labels == c]).square() + field.softening**2).sqrt()
        expected -= posterior[:, c] * (torch.exp(-field.kappa * distance) / distance).mean(dim=1)
    torch.testing.assert_close(field.potential(u, posterior), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("charge", ["norm", "energy"])
def test_the_charge_multiplies_the_potential(charge: str) -> None:
    train, tests = toy()
    charged, plain = (FieldPotential(**{**CLOSED, "charge": each}) for each in (charge, "none"))
    features = torch.from_numpy(tests["id"]).float()[:50]
    batch = Batch(features, torch.randn(50, CLASSES, generator=torch.Generator().manual_seed(0)))
    charges = {"norm": features.norm(dim=1), "energy": batch.logits.logsumexp(dim=1)}[charge]
    for detector in (charged, plain):
        detector.fit(train, CONTEXT)
    potentials = [detector.level - detector.score(batch) for detector in (charged, plain)]
    torch.testing.assert_close(potentials[0], potentials[1] * charges)


def test_a_permuted_background_keeps_every_coordinates_distribution() -> None:
    options = FieldParameters(particles=1000, held_out=0.1, background="permuted")
    field = Field.fit(toy()[0].features[:1200], toy()[0].labels[:1200], options, CONTEXT)
    assert field.background is not None
    torch.testing.assert_close(field.background.sort(dim=0).values, field.particles.sort(dim=0).values)
    assert not torch.equal(field.background, field.particles)


def test_features_without_a_length_scale_are_refused() -> None:
    same = torch.ones(700, D) * torch.arange(1, D + 1)
    with pytest.raises(ValueError, match="coincide"):
        Field.fit(same, torch.zeros(700, dtype=torch.int64), FieldParameters(particles=500), CONTEXT)
    with pytest.raises(ValueError, match="too few"):
        Field.fit(same[:5], torch.zeros(5, dtype=torch.int64), FieldParameters(particles=500), CONTEXT)


def test_the_card_says_that_it_is_a_reconstruction() -> None:
    sentence = "Reconstruction: the authors' formula was not available."
    for detector in (FieldPotential, FieldSteadyState):
        assert detector.card.status == "reconstruction"
        assert detector.card.note.startswith(sentence)
        assert sentence in " ".join((detector.__doc__ or "").split())
        assert "(reconstruction)" in detector.card.title
