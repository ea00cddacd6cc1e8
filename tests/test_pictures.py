"""Pictures in the documentation show what the board shows today."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PIL import Image

from suite.board.files import read_index
from suite.board.ready import READY
from suite.board.shelf import Shelf

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = runpy.run_path(str(DOCS / "pictures.py"))


def test_every_picture_is_taken_by_the_recipe_and_small() -> None:
    assert {path.name for path in DOCS.glob("*.png")} == set(PICTURES["PICTURES"])
    assert max(path.stat().st_size for path in DOCS.glob("*.png")) < 200_000


@pytest.mark.slow  # as the tables of results: both follow the published rows
@pytest.mark.parametrize("name", PICTURES["PICTURES"])
def test_a_picture_shows_the_numbers_of_the_board(name: str) -> None:
    index = read_index(Shelf(READY))
    assert index is not None
    now = PICTURES["numbers"](PICTURES["PICTURES"][name], index)
    with Image.open(DOCS / name) as image:
        assert image.text["Description"] == now, "python docs/pictures.py"
