"""Recovery: what a runner finished and did not record is recorded by the next one, once, as it was made."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from bench import on_both
from sqlalchemy import text

from suite.contracts import Score
from suite.hashing import sealed
from suite.registry import load_registry
from suite.run.announce import Announcer
from suite.run.record import ENVIRONMENT_FILE, Recorder
from suite.run.result import RESULT_FILE, SAMPLES_FILE, Result
from suite.store.engine import writer_engine
from suite.store.owner import this_process
from suite.store.rows import CellRow
from suite.store.samples import samples_path
from suite.store.writing import Writer

from ..support.flipping import flipped

DEAD = f"{platform.node()}:1:1.00"  # the first process of this system, but with another start
LIVING = this_process()
FOREIGN = "elsewhere:1:1.00"
RESULT = Result(
    state="done",
    scores=(Score(metric="accuracy", subset="all", value=0.75, n=10),),
    ingredients={"data/numbers": hashlib.sha256(b"").hexdigest()},
)


@pytest.fixture
def constant(bench) -> CellRow:
    """The cell of ``constant`` with seed 0, in a store that knows nothing of it any more."""
    bench.run("constant", seeds=(0,), executor="inline", workers=1)
    cell = bench.runs()["constant", 0].cell
    for table in ("score", "run", "cell"):
        bench.execute(f"DELETE FROM {table}")
    (bench.home / "evaluations.txt").unlink()
    return cell


@pytest.fixture
def left_behind(bench, constant: CellRow) -> Callable[..., tuple[str, Path]]:
    """Leave a run of ``constant`` behind, as a runner does that is gone."""

    def leave(owner: str, result: Result | bytes | None, *, expired: bool = False) -> tuple[str, Path]:
        writer = Writer(bench.settings().database_url)
        writer.owner = owner
        run = writer.claim(constant, ["run"])
        writer.close()
        folder = bench.home / "pending" / run
        folder.mkdir(parents=True)
        if isinstance(result, bytes):
            (folder / RESULT_FILE).write_bytes(result)
        elif result is not None:
            result.write(folder)
        if expired:
            engine = writer_engine(bench.settings().database_url)
            with engine.begin() as connection:
                connection.execute(text("UPDATE run SET lease_until = '2001-01-01 00:00:00'"))
            engine.dispose()
        return run, folder

    return leave


@on_both
def test_a_finished_result_is_recorded_and_not_computed_again(bench, left_behind) -> None:
    run, folder = left_behind(DEAD, RESULT)
    pyarrow.parquet.write_table(pa.table({"answer": [0.75]}), folder / SAMPLES_FILE)
    summary = bench.run("constant", seeds=(0,))
    assert (summary.recovered, summary.done_before, summary.states) == (1, 1, {})
    found = bench.runs()["constant", 0]
    assert (found.id, found.state, found.attempt) == (run, "done", 1)
    assert [(score.value, score.metric_version) for score in found.scores] == [(0.75, "1")]
    assert pyarrow.parquet.read_table(samples_path(bench.settings(), found.samples)).num_rows == 1
    assert bench.evaluations() == {}
    assert not folder.exists()


def test_listeners_hear_of_what_is_recovered(bench, left_behind, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = left_behind(DEAD, RESULT)
    heard = []
    monkeypatch.setattr(Announcer, "cell_ended", lambda self, run, cell, state, result: heard.append((run, state)))
    bench.run("constant", seeds=(0,))
    assert heard == [(run, "done")]


def test_a_failure_is_recovered_too(bench, left_behind) -> None:
    left_behind(DEAD, Result(state="failed", error="RuntimeError: no"))
    summary = bench.run("constant", seeds=(0,))
    assert (summary.recovered, summary.failed_before, summary.states) == (1, 1, {})


def test_a_result_whose_plugin_is_not_loaded_waits_and_stops_nobody(bench, left_behind) -> None:
    """Else a run with ``--plugin`` that was killed would stop every run without it."""
    run, folder = left_behind(DEAD, RESULT)
    writer = Writer(bench.settings().database_url)
    registry, settings = load_registry(), bench.settings()
    recorder = Recorder(writer, registry, settings, Announcer(registry, settings))
    assert recorder.recover(bench.home / "pending") == 0
    assert (folder / RESULT_FILE).exists()
    assert bench.run("constant", seeds=(0,)).recovered == 1
    assert bench.runs()["constant", 0].id == run


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"scores": (Score(metric="charm", subset="all", value=0.5, n=1),)}, "undeclared metric"),
        ({"scores": (*RESULT.scores, *RESULT.scores)}, "two scores"),
        ({"missing": ("all/far",)}, "accuracy all is a mean without all/far, not marked as partial"),
        ({"ingredients": {"data/numbers": "other"}}, "data or weights changed"),
    ],
)
def test_a_recovered_result_is_checked_as_any_other(bench, left_behind, change, reason: str) -> None:
    left_behind(DEAD, RESULT.model_copy(update=change))
    assert bench.run("constant", seeds=(0,)).recovered == 1
    run = bench.runs()["constant", 0]
    assert (run.state, run.scores) == ("invalid", ())
    assert reason in run.error


def test_without_a_result_the_cell_runs_again(bench, left_behind) -> None:
    run, folder = left_behind(DEAD, None)
    summary = bench.run("constant", seeds=(0,))
    assert (summary.recovered, summary.states) == (0, {"done": 1})
    assert (bench.runs()["constant", 0].attempt, bench.runs()["constant", 0].id != run) == (2, True)
    assert not folder.exists()


@pytest.mark.parametrize("torn", [b'{"state": "do', b"", b"\xff\xfe", b'{"state": "perfect"}'])
def test_a_torn_result_is_invalid_and_stops_nobody(bench, left_behind, torn: bytes) -> None:
    left_behind(DEAD, torn)
    summary = bench.run("constant", "twin", seeds=(0,))
    assert (summary.recovered, summary.states) == (1, {"done": 1})
    assert bench.runs()["constant", 0].state == "invalid"
    assert bench.run("constant", seeds=(0,), retry_failed=True).states == {"done": 1}


def test_what_a_living_runner_is_about_to_record_is_left_to_it(bench, left_behind) -> None:
    run, folder = left_behind(LIVING, RESULT)
    summary = bench.run("constant", seeds=(0,))
    assert (summary.recovered, summary.elsewhere, summary.states) == (0, 1, {})
    assert (folder / RESULT_FILE).exists()
    assert bench.runs()["constant", 0].id == run


@pytest.mark.parametrize(
    ("name", "place"), [(RESULT_FILE, 0.5), (RESULT_FILE, 1.0), (SAMPLES_FILE, 0.5), (ENVIRONMENT_FILE, 0.5)]
)
def test_a_finished_result_that_is_damaged_is_made_again(bench, left_behind, name: str, place: float) -> None:
    run, folder = left_behind(DEAD, None)
    pyarrow.parquet.write_table(pa.table({"answer": [0.75]}), folder / SAMPLES_FILE)
    RESULT.write(folder)
    (folder / ENVIRONMENT_FILE).write_text(sealed('{"python": "3"}'))
    with flipped(folder / name, place):
        summary = bench.run("constant", seeds=(0,), executor="inline", workers=1)
        found = bench.runs()["constant", 0]
    if name == ENVIRONMENT_FILE:
        assert (summary.recovered, found.id) == (1, run)
        assert "python" not in (found.environment or {})
    else:
        assert (summary.recovered, summary.states) == (0, {"done": 1})
        assert [score.value for score in found.scores] == [0.5]


def test_another_hosts_result_is_left_to_it_while_its_lease_lasts(bench, left_behind) -> None:
    _, folder = left_behind(FOREIGN, RESULT)
    assert bench.run("constant", seeds=(0,)).recovered == 0
    assert (folder / RESULT_FILE).exists()


@on_both
def test_another_hosts_result_is_recorded_once_its_lease_has_run_out(bench, left_behind) -> None:
    """A container's host name is new each time it starts, while the home folder stays."""
    run, _ = left_behind(FOREIGN, RESULT, expired=True)
    summary = bench.run("constant", seeds=(0,))
    assert (summary.recovered, summary.states) == (1, {})
    assert bench.runs()["constant", 0].id == run


def test_recovering_twice_changes_nothing(bench, left_behind) -> None:
    _, folder = left_behind(DEAD, RESULT)
    bench.run("constant", seeds=(0,))
    before = bench.runs()
    folder.mkdir()
    RESULT.model_copy(update={"scores": ()}).write(folder)  # as if the folder had survived the record
    assert bench.run("constant", seeds=(0,)).recovered == 0
    assert bench.runs() == before
    assert not folder.exists()


def test_folders_of_another_store_are_left_alone(bench, constant: CellRow) -> None:
    folder = bench.home / "pending" / "0123456789abcdef"
    folder.mkdir(parents=True)
    RESULT.write(folder)
    bench.run("constant", seeds=(0,))
    assert (folder / RESULT_FILE).exists()


def test_the_provenance_is_that_of_the_run_and_not_of_the_recovery(bench, left_behind, monkeypatch) -> None:
    run, folder = left_behind(DEAD, RESULT)
    writer = Writer(bench.settings().database_url)
    registry, settings = load_registry((bench.plugin,)), bench.settings()
    recorder = Recorder(writer, registry, settings, Announcer(registry, settings))
    monkeypatch.setattr("suite.run.record.environment", lambda entry: {"suite": {"git": {"commit": "then"}}})
    recorder.begin(writer.runs([run])[run][-1], folder)
    monkeypatch.setattr("suite.run.record.environment", lambda entry: {"suite": {"git": {"commit": "now"}}})
    recorder.recover(bench.home / "pending")
    assert bench.runs()["constant", 0].environment["suite"]["git"]["commit"] == "then"
