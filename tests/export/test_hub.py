"""Results for the hub are what its own library reads, and say in words what its format has no field for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from suite.board.board import Board, board_of
from suite.board.model import Track
from suite.errors import SuiteError
from suite.export.hub import export_results

from .conftest import MARKUP, TURNED, VARIED, files

DATASET = "somebody/basin-suite"
hub = pytest.importorskip("huggingface_hub", minversion="1.4", reason="older ones read no results")


@pytest.fixture
def written(board: Board, tmp_path: Path) -> dict[str, bytes]:
    count = export_results(board, tmp_path / "out", DATASET)
    found = files(tmp_path / "out")
    assert count == len(found) - 2  # eval.yaml and the manifest
    return found


def test_the_hubs_library_reads_every_file(written: dict[str, bytes], board: Board) -> None:
    tasks = {task["id"] for task in yaml.safe_load(written["eval.yaml"])["tasks"]}
    assert len(tasks) == len(board.entries)
    read = 0
    for path, content in written.items():
        if ".eval_results" not in path:
            continue
        (entry,) = hub.parse_eval_result_entries(yaml.safe_load(content))
        assert entry.dataset_id == DATASET
        assert entry.task_id in tasks
        assert path.endswith(f"/.eval_results/{entry.task_id}.yaml")
        read += 1
    assert read >= 7


def test_a_result_says_its_interval_its_rank_and_whether_it_ties(written: dict[str, bytes], board: Board) -> None:
    content = written["methods/demo/alpha/.eval_results/demo-varied-fine-few.yaml"]
    (entry,) = hub.parse_eval_result_entries(yaml.safe_load(content))
    table = board.of_task(VARIED)[0]
    assert entry.value == pytest.approx(90.4)
    assert entry.date == f"{table.ended}+00:00"
    value = table.rows[0].value(table.primary)
    assert value is not None
    assert f"95 % interval {100 * (value.low or 0):.2f} to {100 * (value.high or 0):.2f}" in (entry.notes or "")
    assert "rank 1 (1–2); not told apart from the best" in (entry.notes or "")


def test_what_tracks_ask_passes_the_gate(board: Board, tmp_path: Path) -> None:
    track = Track(name="demo", title="Demo", question=f"What {TURNED}?")
    export_results(board_of([board.of_task(VARIED)[0]], [track]), tmp_path / "out", DATASET)
    described = yaml.safe_load((tmp_path / "out" / "eval.yaml").read_bytes())["description"]
    assert described == "Demo: What leftright?"


def test_two_exports_are_identical(board: Board, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_results(board, tmp_path / name, DATASET)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_names_become_folders_of_any_system(written: dict[str, bytes]) -> None:
    assert not any(sign in path for path in written for sign in '<>:"|?*\\')
    assert len({path.lower() for path in written}) == len(written)
    assert any("img_src" in path for path in written)
    assert not any(MARKUP in path for path in written)


@pytest.mark.parametrize("name", ["", "basin-suite", "a/b/c", "../x", "a/b\n"])
def test_a_name_that_is_no_data_set_is_refused(board: Board, tmp_path: Path, name: str) -> None:
    with pytest.raises(SuiteError, match="is not the name of a data set on the hub"):
        export_results(board, tmp_path / "out", name)
    assert not (tmp_path / "out").exists()
