"""A byte of every kind of file in a home folder is flipped: the table of what becomes of each.

``pytest tests/stress/test_flipped_bytes.py -n 0 -s``. The kinds are found in the home folder, after tasks of every
track that makes artifacts; a kind that nobody has thought of fails.
"""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path

from suite.errors import SuiteError
from suite.store.published import packaged_folders, published_in

from ..support.damage import made, told
from ..support.flipping import PLACES, flipped

TASKS = {
    "ood/digits": "msp",
    "basins/d50": "one-basin",
    "replay/outliers": "random",
    "replay/ddpm": "random",
    "memorization/digits-mlp": "none",
    "memorization/mixtures": "no-filter",
    "learning-rate/ticks": "constant-rate",
}
HEAD_AND_END = PLACES[::4]


def test_every_kind_is_noticed_or_mended(tmp_path: Path) -> None:
    kinds = told(made(tmp_path / "home", TASKS), HEAD_AND_END, partial(print, flush=True))
    assert len(kinds) >= 15


def test_every_file_of_published_results_is_noticed(tmp_path: Path) -> None:
    """But the history, whose texts nothing follows from."""

    def seen() -> str:
        found, refused = published_in([(tmp_path, False)])
        try:
            for each in found:
                each.results.check()
        except SuiteError as error:
            return error.cause
        return " ".join([*refused.values(), *(each.standing.reason for each in found), *(each.stamp for each in found)])

    [folder] = [folder for base in packaged_folders() for folder in base.iterdir() if (folder / "results").is_dir()]
    shutil.copytree(folder, tmp_path / folder.name)
    sound = seen()
    kinds = {re.sub(r"[0-9a-f]{64}", "*", str(path.relative_to(tmp_path))): path for path in tmp_path.rglob("*.*")}
    for kind, path in kinds.items():
        for place in PLACES if path.is_file() and path.name != "history.jsonl" else ():
            with flipped(path, place):
                assert seen() != sound, (kind, place)
    assert len(kinds) == 7
