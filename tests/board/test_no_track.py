"""The core and the leaderboard know no track: not by import, which import-linter holds, and not by word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import suite
from suite.registry import load_registry

ROOT = Path(suite.__file__).resolve().parent.parent
CORE = ("run", "store", "stats", "board", "export", "scaffold", "reference", "cli")
FOLDERS = (*(f"suite/{name}" for name in CORE), "leaderboard")
FILES = sorted({*(ROOT / "suite").glob("*.py"), *(path for each in FOLDERS for path in (ROOT / each).rglob("*.py"))})
EXAMPLES = (
    "basins of attraction",
    "'ood/*'",
    "ood/digits",
    "energy or ood/energy",
    "suite run --method energy --set energy.temperature=2",
    "knn or 'knn (k=7)'",
    "precision=W8A8",
    '{"precision": ["W4A4", "W8A8"]}',
    '{"knn.k": 7, "mir.update": "ring"}',
    "ring(size=3)",
    "trajectory-mean-ward",
    "columns: {near: auroc near, far: auroc far}",
    "-m 'oodkit/*'",
)
"""What help texts and docstrings show; nothing follows from it."""
ENGLISH = {
    *(
        "all",
        "class",
        "classes",
        "counted",
        "digits",
        "even",
        "grid",
        "id",
        "mean",
        "mixed",
        "none",
        "random",
        "scale",
        "seconds",
        "size",
        "test",
    ),
    *("circle", "domain", "shape", "style", "ticks"),  # of charts and pages
    "rate",  # of false discoveries, and of errors
    *("claimed", "kept", "lead", "level"),
}
"""Names of tracks' parts that are words of every program, too."""


def words() -> list[str]:
    """Return the names of the built-in tracks, tasks, axes and their values, subsets, metrics and methods."""
    registry = load_registry()
    tasks = [entry.value for entry in registry.tasks]
    names = {name for entry in (*registry.tracks, *registry.tasks, *registry.methods) for name in entry.name.split("/")}
    names |= {part for task in tasks for subset in task.subsets for part in subset.split("/")}
    names |= {metric.name for task in tasks for metric in task.metrics}
    names |= {name for task in tasks for axis in task.axes for name in (axis.name, *axis.values)}
    return sorted(name for name in names - ENGLISH if not name.isdigit())  # numbers are values of axes


def test_there_are_words_to_look_for() -> None:
    assert {"ood", "auroc", "fpr95", "near", "csid", "precision", "W4A4", "quantization"} <= set(words())
    assert len(FILES) > 60


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_part_of_a_track(file: Path, known: re.Pattern[str]) -> None:
    text = file.read_text()
    for example in EXAMPLES:
        text = text.replace(example, "")
    assert [line for line in text.splitlines() if known.search(line)] == []


@pytest.fixture(scope="module")
def known() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, words()))})(?![\w-])")
