"""The detectors of oodkit as methods: its parameters, its scores, and where they agree with ours."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
import torch

from suite import Context
from suite.plugins.ood import _oodkit
from suite.plugins.ood.energy import Energy
from suite.plugins.ood.mahalanobis import Mahalanobis
from suite.plugins.ood.msp import MSP
from suite.testing.ood import Features
from suite.tracks.ood import Detector
from suite.tracks.ood.metrics import auroc

peer = pytest.importorskip("oodkit.detectors", reason="install it with: pip install 'basin-suite[test]'")
ADAPTERS = {adapter.name: adapter for adapter in _oodkit.DETECTORS}
CONTEXT = Context(seed=0)


def test_every_detector_is_registered_where_the_library_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {adapter.__name__ for adapter in ADAPTERS.values()} == set(peer.__all__) - {"BaseDetector"}
    registered: list[type] = []
    _oodkit.suite_register_methods(registered.append)
    assert registered == list(_oodkit.DETECTORS)
    monkeypatch.setattr(_oodkit, "INSTALLED", False)
    _oodkit.suite_register_methods(registered.append)
    assert len(registered) == len(ADAPTERS)


@pytest.mark.parametrize("name", ADAPTERS)
def test_defaults_are_the_peers_and_scores_repeat(name: str, digits: Features) -> None:
    adapter = ADAPTERS[name]
    assert adapter.standing == "reference"
    assert adapter.version == f"1+oodkit-{version('oodkit')}"
    signature = inspect.signature(getattr(peer, adapter.__name__).__init__).parameters
    for parameter, declared in adapter.Parameters.model_fields.items():
        assert declared.default == signature[parameter].default
    scores = []
    for _ in range(2):
        detector = adapter()
        detector.fit(digits.train, CONTEXT)
        scores.append(detector.score(digits.inside))
    assert torch.isfinite(scores[0]).all()
    assert torch.equal(*scores)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("msp", MSP()), ("energy", Energy()), ("mahalanobis", Mahalanobis(shrinkage=0.0))],
)
def test_the_auroc_is_ours(name: str, ours: Detector, digits: Features) -> None:
    theirs = ADAPTERS[f"oodkit/{name}"](**({"eps": 1e-12} if name == "mahalanobis" else {}))
    areas = []
    for detector in (theirs, ours):
        detector.fit(digits.train, CONTEXT)
        areas.append(auroc(*digits.scores(detector)))
    assert areas[0] == pytest.approx(areas[1], abs=2e-3)


@pytest.mark.parametrize("kernel", ["linear", "cosine", "rff_cosine"])
def test_kernels_have_an_effect(kernel: str, digits: Features) -> None:
    areas = []
    for name in ("oodkit/pca", "oodkit/pca-fusion"):
        detector = ADAPTERS[name](kernel=kernel, n_components=5)
        detector.fit(digits.train, CONTEXT)
        areas.append(auroc(*digits.scores(detector)))
    assert min(areas) > 0.7
    assert areas[0] != areas[1]
