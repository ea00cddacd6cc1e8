"""The compiled simulator gives torch's bits: everywhere, on any processor, from any cache or none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import suite
from suite.tracks.basins.dynamics import langevin
from suite.tracks.basins.dynamics.counter import CounterNormals, exact_normals, keys, stream
from suite.tracks.basins.dynamics.elementary import cosine_sine
from suite.tracks.basins.dynamics.langevin import Integrator, simulate
from suite.tracks.basins.dynamics.potential import Potential, ring_of_wells
from suite.tracks.basins.dynamics.system import System
from suite.tracks.basins.dynamics.systems import SYSTEMS

kernel = pytest.importorskip("suite.tracks.basins.dynamics.kernel", reason="pip install 'basin-suite[simulation]'")
KEYS = keys(stream(0, "test"), torch.arange(700))


def starts(system: System, count: int = 700) -> torch.Tensor:
    return torch.tensor(system.sites)[torch.arange(count) % len(system.sites)]


def by_torch(
    monkeypatch: pytest.MonkeyPatch, system: System, frames: int, every: int, integrator: Integrator
) -> torch.Tensor:
    with monkeypatch.context() as patch:
        patch.setattr(langevin, "_kernel", lambda *_: None)
        return simulate(system, starts(system), KEYS, frames, every=every, integrator=integrator)


@pytest.mark.parametrize("integrator", ["euler-maruyama", "baoab-limit"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_kernel_gives_torchs_bits_in_any_batch(
    name: str, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = SYSTEMS[name]
    assert system.potential.exact
    every = by_torch(monkeypatch, system, 3, 23, integrator)
    monkeypatch.setattr(langevin, "_WORTH", 0)
    for threads in (1, 3):
        states = simulate(system, starts(system), KEYS, 3, every=23, integrator=integrator, threads=threads)
        assert torch.equal(states, every)
    assert kernel.is_compiled(system.potential.gradient, system.dimension)
    for rows in (slice(0, 1), slice(5, 38), slice(131, 700)):
        states = simulate(system, starts(system)[rows], KEYS[rows], 3, every=23, integrator=integrator)
        assert torch.equal(states, every[rows])
    states = simulate(system, starts(system)[::3], KEYS[::3], 3, every=23, integrator=integrator)  # strides
    assert torch.equal(states, every[::3])


def test_an_exact_potential_of_ones_own_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants in closures, functions of one's own and elementary ones."""
    depth = 0.7

    def gradient(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
        cosine, sine = cosine_sine(x * 2)
        return depth * sine + x, depth * y * cosine

    potential = Potential(lambda x, y: x * x + y * y, gradient, exact=True)
    system = replace(SYSTEMS["triple-well"], potential=potential)
    every = by_torch(monkeypatch, system, 2, 9, "euler-maruyama")
    monkeypatch.setattr(langevin, "_WORTH", 0)
    assert torch.equal(simulate(system, starts(system), KEYS, 2, every=9), every)
    assert kernel.is_compiled(gradient, 2)


def test_constants_are_part_of_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(langevin, "_WORTH", 0)
    three, five = (replace(SYSTEMS["ring-of-wells"], potential=ring_of_wells(wells)) for wells in (3, 5))
    states = simulate(five, starts(five), KEYS, 2, every=9)
    assert torch.equal(states, by_torch(monkeypatch, five, 2, 9, "euler-maruyama"))
    assert not torch.equal(states, simulate(three, starts(three), KEYS, 2, every=9))


def test_small_work_and_other_potentials_are_left_to_torch() -> None:
    system = replace(SYSTEMS["quadruple-well"], potential=ring_of_wells(4))
    assert langevin._kernel(system, langevin._WORTH - 1) is None
    assert langevin._kernel(replace(system, potential=Potential(system.potential.energy)), 10**12) is None
    assert langevin._kernel(system, langevin._WORTH) is not None
    assert langevin._kernel(system, 1) is not None  # compiled by now


def test_runaways_are_found() -> None:
    system = replace(SYSTEMS["double-well"], step=2.0)
    kernel.kernel(system.potential.gradient, 1)
    with pytest.raises(ValueError, match=r"4 of 4 trajectories diverge\. Use a shorter step"):
        simulate(system, torch.full((4, 1), 3.0), KEYS[:4], 2, every=50)


def test_exact_normals_are_those_of_the_counter() -> None:
    """The same words make them; in (1 - 2^-24, 1], where singles are coarse, the radius may differ by 4e-4."""
    exact, single = exact_normals(KEYS, 3, 5, 40), CounterNormals(KEYS, 3)(5, 40)
    assert exact.shape == single.shape == (40, 3, 700)
    assert float((exact - single).abs().max()) < 4e-4
    assert float((exact - single).abs().mean()) < 1e-6
    assert torch.equal(exact_normals(KEYS[9:10], 3, 7, 2), exact[2:4, :, 9:10])


PROGRAM = """
import hashlib, sys, torch
from suite.tracks.basins.dynamics import kernel, langevin
from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.systems import SYSTEMS
langevin._WORTH = 0
system = SYSTEMS["spirals"]
starts = torch.tensor(system.sites)[torch.arange(333) % len(system.sites)]
states = langevin.simulate(system, starts, keys(stream(0, "test"), torch.arange(333)), 2, every=40)
function = kernel._compiled[system.potential.gradient, 2]
hits = sum(function.stats.cache_hits.values())
print(hashlib.sha256(states.numpy().tobytes()).hexdigest(), hits, function.stats.cache_path)
"""


def run(program: str, folder: Path | None = None, **environment: str) -> list[str]:
    path = {} if folder is None else {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **path, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


@pytest.mark.slow
def test_bits_do_not_depend_on_the_processors_vectors_nor_on_a_cache_or_a_restart(tmp_path: Path) -> None:
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    first, again = run(PROGRAM, **cache), run(PROGRAM, **cache)
    assert first[:2] == [again[0], "0"]
    assert again[1] == "1"
    plain = run(PROGRAM, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="", **cache)
    assert plain[:2] == [first[0], "0"]


@pytest.mark.slow
def test_a_source_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where ``__pycache__`` is a file nothing can be written, not even by root."""
    shutil.copytree(Path(suite.__file__).parent, tmp_path / "suite", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "suite/tracks/basins/dynamics/__pycache__").write_text("")
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home/.cache"), "NUMBA_CACHE_DIR": ""}
    first, again = run(PROGRAM, tmp_path, **home), run(PROGRAM, tmp_path, **home)
    assert Path(first[2]).is_relative_to(tmp_path / "home")
    assert (first[0], first[1], again[1]) == (again[0], "0", "1")
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null", "NUMBA_CACHE_DIR": ""}
    assert run(PROGRAM, tmp_path, **nowhere)[0] == first[0]
