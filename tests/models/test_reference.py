"""Reference models: trained once, hashed, refused when corrupt; given weights win where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from suite.benchmarks.ood.digits import DigitsTask, partition
from suite.cache import Cache
from suite.contracts import Resources
from suite.data.split import Split
from suite.errors import Damaged, SuiteError
from suite.hashing import file_digest
from suite.models.recipe import Recipe
from suite.models.reference import GivenWeights, ReferenceModel
from suite.settings import load_settings

from ..support.flipping import PLACES, flipped

QUICK = Recipe(epochs=1, batch_size=100, learning_rate=0.1, weight_decay=0.0)


@pytest.fixture
def at(tmp_path: Path) -> Resources:
    settings = load_settings(cache=tmp_path / "cache", hub=False)
    return Resources(settings, Cache(settings.cache_folder))


def model(**changes: Any) -> ReferenceModel:
    return replace(DigitsTask().model(0), recipe=QUICK, **changes)


def test_it_is_trained_once_and_remembered(at: Resources) -> None:
    lines: list[str] = []
    logged = replace(at, log=lines.append)
    assert model().known_fingerprint(at) is None
    first = model().fingerprint(logged)
    assert model().fingerprint(logged) == first == model().known_fingerprint(at)
    assert sum("training" in line for line in lines) == 1
    assert file_digest(model().path(at)) == first


def test_training_is_deterministic_and_depends_on_the_seed(at: Resources, tmp_path: Path) -> None:
    elsewhere = Resources(at.settings, Cache(tmp_path / "other"))
    assert model().fingerprint(at) == model().fingerprint(elsewhere)
    assert model(seed=1).fingerprint(at) != model().fingerprint(at)


def test_the_recipe_is_part_of_the_identity_and_the_seed_not_of_the_lineage(at: Resources) -> None:
    longer = replace(model(), recipe=replace(QUICK, epochs=2))
    assert longer.fingerprint(at) != model().fingerprint(at)
    assert longer.lineage(at) != model().lineage(at)
    assert model(seed=1).lineage(at) == model().lineage(at)


def changed(change: Callable[[Split, Resources], Split]) -> ReferenceModel:
    return model(training=lambda resources: change(partition(0, resources)[0], resources))


@pytest.mark.parametrize(
    ("change", "other"),
    [
        (lambda split, at: split, False),
        (lambda split, at: Split(split.data, split.rows(at).copy(), split.targets(at).copy()), False),
        (lambda split, at: split.part(np.arange(499), at), True),
        (lambda split, at: split.part(np.arange(500)[::-1], at), True),
        (lambda split, at: replace(split, labels=split.targets(at)[::-1].copy()), True),
    ],
    ids=["the same", "equal arrays", "fewer rows", "another order", "other labels"],
)
def test_other_rows_or_labels_in_the_same_words_are_another_network(at: Resources, change, other: bool) -> None:
    first = model().fingerprint(at)
    assert (changed(change).known_fingerprint(at) is None) == other
    assert (changed(change).fingerprint(at) != first) == other
    assert changed(change).lineage(at) == model().lineage(at)


def test_threads_of_the_recipe_are_of_the_network_and_not_of_its_kind(at: Resources) -> None:
    wide = model()
    wide = replace(wide, recipe=replace(wide.recipe, threads=2))
    model().fingerprint(at)
    assert wide.known_fingerprint(at) is None
    assert wide.lineage(at) == model().lineage(at)


def test_the_number_of_threads_beside_it_changes_no_bit(at: Resources, tmp_path: Path) -> None:
    before = torch.get_num_threads()
    found = set()
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            elsewhere = Resources(at.settings, Cache(tmp_path / str(threads)))
            found.add(model().fingerprint(elsewhere))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert len(found) == 1


@pytest.mark.parametrize("suffix", [".safetensors", ".sha256", ".json"])
def test_a_damaged_checkpoint_is_trained_again(at: Resources, suffix: str) -> None:
    first = model().fingerprint(at)
    before = model().load(at).state_dict()
    with flipped(model().path(at).with_suffix(suffix), 1.0):
        assert (model().known_fingerprint(at) is None) == (suffix != ".sha256")
        after = model().load(at).state_dict()
        assert all(torch.equal(after[name], before[name]) for name in before)
        assert model().known_fingerprint(at) == first


def given(folder: Path, content: dict[str, torch.Tensor]) -> tuple[ReferenceModel, Resources]:
    folder.mkdir()
    save_file(content, folder / "net.safetensors")
    settings = load_settings(weights=folder, cache=folder / "cache", hub=False)
    weights = GivenWeights("net.safetensors", file_digest(folder / "net.safetensors"))
    return model(given=weights), Resources(settings, Cache(settings.cache_folder))


def test_given_weights_win_and_nothing_is_trained(tmp_path: Path) -> None:
    reference = DigitsTask().model(0)
    state = reference.architecture.build().state_dict()
    found, at = given(tmp_path / "weights", state)
    assert found.known_fingerprint(at) == found.lineage(at) == file_digest(tmp_path / "weights" / "net.safetensors")
    assert all(torch.equal(v, state[k]) for k, v in found.load(at).state_dict().items())


def test_given_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    found, at = given(tmp_path / "weights", {"x": torch.zeros(2)})
    with pytest.raises(SuiteError, match="does not fit 'small-cnn'"):
        found.load(at)


@pytest.mark.parametrize("place", PLACES)
def test_given_weights_that_changed_are_refused_and_no_method_is_blamed(tmp_path: Path, place: float) -> None:
    found, at = given(tmp_path / "weights", {"x": torch.zeros(2)})
    path = tmp_path / "weights" / "net.safetensors"
    assert found.known_fingerprint(at)
    with flipped(path, place):
        for use in (found.known_fingerprint, found.load):
            with pytest.raises(Damaged, match="is damaged: its sha256") as error:
                use(at)
            assert error.value.place == str(path)
            assert error.value.next == f"delete it, and the suite makes it again: rm {path}"
    assert found.known_fingerprint(at)


def test_a_folder_of_weights_that_is_not_there(tmp_path: Path) -> None:
    settings = load_settings(weights=tmp_path / "nowhere")
    with pytest.raises(SuiteError, match="the folder of reference weights does not exist"):
        model(given=GivenWeights("net.safetensors", "0")).known_fingerprint(Resources(settings, Cache(tmp_path)))
