"""Samples: a file whose content is not what its name says counts as gone, and is said."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suite.settings import Settings, load_settings
from suite.store.samples import keep_samples, read_table, samples_path

from ..support.flipping import PLACES, flipped


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path / "home")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    pq.write_table(pa.table({"answer": [0.25, 0.5, 0.75] * 20}), tmp_path / "draft.parquet")
    return tmp_path / "draft.parquet"


@pytest.mark.parametrize("place", PLACES)
def test_a_damaged_file_counts_as_gone_and_is_put_in_place_again(
    settings: Settings, draft: Path, place: float, caplog: pytest.LogCaptureFixture
) -> None:
    digest = keep_samples(settings, draft)
    assert read_table(settings, digest) == pq.read_table(draft)
    assert not caplog.messages
    with flipped(samples_path(settings, digest), place):
        assert read_table(settings, digest) is None
        assert "are damaged, and count as gone" in caplog.text
        assert keep_samples(settings, draft) == digest
        assert read_table(settings, digest) == pq.read_table(draft)


def test_a_file_that_is_gone_is_no_news(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    assert read_table(settings, "0" * 64) is None
    assert read_table(settings, None) is None
    assert not caplog.messages
