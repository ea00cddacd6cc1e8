"""The problems that each built-in detector of the basins track must solve, and where they are known not to."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import torch

from suite.benchmarks.basins.d50 import D50Task
from suite.registry import load_registry
from suite.tracks.basins.metrics import adjusted_rand_index

METHODS = {
    entry.value.name: entry.value
    for entry in load_registry().methods_of("basins")
    if entry.plugin.distribution == "basin-suite" and entry.value.name not in ("one-basin", "random")
}
CELLS = [
    pytest.param(name, setting["basins"] == "counted", id=f"{name}-{setting['basins']}")
    for name, method in METHODS.items()
    for setting in D50Task().settings()
    if not D50Task().declines(method, setting)
]

# Where methods work, and where they are known not to: the signal's sign flips at random, so that all means coincide.
SOLVED = {
    "linear": ("c2st-ridge", "energy-distance", "mmd", "tica-msm-pcca", "trajectory-mean-ward"),
    "warp": ("c2st-ridge", "energy-distance", "gmm", "mmd", "msm-pcca", "tica-msm-pcca", "trajectory-mean-ward"),
    "signflip": ("mmd", "msm-pcca"),
}
BLIND = ("c2st-ridge", "tica-msm-pcca", "trajectory-mean-ward")


def cells(*names: str) -> list[Any]:
    return [cell for cell in CELLS if cell.values[0] in names]


def test_controls_and_other_libraries_code_take_no_place() -> None:
    found = {entry.value.name for entry in load_registry().methods_of("basins") if entry.value.standing == "reference"}
    assert found - {"vampnet"} == {"one-basin", "random"}
    assert "vampnet" not in METHODS or "vampnet" in found


def test_former_names_say_which_setting_they_meant() -> None:
    registry = load_registry()
    former = {name: now for name, now in registry.former_methods.items() if name.startswith("basins/")}
    assert len(former) == 12
    for name, (now, setting) in former.items():
        assert name in (f"{now}-known", "basins/vampnet")  # which was run without a setting
        assert now in registry.methods
        assert setting == {"basins": "counted"}


@pytest.mark.parametrize(
    ("kind", "name", "counted"),
    [(kind, *cell.values) for kind, names in SOLVED.items() for cell in cells(*names)],
)
def test_it_finds_the_basins(kind: str, name: str, counted: bool, case: Any) -> None:
    least = 1 if counted else 0.8  # a rule for the number may be one off
    assert case(kind, system="ring-of-wells", counted=counted).ari(METHODS[name]()) >= least


@pytest.mark.parametrize(("name", "counted"), cells(*BLIND))
def test_what_looks_at_means_is_blind_to_flipped_signs(name: str, counted: bool, case: Any) -> None:
    assert case("signflip", counted=counted).ari(METHODS[name]()) < 0.4


@pytest.mark.parametrize(("name", "counted"), cells("kmeans", "spectral", "hdbscan"))
def test_clusterings_of_frames_find_something_where_noise_is_weak(name: str, counted: bool, case: Any) -> None:
    assert case("warp", system="ring-of-wells", counted=counted).ari(METHODS[name]()) > 0.4


@pytest.mark.parametrize(("name", "counted"), cells("c2st-ridge", "energy-distance", "mmd", "trajectory-mean-ward"))
def test_the_order_of_representatives_does_not_matter(name: str, counted: bool, case: Any) -> None:
    given, order = (
        case("linear+slow", 200, counted=counted),
        torch.randperm(16, generator=torch.Generator().manual_seed(0)),
    )
    one, other = given.found(METHODS[name]()), given.found(METHODS[name](), given.trajectories[order])
    assert adjusted_rand_index(one[order], other) == 1


def test_listing_and_planning_import_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from suite.cache import Cache; from suite.contracts import Resources; "
        "from suite.registry import load_registry; from suite.settings import load_settings; "
        f"resources = Resources(load_settings(), Cache(Path({str(tmp_path)!r}))); registry = load_registry(); "
        "data = [each for seed in (0, 1) for each in registry.tasks['basins/grid']().requires(seed)]; "
        "assert [each.known_fingerprint(resources) for each in data] == 12 * [None]; "
        "assert [each.name for each in registry.methods_of('basins')]; "
        "print([name for name in ('torch', 'sklearn', 'scipy', 'deeptime') if name in sys.modules])"
    )
    found = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
