"""What the server imports: pictures are made elsewhere, so that no page brings torch into it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..support.command import Suite

CELLS = (
    ("basins/d50", "kmeans"),
    ("ood/digits", "energy"),
    ("ood/digits-shift", "energy"),
    ("replay/split-digits", "reservoir"),
)
VISIT = """
import sys
from pathlib import Path
import suite.leaderboard
from streamlit.testing.v1 import AppTest
from suite.leaderboard.components import source
from suite.board.artifact import load_board
from suite.settings import load_settings

board = load_board(load_settings(), source.registry())
source.board = lambda: board
app = Path(suite.leaderboard.__file__).with_name("app.py")

def visit(page, **parameters):
    shown = AppTest.from_file(app, default_timeout=120)
    shown.switch_page(f"views/{page}.py")
    for name, value in parameters.items():
        shown.query_params[name] = value
    shown.run()
    assert not shown.exception and not shown.error, (page, parameters)
    return shown

pictures = 0
for entry in board.entries:
    for row in board.table(entry).rows:
        run = visit("run", run=row.runs[0].run)
        pictures += len(run.get("vega_lite_chart")) + len(run.get("arrow_vega_lite_chart"))
        visit("method", method=row.method)
    visit("board", task=entry.task)
    visit("cost", task=entry.task)
    visit("task", id=entry.task)
    visit("matrix", track=entry.track)
    visit("compare", track=entry.track)
print(pictures, "torch" in sys.modules)
"""


@pytest.mark.slow
def test_no_page_brings_torch_into_the_server(suite: Suite, shared_cache: Path) -> None:
    cache = {"SUITE_CACHE": str(shared_cache)}
    chosen = (word for task, method in CELLS for word in ("--task", task, "--method", method))
    suite.printed("run", *chosen, "--seed", "0", process=True, **cache)
    done = subprocess.run([sys.executable, "-c", VISIT], env={**os.environ, **cache}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    pictures, torch = done.stdout.split()[-2:]
    assert int(pictures) >= 7  # every track that makes pictures
    assert torch == "False"
