"""A byte of every kind of file in a home folder is flipped, after a small run; tests/stress has more kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..support.damage import made, told


@pytest.mark.slow
def test_every_kind_is_noticed_or_mended(tmp_path: Path) -> None:
    kinds = told(made(tmp_path / "home", {"ood/digits": "msp"}), (0.9,), print)
    assert {"cache/features/*.safetensors", "cache/models/*.json", "cache/fingerprints/*.json"} <= set(kinds)
    assert {"samples/*.parquet", "board/*.json", "board/*.parquet", "board/index.json", "suite.db"} <= set(kinds)
