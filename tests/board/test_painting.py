"""Pictures from a child: the same as made here, and a failure of theirs is nobody else's."""

from __future__ import annotations

import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suite.board.painting import Painting, paint, paint_apart
from suite.files import write_atomic
from suite.hashing import file_digest
from suite.registry import load_registry
from suite.settings import Settings, load_settings
from suite.store.samples import samples_path

PLUGIN = Path(__file__).parent.parent / "assets" / "demo_plugin.py"
MARKS = pa.table({"subset": ["far", "near/one", "near/one", "<b>"], "mark": [1.0, 1.0, 0.0, 1.0]})
SCORED = ("near", "near/one", "far")
BROKEN = """
import sys
print("this is no picture")

class Raising(Marks):
    def pictures(self, subset):
        raise RuntimeError("no picture today")

class Odd(Marks):
    def pictures(self, subset):
        return (Picture("Odd", "", {"value": float("nan")}),)

class Ends(Marks):
    def pictures(self, subset):
        sys.exit(0)

def task(name, kept):
    return type(name, (Plain,), {"id": f"demo/{name}", "samples": kept})

@hookimpl
def suite_register_tasks(register):
    register(Plain)
    for name, kept in (("raising", Raising), ("odd", Odd), ("ends", Ends)):
        register(task(name, kept))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    plugin = tmp_path / "odd_plugin.py"
    plugin.write_text(PLUGIN.read_text() + BROKEN)
    return load_settings(home=tmp_path / "home", plugins=(plugin,))


@pytest.fixture
def digest(settings: Settings) -> str:
    settings.home.mkdir()
    draft = settings.home / "draft.parquet"
    pq.write_table(MARKS, draft)
    kept = samples_path(settings, file_digest(draft))
    write_atomic(kept, lambda temporary: draft.rename(temporary))
    return kept.stem


def test_subsets_are_those_of_scores_and_samples_from_the_first_with_pictures() -> None:
    task = load_registry((PLUGIN,)).tasks["demo/plain"]
    painting = paint(task, MARKS, SCORED)
    assert painting.subsets == ("near/one", "far", "<b>")  # near has no samples, and so no pictures
    assert (painting.subset, painting.pictures[0].description) == ("near/one", "2 marks of near/one")
    assert paint(task, MARKS, SCORED, "<b>").pictures[0].description == "1 marks of <b>"
    assert paint(task, MARKS, SCORED, "far").pictures == ()
    assert paint(task, MARKS, SCORED, "gone").subset == "near/one"
    assert paint(task, MARKS.slice(0, 0), ()) == Painting()


def test_a_child_paints_the_same(settings: Settings, digest: str) -> None:
    task = load_registry((PLUGIN,)).tasks["demo/plain"]
    assert paint_apart(settings, "demo/plain", digest, SCORED, "<b>") == paint(task, MARKS, SCORED, "<b>")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("demo/raising", "no picture today"),
        ("demo/odd", "not JSON compliant"),
        ("demo/ends", "failed"),
        ("demo/gone", "unknown task"),
    ],
)
def test_what_fails_is_logged_and_nothing_is_painted(
    settings: Settings, digest: str, task: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert paint_apart(settings, task, digest, SCORED) is None
    assert said in caplog.text


@pytest.mark.slow
def test_samples_that_are_gone_or_take_too_long_paint_nothing(
    settings: Settings, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paint_apart(settings, "demo/plain", "0" * 64, SCORED) is None
    monkeypatch.setattr("suite.board.painting.SECONDS", 0.01)
    assert paint_apart(settings, "demo/plain", digest, SCORED) is None
