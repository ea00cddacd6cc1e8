"""Selection: which methods a request means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.selection import Request, select_methods

REGISTRY = load_registry()


def names(request: Request) -> list[str]:
    return [each.entry.value.name for each in select_methods(REGISTRY, request, {"ood"})]


@pytest.fixture
def knn_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(REGISTRY.methods["ood/knn"], "league", "training")


@pytest.mark.usefixtures("knn_elsewhere")
def test_no_method_means_the_first_league() -> None:
    plain = names(Request())
    assert "msp" in plain
    assert "knn" not in plain
    assert "knn" in names(Request(leagues=("training",)))
    assert "msp" not in names(Request(leagues=("training",)))
    assert {"knn", "msp"} <= set(names(Request(leagues=("training", "post-hoc"))))


@pytest.mark.usefixtures("knn_elsewhere")
def test_a_method_that_is_named_runs_whatever_its_league() -> None:
    assert names(Request(methods=("knn", "msp"))) == ["knn", "msp"]


def test_an_unknown_league_is_named() -> None:
    with pytest.raises(SuiteError, match=r"unknown league 'trainng'\. Did you mean 'training'") as caught:
        names(replace(Request(), leagues=("trainng",)))
    assert (caught.value.place, caught.value.next) == ("--league", "suite methods")
