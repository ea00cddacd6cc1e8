"""What every built-in method of the replay track must hold, in its role."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite import SuiteError
from suite.discovery import modules_in
from suite.registry import load_registry
from suite.tracks.replay import (
    Bound,
    Exemplars,
    MemoryRetrieval,
    MemoryUpdate,
    ReplaySelector,
)
from suite.tracks.replay.audit import SLACK, SLACK_PER_CLASS, kept_bytes
from suite.tracks.replay.buffer import Buffer

METHODS: dict[str, Any] = {
    entry.value.name: entry.value
    for entry in load_registry().methods_of("replay")
    if entry.plugin.distribution == "basin-suite"
}


def those(role: type) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [name for name, method in METHODS.items() if issubclass(method, role)])


# Selectors of which a smaller selection is the beginning of a larger one. Of the others it is a sample of it.
NESTED = {
    *("random", "class-balanced", "herding", "closest-to-mean", "k-center", "loss-high", "loss-low", "entropy"),
    *("margin", "hopfield-energy", "hopfield-energy-bottom", "hopfield-energy-balanced", "hopfield-energy-weighted"),
}
SENTENCE = (
    "Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived."
)
BALANCED = ("class-balanced", "herding", "closest-to-mean", "rainbow", "hopfield-energy-balanced")


def checked(chosen: Any, capacity: int, count: int) -> torch.Tensor:
    assert isinstance(chosen, torch.Tensor)
    assert chosen.dtype == torch.int64
    assert chosen.shape == (capacity,)
    assert len(chosen.unique()) == capacity
    assert 0 <= int(chosen.min()) <= int(chosen.max()) < count
    return chosen


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


@pytest.mark.parametrize("name", METHODS)
def test_an_unknown_parameter_is_refused(name: str) -> None:
    with pytest.raises(SuiteError, match="nonsense"):
        METHODS[name](nonsense=1)


@pytest.mark.parametrize("name", [name for name in METHODS if name.startswith("hopfield-energy")])
def test_a_reconstruction_says_so(name: str) -> None:
    method = METHODS[name]
    assert method.card.status == "reconstruction"
    assert method.card.title.endswith("(reconstruction)")
    assert method.card.note.startswith(SENTENCE)
    assert SENTENCE in (method.__doc__ or "")


@those(ReplaySelector)
@pytest.mark.parametrize("capacity", [1, 7, 100, 199])
def test_a_selection_is_valid_and_repeats(name: str, capacity: int, digits: Exemplars, context: Any) -> None:
    one, other = (METHODS[name]().select(digits[:200], capacity, context()) for _ in range(2))
    assert torch.equal(checked(one, capacity, 200), other)


@those(ReplaySelector)
def test_a_single_class_can_be_selected_from(name: str, digits: Exemplars, context: Any) -> None:
    sevens = digits[digits.labels == 7]
    checked(METHODS[name]().select(sevens, 20, context()), 20, len(sevens))


@those(ReplaySelector)
def test_duplicates_can_be_selected_from(name: str, digits: Exemplars, context: Any) -> None:
    same = digits[torch.tensor([3] * 40)]
    checked(METHODS[name]().select(same, 30, context()), 30, 40)


@those(ReplaySelector)
def test_two_candidates_are_enough(name: str, digits: Exemplars, context: Any) -> None:
    checked(METHODS[name]().select(digits[:2], 1, context()), 1, 2)


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


@those(ReplaySelector)
def test_the_network_is_asked_for_what_is_named_alone(name: str, digits: Exemplars, context: Any, learner: Any) -> None:
    METHODS[name]().select(digits[:50], 10, context())
    asks = bool(METHODS[name].needs - {"history", "task end"})
    assert (learner.forward_passes > 0) == asks
    assert learner.backward_passes == 0


@those(MemoryUpdate)
@pytest.mark.parametrize("capacity", [1, 13, 60])
def test_a_stream_fills_the_buffer(name: str, capacity: int, digits: Exemplars, context: Any, streamed: Any) -> None:
    one, other = (streamed(METHODS[name](), digits[:120], capacity, context) for _ in range(2))
    assert len(one) == capacity
    assert one.samples().rows.tolist() == other.samples().rows.tolist()
    assert len(one.samples().rows.unique()) == capacity


@those(MemoryUpdate)
def test_what_is_kept_beside_the_buffer_is_little(name: str, digits: Exemplars, context: Any, streamed: Any) -> None:
    method = METHODS[name]()
    buffer = streamed(method, digits, 1500, context, size=300, classes=100)
    assert kept_bytes(method, buffer.columns.values()) < SLACK + 100 * SLACK_PER_CLASS


@those(MemoryUpdate)
def test_a_stream_may_have_one_class_or_one_sample(name: str, digits: Exemplars, context: Any, streamed: Any) -> None:
    sevens = digits[digits.labels == 7]
    assert len(streamed(METHODS[name](), sevens, 12, context)) == 12
    same = digits[torch.tensor([3] * 40)]
    assert len(streamed(METHODS[name](), same, 12, context)) == 12
    assert len(streamed(METHODS[name](), digits[:1], 12, context)) == 1


@those(MemoryRetrieval)
@pytest.mark.parametrize("filled", [3, 40, 200])
def test_a_retrieval_is_valid_and_repeats(name: str, filled: int, digits: Exemplars, context: Any) -> None:
    buffer = Buffer(digits, 200)
    buffer.write(torch.arange(filled), digits[:filled])
    found = [METHODS[name]().retrieve(digits[300:310], buffer, 10, context()) for _ in range(2)]
    assert torch.equal(checked(found[0], min(10, filled), filled), found[1])


def test_the_bounds_have_their_regimes() -> None:
    regimes = {name: method.regime for name, method in METHODS.items() if issubclass(method, Bound)}
    assert regimes == {"no-replay": "no replay", "joint": "joint", "gdumb": "buffer alone"}
