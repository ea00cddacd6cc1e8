"""Exact nearest neighbours beside faiss's exact index, alternating in one process. Prints; never gates.

Run with: pytest tests/perf/test_neighbours_speed.py -n 0 -s
Processor seconds of the process, on one thread, since the machine may be shared; ours include preparing the bank.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import torch

from suite.benchmarks.data_sets import CIFAR10_TEST, CIFAR10_TRAIN
from suite.benchmarks.quantization.cifar10_vit import CIFAR10ViTTask
from suite.cache import Cache
from suite.contracts import Resources
from suite.data.split import Split
from suite.models.features import extract
from suite.neighbours import Bank
from suite.settings import Settings

K, ROUNDS = 50, 3


def compare(name: str, bank: torch.Tensor, queries: torch.Tensor) -> None:
    faiss = pytest.importorskip("faiss", reason="pip install faiss-cpu")
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    bank, queries = (torch.nn.functional.normalize(rows, dim=1) for rows in (bank, queries))

    def ours() -> torch.Tensor:
        return Bank(bank).nearest(queries, K).values.square()

    def theirs() -> torch.Tensor:
        index = faiss.IndexFlatL2(bank.shape[1])
        index.add(bank.numpy())
        return torch.from_numpy(index.search(queries.numpy(), K)[0])

    Bank(bank).nearest(queries[:1000], K)  # compiles
    seconds: dict[Callable[[], torch.Tensor], list[float]] = {ours: [], theirs: []}
    results = {}
    for _ in range(ROUNDS):
        for search, times in seconds.items():
            started = time.process_time()
            results[search] = search()
            times.append(time.process_time() - started)
    torch.testing.assert_close(results[ours], results[theirs], rtol=1e-4, atol=1e-5)
    a, b = min(seconds[ours]), min(seconds[theirs])
    print(f"{name}: {len(queries):,} of {tuple(bank.shape)}: ours {a:.2f} s, faiss {b:.2f} s, {b / a:.2f} x")


@pytest.mark.parametrize("width", [128, 512])
def test_white_noise(width: int) -> None:
    generator = torch.Generator().manual_seed(0)
    compare("noise", *(torch.randn(count, width, generator=generator) for count in (50_000, 10_000)))


@pytest.mark.parametrize(("count", "queries", "width"), [(100_000, 10_000, 768), (100_000, 10_000, 2048)])
def test_a_thousand_classes_with_a_power_law(count: int, queries: int, width: int) -> None:
    """As ImageNet's features: eigenvalues fall as 1 / i, within the classes as between them."""
    generator = torch.Generator().manual_seed(0)
    deviations = torch.arange(1, width + 1) ** -0.5
    centres = torch.randn(1000, width, generator=generator) * deviations
    rotation = torch.linalg.qr(torch.randn(width, width, generator=generator)).Q

    def draw(count: int) -> torch.Tensor:
        labels = torch.randint(1000, (count,), generator=generator)
        noise = torch.randn(count, width, generator=generator)
        return noise.mul_(0.7 * deviations).add_(centres[labels]) @ rotation

    compare("classes", draw(count), draw(queries))


def test_vit_features_of_cifar10(mirrored: Settings) -> None:
    resources = Resources(mirrored, Cache(mirrored.cache_folder))
    model = CIFAR10ViTTask().model()
    bank, queries = (extract(model, Split(data), resources)["features"] for data in (CIFAR10_TRAIN, CIFAR10_TEST))
    compare("ViT", bank, queries)
