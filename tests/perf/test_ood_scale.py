"""Seconds and memory of our OOD detectors at sizes where peers run out of either. Prints; never gates.

Run with: pytest tests/perf/test_ood_scale.py -n 0 -s
Each detector runs in a process of its own; memory is the peak above what the process had with its data loaded.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts import Context
from suite.registry import load_registry
from suite.settings import cores
from suite.tracks.ood import Batch, Labelled, LinearHead, TrainingSet

from .test_ood_speed import data

METHODS = [
    entry.value.name
    for entry in load_registry().methods_of("ood")
    if not entry.value.needs and "/" not in entry.value.name
]


def peak() -> float:
    """Return the peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def measure(name: str, train: int, test: int, width: int, classes: int) -> tuple[float, float, float]:
    """Return seconds to fit, seconds to score, and MiB."""
    torch.set_num_threads(cores())
    detector = load_registry().methods[f"ood/{name}"]()
    sets, batch = data(train, test, width, classes)
    before, started = peak(), time.perf_counter()
    detector.fit(sets, Context(seed=0))
    fitted = time.perf_counter()
    for part in zip(batch.features.split(1000), batch.logits.split(1000), strict=True):
        assert torch.isfinite(detector.score(Batch(*part))).all()
    return fitted - started, time.perf_counter() - fitted, peak() - before


@pytest.mark.parametrize("name", METHODS)
def test_a_hundred_thousand_by_a_hundred_thousand_in_a_thousand_classes(name: str) -> None:
    fit, score, mib = apart(measure, name, 100_000, 100_000, 512, 1000)
    print(f"{name:22} fit {fit:8.2f} s  score {score:8.2f} s  {mib:7.0f} MiB")


@pytest.mark.parametrize("name", ["knn", "nnguide", "field-potential", "field-steady-state"])
def test_neighbours_and_fields_stay_under_a_gigabyte(name: str) -> None:
    _, score, mib = apart(measure, name, 50_000, 10_000, 512, 10)
    print(f"{name:22} at 50,000 x 512: score {score:6.2f} s  {mib:7.0f} of 1,024 MiB")


def exact_neighbours(library: str) -> float:
    """Return seconds to find the 50 nearest of 50,000 for 10,000 queries."""
    torch.set_num_threads(cores())
    sets, batch = data(50_000, 10_000, 512, 10)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        if library == "faiss":
            import faiss

            faiss.omp_set_num_threads(cores())
            bank, queries = (each.numpy().copy() for each in (sets.features, batch.features))
            faiss.normalize_L2(bank)
            faiss.normalize_L2(queries)
            index = faiss.IndexFlatL2(512)
            index.add(bank)
            index.search(queries, 50)
        else:
            detector = load_registry().methods["ood/knn"](k=50)
            detector.fit(sets, Context(seed=0))
            for part in zip(batch.features.split(1000), batch.logits.split(1000), strict=True):
                detector.score(Batch(*part))
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def test_knn_beside_faiss() -> None:
    pytest.importorskip("faiss", reason="pip install faiss-cpu")
    ours, theirs = apart(exact_neighbours, "ours"), apart(exact_neighbours, "faiss")
    ratio = ours / theirs
    print(f"exact 50 nearest of 50,000 x 512 for 10,000: ours {ours:.2f} s, faiss {theirs:.2f} s, {ratio:.2f} x")


def stream(name: str, path: str, train: int, width: int, classes: int) -> tuple[float, float]:
    """Return seconds to fit on features mapped from a file, and the peak of the process's own memory in MiB."""
    torch.set_num_threads(cores())
    features = torch.from_numpy(np.memmap(path, dtype=np.float32, mode="r+", shape=(train, width)))
    labels = torch.arange(train) % classes
    head = LinearHead(torch.randn(classes, width, generator=torch.Generator().manual_seed(0)), torch.zeros(classes))
    held_out = Labelled(features[:1000], head(features[:1000]), labels[:1000])
    logits = torch.randn(train, 10)  # the energy of the training samples; 1,000 classes would be 5 GB of their own
    resource.setrlimit(resource.RLIMIT_DATA, (4 * 2**30, 4 * 2**30))
    started = time.perf_counter()
    load_registry().methods[f"ood/{name}"]().fit(
        TrainingSet(features, logits, labels, head=head, validation=held_out), Context(seed=0)
    )
    return time.perf_counter() - started, peak()


@pytest.mark.parametrize("name", ["mahalanobis", "vim", "residual"])
def test_imagenet_is_streamed_from_a_file(name: str, tmp_path: Path) -> None:
    """The process may have 4 GiB of its own; the file's pages come and go."""
    train, width = 1_281_167, 2048
    path = tmp_path / "features.bin"
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        for start in range(0, train, 10_000):
            rng.standard_normal((min(10_000, train - start), width), dtype=np.float32).tofile(file)
    seconds, _ = apart(stream, name, str(path), train, width, 1000)
    print(f"{name:12} fitted on {train:,} x {width} from a file within 4 GiB of its own memory: {seconds:.0f} s")
    path.unlink()
