"""Seconds and memory of the basin detectors: one problem in 50 and in 1,000 dimensions, each in a process of its own.

Run with: pytest tests/perf/test_basin_detectors.py -n 0 -s
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from suite.benchmarks.basins.d50 import D50Task
from suite.registry import load_registry

CODE = """
import json, resource, sys, tempfile, time
from pathlib import Path
import torch
from suite.cache import Cache
from suite.contracts import Resources
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.registry import load_registry
from suite.run.threads import limit_threads
from suite.settings import load_settings
from suite.tracks.basins.contract import BasinContext
from suite.tracks.basins.metrics import adjusted_rand_index
from suite.tracks.basins.problem import EmbeddedProblem, MeteredSimulator
from suite.tracks.basins.protocol import latents

limit_threads(1)
method = load_registry().methods[sys.argv[1]]
with tempfile.TemporaryDirectory() as folder:
    resources = Resources(load_settings(), Cache(Path(folder)))
    problem = EmbeddedProblem(latents(["quadruple-well"], 0)[0], Embedding("linear", int(sys.argv[2])))
    labels = problem.latent.arrays(resources)["labels"]
    seen = problem.trajectories(resources)
    count = len(labels.unique()) if sys.argv[3] == "counted" else None
    simulator = MeteredSimulator(problem, resources)
    started = time.perf_counter()
    answer = method().partition(seen, BasinContext(seed=0, count=count, burn_in=6, simulator=simulator))
    seconds = time.perf_counter() - started
found = getattr(answer, "labels", answer)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
json.dump([seconds, memory, adjusted_rand_index(labels, found)], sys.stdout)
"""
CELLS = [
    (entry.name, setting["basins"])
    for entry in load_registry().methods_of("basins")
    for setting in D50Task().settings()
    if not D50Task().declines(entry.value, setting)
]


@pytest.mark.parametrize(("method", "basins"), CELLS)
def test_detector(method: str, basins: str) -> None:
    for dimension in (50, 1000):
        command = [sys.executable, "-c", CODE, method, str(dimension), basins]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, memory, ari = json.loads(done.stdout)
        print(f"\n{method}, {basins}, D = {dimension}: {seconds:.2f} s, {memory:.0f} MiB at most, ARI {ari:.2f}")
