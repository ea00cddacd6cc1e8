"""What every built-in detector of the basins track must hold, and the problems that each must solve."""

from __future__ import annotations

import sys
from subprocess import run
from typing import Any

import pytest
import torch

from suite import SuiteError
from suite.registry import load_registry
from suite.tracks.basins.contract import KNOWN
from suite.tracks.basins.metrics import adjusted_rand_index

METHODS = {
    entry.value.name: entry.value
    for entry in load_registry().methods_of("basins")
    if entry.plugin.distribution == "basin-suite" and entry.value.league != "control"
}
every_method = pytest.mark.parametrize("name", METHODS)

# Where methods work, and where they are known not to: the signal's sign flips at random, so that all means coincide.
SOLVED = {
    "linear": ("c2st-ridge", "energy-distance", "mmd", "tica-msm-pcca", "trajectory-mean-ward"),
    "warp": ("c2st-ridge", "energy-distance", "gmm", "mmd", "msm-pcca", "tica-msm-pcca", "trajectory-mean-ward"),
    "signflip": ("mmd", "msm-pcca"),
}
BLIND = ("c2st-ridge", "tica-msm-pcca", "trajectory-mean-ward")


def both_leagues(*names: str) -> list[str]:
    return [method for name in names for method in (name, f"{name}-known") if method in METHODS]


def test_the_leagues_are_those_of_the_names() -> None:
    found = {name for name, method in METHODS.items() if method.league == KNOWN} - {"vampnet"}
    assert found == {name for name in METHODS if name.endswith("-known")}
    assert set(both_leagues("c2st-ridge", "energy-distance", "gmm", "kmeans", "mmd", "msm-pcca")) <= set(METHODS)
    assert set(both_leagues("spectral", "tica-msm-pcca", "trajectory-mean-ward")) <= set(METHODS)
    assert "hdbscan" in METHODS
    assert "hdbscan-known" not in METHODS


@pytest.mark.parametrize(("kind", "name"), [(kind, each) for kind in SOLVED for each in both_leagues(*SOLVED[kind])])
def test_it_finds_the_basins(kind: str, name: str, case: Any) -> None:
    least = 1 if name.endswith("-known") else 0.8  # a rule for the number may be one off
    assert case(kind, system="ring-of-wells").ari(METHODS[name]()) >= least


@pytest.mark.parametrize("name", both_leagues(*BLIND))
def test_what_looks_at_means_is_blind_to_flipped_signs(name: str, case: Any) -> None:
    assert case("signflip").ari(METHODS[name]()) < 0.4


@pytest.mark.parametrize("name", both_leagues("kmeans", "spectral", "hdbscan"))
def test_clusterings_of_frames_find_something_where_noise_is_weak(name: str, case: Any) -> None:
    assert case("warp", system="ring-of-wells").ari(METHODS[name]()) > 0.4


@every_method
def test_the_same_seed_gives_the_same_labels_and_leaves_the_trajectories(name: str, case: Any) -> None:
    given = case("warp", system="double-well")
    before = given.trajectories.clone()
    one, other = (given.found(METHODS[name]()) for _ in range(2))
    assert one.shape == (16,)
    assert one.tolist() == other.tolist()
    assert torch.equal(given.trajectories, before)


@pytest.mark.parametrize("name", both_leagues("c2st-ridge", "energy-distance", "mmd", "trajectory-mean-ward"))
def test_the_order_of_representatives_does_not_matter(name: str, case: Any) -> None:
    given, order = case("linear+slow", 200), torch.randperm(16, generator=torch.Generator().manual_seed(0))
    one, other = given.found(METHODS[name]()), given.found(METHODS[name](), given.trajectories[order])
    assert adjusted_rand_index(one[order], other) == 1


@every_method
def test_burn_in_is_no_evidence(name: str, case: Any) -> None:
    """What trajectories did before they forgot their start changes no answer, unless transitions are counted."""
    if "msm" in name or name == "vampnet":
        pytest.skip("transitions during burn-in count")
    given = case("warp", system="double-well")
    other = given.trajectories.clone()
    other[:, :, :6] = torch.arange(16.0)[:, None, None, None]
    assert given.found(METHODS[name](), other).tolist() == given.found(METHODS[name]()).tolist()


@every_method
def test_an_unknown_parameter_is_refused(name: str) -> None:
    with pytest.raises(SuiteError, match="nonsense"):
        METHODS[name](nonsense=1)


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from suite.registry import load_registry; list(load_registry().methods_of('basins')); "
        "print([name for name in ('torch', 'sklearn', 'scipy', 'deeptime') if name in sys.modules])"
    )
    found = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
