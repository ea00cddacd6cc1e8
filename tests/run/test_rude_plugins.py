"""Plugins that are loaded and not asked for: what they do when they are imported reaches nobody's cell."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from suite import intact as module
from suite.intact import Parts, intact
from suite.registry import load_registry
from suite.tracks.ood import metrics

RUDE = """
import os, sys, torch, suite
torch.set_default_dtype(torch.float64)
os.environ["OMP_NUM_THREADS"] = "7"
print("good morning")
for name, held in list(sys.modules.items()):
    if name == "suite.run.scoring":
        held.scores_of = lambda task, samples: ()
    if name == "suite.contracts.samples":
        held.Samples.value = lambda self, column: None
{more}
"""
LEAVES = "import os; os._exit(3)"
SEEDS = (0, 1)


@pytest.fixture
def rude(tmp_path: Path) -> tuple[Path, Path]:
    """Two plugin files."""
    first, second = tmp_path / "rude_one.py", tmp_path / "rude_two.py"
    first.write_text(RUDE.format(more=""))
    second.write_text(LEAVES)
    return first, second


def scores(bench) -> dict[tuple[str, int], list[tuple[object, ...]]]:
    """Return the scores of every run, but for what a clock measured."""
    found = {key: [(each.metric, each.value, each.n) for each in run.scores] for key, run in bench.runs().items()}
    return {key: [each for each in of_run if each[0] != "seconds"] for key, of_run in found.items()}


@pytest.mark.parametrize("split", ["auto", pytest.param("always", marks=pytest.mark.slow)])
def test_scores_are_the_same_bit_for_bit_beside_two_rude_plugins(bench, tmp_path, rude, split: str) -> None:
    from bench import Bench

    clean = Bench(tmp_path / "clean")
    clean.home.mkdir()
    tasks = ("temperature/circle",) if split == "always" else ("fast/count",)
    methods = ("fixed-cold",) if split == "always" else ("constant", "twin")
    clean.run(*methods, tasks=tasks, seeds=SEEDS, split=split)
    summary = bench.run(*methods, tasks=tasks, seeds=SEEDS, split=split, plugins=(bench.plugin, *rude))
    assert summary.clean, summary.errors
    assert scores(bench) == scores(clean) != {}
    assert torch.get_default_dtype() == torch.float32


def test_what_a_plugin_does_to_this_process_is_undone_and_recorded(rude, capsys, monkeypatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    from suite.contracts.samples import Samples
    from suite.run import scoring

    before = scoring.scores_of, Samples.value
    registry = load_registry(rude)
    told = {failure.message for failure in registry.failures}
    for what in ("suite.run.scoring.scores_of", "suite.contracts.samples.Samples.value", "OMP_NUM_THREADS", "torch's"):
        assert any(what in message for message in told), what
    assert any("os._exit(3)" in message for message in told)
    assert (scoring.scores_of, Samples.value) == before
    assert "OMP_NUM_THREADS" not in os.environ
    assert "good morning" not in capsys.readouterr().out


def test_a_table_that_was_changed_is_as_before() -> None:
    table = next(value for name, value in vars(metrics).items() if isinstance(value, dict) and not name.startswith("_"))
    key = next(iter(table))
    kept = table[key]
    with intact("a test") as changed:
        table[key] = None
    assert table[key] is kept
    assert len(changed) == 1


def test_a_module_that_one_plugin_imports_is_kept_from_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    parts, late = Parts(), ModuleType("suite.late")
    late.answer = kept = lambda: 1
    late.array = np.zeros(2)  # has no truth
    with intact("one", parts) as changed:
        monkeypatch.setitem(sys.modules, "suite.late", late)
    assert changed == []
    with intact("two", parts) as changed:
        late.answer = lambda: 2
        late.array = np.zeros(2)
    assert late.answer is kept
    assert changed == ["suite.late.answer"]


def test_a_working_directory_and_a_variable_are_as_before(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("A_VARIABLE", "before")
    here = Path.cwd()
    with intact("a test") as changed:
        os.environ["A_VARIABLE"] = "after"
        os.chdir(tmp_path)
    assert (os.environ["A_VARIABLE"], Path.cwd()) == ("before", here)
    assert changed == ["the environment variable A_VARIABLE", "the working directory"]


def test_nothing_is_said_where_nothing_was_changed() -> None:
    with intact("a test") as changed:
        sys.modules["suite"].__dict__.setdefault("_nothing", None)
    assert changed == []


def test_an_import_that_takes_long_is_told(monkeypatch, capsys) -> None:
    import time

    monkeypatch.setattr(module, "LONG", 0.01)
    with intact("the plugin sleepy"):
        time.sleep(0.1)
    assert capsys.readouterr().err == "still importing the plugin sleepy\n"
