"""A byte of every kind of file in a home folder is flipped: the table of what becomes of each.

``pytest tests/stress/test_flipped_bytes.py -n 0 -s``. The kinds are found in the home folder, after tasks of every
track that makes artifacts; a kind that nobody has thought of fails.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import Counter
from functools import partial
from pathlib import Path

from suite.errors import SuiteError
from suite.store.published import packaged_folders, published_in

from ..support.damage import content, made, store_verdict, told
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
FLIPS = int(os.environ.get("SUITE_TEST_FLIPS", "200"))


def test_every_kind_is_noticed_or_mended(tmp_path: Path) -> None:
    kinds = told(made(tmp_path / "home", TASKS), HEAD_AND_END, partial(print, flush=True))
    assert len(kinds) >= 15


def test_every_bit_of_a_store_is_noticed_or_of_no_matter(tmp_path: Path) -> None:
    """SUITE_TEST_FLIPS of them, anywhere in the file, one at a time."""
    settings = made(tmp_path / "home", {task: TASKS[task] for task in ("ood/digits", "basins/d50")}).settings
    file, draw, found = settings.store_file, random.Random(20), Counter[str]()
    before = content(file)
    for _ in range(FLIPS):
        with flipped(file, draw.random(), 1 << draw.randrange(8)):
            found[store_verdict(settings, before)] += 1
    print(f"\n{FLIPS} bits of {file.stat().st_size} bytes: {dict(found)}")
    assert found["noticed: suite doctor"] > FLIPS / 10


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
