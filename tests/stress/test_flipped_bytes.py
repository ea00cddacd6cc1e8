"""A byte of every kind of file in a home folder is flipped: the table of what becomes of each.

``pytest tests/stress/test_flipped_bytes.py -n 0 -s``. The kinds are found in the home folder, after tasks of every
track that makes artifacts; a kind that nobody has thought of fails.
"""

from __future__ import annotations

from pathlib import Path

from ..support.damage import made, told
from ..support.flipping import PLACES

TASKS = {
    "ood/digits": "msp",
    "ood/digits-severity": "none",
    "basins/d50": "kmeans",
    "replay/split-digits": "random",
    "replay/ddpm": "random",
    "memorization/digits-mlp": "none",
    "memorization/mixtures": "no-filter",
    "memorization/digits-detection": "trajectory-magnitude",
    "learning-rate/digits-si": "constant-rate",
    "quantization/digits-vit": "rtn-minmax",
    "temperature/circle": "fixed-cold",
}


def test_every_kind_is_noticed_or_mended(tmp_path: Path) -> None:
    kinds = told(made(tmp_path / "home", TASKS), PLACES, print)
    assert len(kinds) >= 15
