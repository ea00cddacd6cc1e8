"""The search returns what all pairs return: bit for bit, whatever bounds it takes, in whatever company."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.neighbours import Bank, exact
from suite.neighbours import bank as module
from suite.neighbours.exact import of_all, of_pairs
from suite.neighbours.screen import Screen

KINDS = ["noise", "clusters", "low-rank", "duplicates", "levels", "constant", "outlier", "far-away", "huge", "tiny"]


def drawn(kind: str, count: int, width: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, width, generator=generator)
    centres = torch.randn(5, width, generator=torch.Generator().manual_seed(7))
    spectrum = torch.arange(1, width + 1) ** -1.0
    outlier = torch.ones(count, 1)
    outlier[:1] = 1e4
    return {
        "noise": noise,
        "clusters": 3 * centres[torch.randint(5, (count,), generator=generator)] + noise * spectrum,
        "low-rank": noise[:, :1] * centres[0] + noise[:, -1:] * centres[1],
        "duplicates": centres[torch.randint(5, (count,), generator=generator)],
        "levels": (2 * noise).round(),
        "constant": torch.full((count, width), 0.1),
        "outlier": noise * outlier,
        "far-away": noise + 1000,
        "huge": noise * 1e15,
        "tiny": noise * 1e-12,
    }[kind]


def assert_exact(bank: torch.Tensor, queries: torch.Tensor, k: int, measure: exact.Measure) -> None:
    """Values are those of all pairs; rows are different and have these values."""
    nearest = Bank(bank, measure).nearest(queries, k)
    if bank.dtype not in (torch.float32, torch.float64):
        bank = bank.float()
    queries = queries.to(bank.dtype)
    closeness = of_all(queries, bank, measure)
    values = closeness.topk(k, dim=1).values
    assert torch.equal(nearest.values, values if measure == "product" else values.neg().sqrt())
    assert torch.equal(closeness.gather(1, nearest.rows), values)
    assert (nearest.rows.sort(dim=1).values.diff(dim=1) > 0).all()


@pytest.fixture(params=["numba", "torch"])
def _either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled by numba, as for large banks, or by torch, as for small ones."""
    monkeypatch.setattr(exact, "COMPILED", 0 if request.param == "numba" else 10**12)


def test_a_small_bank_does_not_wait_for_numba() -> None:
    rows = torch.ones(exact.COMPILED // 64, 64)
    assert exact.kernels(rows[:-1]) is None
    assert exact.kernels(rows) is not None


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize("measure", ["distance", "product"])
@pytest.mark.parametrize("kind", KINDS)
def test_as_all_pairs(
    kind: str, measure: exact.Measure, precision: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_fastest", lambda: precision)
    monkeypatch.setattr(module, "COLUMNS", 512)
    for basis in (0, -1):  # the narrowest, and all coordinates
        monkeypatch.setattr(module, "_choice", lambda candidates, seconds, basis=basis: candidates[basis])
        bank, queries = drawn(kind, 1500, 70, seed=0), drawn(kind, 70, 70, seed=1)
        for k in (1, 20):
            assert_exact(bank, queries, k, measure)
        assert_exact(bank, drawn("noise", 40, 70, seed=1), 7, measure)
        assert_exact(bank, bank[:40], 7, measure)


@settings(max_examples=60)
@given(
    kind=st.sampled_from(KINDS),
    measure=st.sampled_from(["distance", "product"]),
    count=st.integers(1, 400),
    width=st.sampled_from([1, 2, 3, 17, 40, 65, 130]),
    dtype=st.sampled_from([torch.float32, torch.float64, torch.float16, torch.bfloat16]),
    seed=st.integers(0, 999),
    data=st.data(),
)
def test_any_size_and_type(
    kind: str, measure: exact.Measure, count: int, width: int, dtype: torch.dtype, seed: int, data: st.DataObject
) -> None:
    k = data.draw(st.one_of(st.integers(1, count), st.just(count), st.integers(1, max(1, count // 8))))
    bank, queries = drawn(kind, count, width, seed), drawn(kind, data.draw(st.integers(0, 40)), width, seed + 1)
    if dtype == torch.float16:
        bank, queries = bank.clamp(-6e4, 6e4), queries.clamp(-6e4, 6e4)
    assert_exact(bank.to(dtype), queries.to(dtype), k, measure)


@settings(max_examples=40)
@given(
    kind=st.sampled_from(KINDS),
    measure=st.sampled_from(["distance", "product"]),
    width=st.sampled_from([3, 40, 130]),
    precision=st.sampled_from([torch.bfloat16, torch.float32]),
    seed=st.integers(0, 999),
)
def test_no_pair_is_above_its_bound(
    kind: str, measure: exact.Measure, width: int, precision: torch.dtype, seed: int
) -> None:
    """Each row's bound reaches the threshold of the row's own closeness: the certificate, pair by pair."""
    bank, queries = drawn(kind, 200, width, seed), drawn(kind, 20, width, seed + 1)
    closeness = of_all(queries, bank, measure)
    basis = module._components(bank, measure)
    for candidate in [basis.whole(), *(basis.of_width(m) for m in (1, width // 2, width) if m)]:
        screen = Screen(bank, candidate, measure, precision)
        left, shift, squares = screen.left(queries)
        bounds = left @ screen.matrix.T
        for row in range(200):
            assert (bounds[:, row] >= screen.thresholds(closeness[:, row], shift, squares)).all()


def test_company_and_threads_change_nothing() -> None:
    bank, queries = drawn("clusters", 3000, 48, seed=0), drawn("clusters", 300, 48, seed=1)
    whole = Bank(bank).nearest(queries, 9)
    alone = torch.cat([Bank(bank).nearest(query[None], 9).values for query in queries[:20]])
    assert torch.equal(whole.values[:20], alone)
    torch.set_num_threads(2)
    assert torch.equal(Bank(bank).nearest(queries, 9).values, whole.values)


def test_within_roundings_of_float64_and_of_torch() -> None:
    bank, queries = drawn("clusters", 2000, 300, seed=0), drawn("clusters", 50, 300, seed=1)
    values = Bank(bank).nearest(queries, 10).values
    true = torch.from_numpy(np.linalg.norm(queries.double().numpy()[:, None] - bank.double().numpy(), axis=2))
    torch.testing.assert_close(values.double(), true.topk(10, dim=1, largest=False).values, rtol=1e-6, atol=0)
    left = torch.arange(50)
    by_torch = of_pairs(queries, bank, "distance", left, left)
    torch.testing.assert_close(by_torch, of_all(queries, bank, "distance").diagonal()[:50], rtol=1e-6, atol=0)


def test_components_exclude_most_pairs_of_clusters_and_noise_takes_all_coordinates() -> None:
    for kind, narrow in (("clusters", True), ("noise", False)):
        bank = Bank(drawn(kind, 8000, 256, seed=0))
        bank.nearest(drawn(kind, 64, 256, seed=1), 10)
        assert bank._screen is not None
        assert (bank._screen.basis.vectors is not None) == narrow


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf, -torch.inf])
def test_what_is_not_finite_is_refused(wrong: float) -> None:
    bank = drawn("noise", 100, 8, seed=0)
    spoiled = bank.clone()
    spoiled[50, 3] = wrong
    with pytest.raises(ValueError, match="bank have"):
        Bank(spoiled)
    with pytest.raises(ValueError, match="queries have"):
        Bank(bank).nearest(spoiled, 3)


def test_what_does_not_fit_is_refused() -> None:
    bank = drawn("noise", 100, 8, seed=0)
    for k in (0, 101):
        with pytest.raises(ValueError, match=f"k = {k} is not between 1 and the bank's 100 rows"):
            Bank(bank).nearest(bank, k)
    with pytest.raises(ValueError, match="queries of width 7"):
        Bank(bank).nearest(bank[:, :7], 3)
    with pytest.raises(ValueError, match="floating-point"):
        Bank(bank.long())
    with pytest.raises(ValueError, match="floating-point"):
        Bank(bank[0])
