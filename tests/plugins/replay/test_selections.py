"""What selectors promise beyond their contract, who stands beside whom, and who takes no place."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite.discovery import modules_in
from suite.registry import load_registry
from suite.tracks.replay import (
    Bound,
    Exemplars,
    MemoryRetrieval,
    MemoryUpdate,
    ReplaySelector,
)

METHODS: dict[str, Any] = {
    entry.value.name: entry.value
    for entry in load_registry().methods_of("replay")
    if entry.plugin.distribution == "basin-suite"
}


# Selectors of which a smaller selection is the beginning of a larger one. Of the others it is a sample of it.
NESTED = {
    *("random", "class-balanced", "herding", "closest-to-mean", "k-center", "loss-high", "loss-low", "entropy"),
    *("margin", "hopfield-energy", "hopfield-energy-bottom", "hopfield-energy-balanced", "hopfield-energy-weighted"),
}
SENTENCE = (
    "Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived."
)
BALANCED = ("class-balanced", "herding", "closest-to-mean", "rainbow", "hopfield-energy-balanced")


def test_every_file_has_its_method() -> None:
    assert len(METHODS) == len(modules_in("suite.plugins.replay"))


def test_roles_say_what_they_need_and_who_stands_beside_them() -> None:
    for method in METHODS.values():
        assert ("task end" in method.needs) == issubclass(method, ReplaySelector)
        assert ("stream" in method.needs) == issubclass(method, (MemoryUpdate, MemoryRetrieval))
    alone = {name for name, method in METHODS.items() if not method.partners}
    assert alone == {"aser", "gdumb", "joint", "no-replay"}
    partners = {name: method.partners for name, method in METHODS.items() if name not in alone}
    assert partners.pop("mir") == {"update": MemoryUpdate}
    assert all(roles == {"retrieval": MemoryRetrieval} for roles in partners.values())


def test_controls_and_bounds_take_no_place() -> None:
    references = {name for name, method in METHODS.items() if method.standing == "reference"}
    assert references == {"random", "hopfield-energy-bottom", "joint", "no-replay"}


@pytest.mark.parametrize("name", [name for name in METHODS if name.startswith("hopfield-energy")])
def test_a_reconstruction_says_so(name: str) -> None:
    method = METHODS[name]
    assert method.card.status == "reconstruction"
    assert method.card.title.endswith("(reconstruction)")
    assert method.card.note.startswith(SENTENCE)
    assert SENTENCE in (method.__doc__ or "")


@pytest.mark.parametrize("name", sorted(NESTED))
def test_the_beginning_is_the_smaller_selection(name: str, digits: Exemplars, context: Any) -> None:
    large, small = (METHODS[name]().select(digits[:300], capacity, context()) for capacity in (90, 31))
    assert torch.equal(large[:31], small)


@pytest.mark.parametrize("name", BALANCED)
def test_classes_take_turns(name: str, digits: Exemplars, context: Any) -> None:
    chosen = METHODS[name]().select(digits[:300], 57, context())
    for end in (10, 24, 57):
        counts = digits.labels[chosen[:end]].bincount(minlength=10)
        assert int(counts.max() - counts.min()) <= 1


@pytest.mark.parametrize("name", ["random", "ccs", "hopfield-energy-weighted", "hopfield-energy-stratified"])
def test_what_draws_depends_on_the_seed(name: str, digits: Exemplars, context: Any) -> None:
    one, other = (METHODS[name]().select(digits[:200], 50, context(seed=seed)) for seed in range(2))
    assert not torch.equal(one, other)


def test_the_bounds_have_their_regimes() -> None:
    regimes = {name: method.regime for name, method in METHODS.items() if issubclass(method, Bound)}
    assert regimes == {"no-replay": "no replay", "joint": "joint", "gdumb": "buffer alone"}
