"""Small stand-ins for hub data sets, written as the mirror holds them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image


def _write(path: Path, images: np.ndarray, labels: np.ndarray, columns: tuple[str, str | None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image, label = columns
    table = {image: [{"bytes": _encoded(each), "path": None} for each in images]}
    pq.write_table(pa.table(table if label is None else {**table, label: labels}), path)


def _encoded(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def write_images() -> Callable[..., None]:
    """Return a function that writes images and labels to a Parquet file with these columns."""
    return _write
