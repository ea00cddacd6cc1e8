"""Each cell is a run of MLflow's, with its parameters, scores and where it came from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench import Bench

from suite.errors import SuiteError

mlflow = pytest.importorskip("mlflow", reason="needs the extra: pip install 'basin-suite[mlflow]'")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path / "home")
    bench.home.mkdir()
    return bench


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    return uri


def test_cells_are_logged_with_parameters_scores_and_tags(bench: Bench, uri: str) -> None:
    bench.run("constant", "raises", seeds=(0,), executor="inline", listeners=("mlflow",))
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("basin-suite/fast/count")
    logged = {run.data.tags["suite.method"]: run for run in client.search_runs([experiment.experiment_id])}
    assert set(logged) == {"fast/constant", "fast/raises"}
    stored, done, failed = bench.runs()["constant", 0], logged["fast/constant"], logged["fast/raises"]
    assert done.info.status == "FINISHED"
    assert failed.info.status == "FAILED"
    scores = {f"{score.metric} {score.subset}": score.value for score in stored.scores}
    assert scores
    assert scores.items() <= done.data.metrics.items()
    assert {f"cost {name}": value for name, value in stored.cost.items()}.items() <= done.data.metrics.items()
    assert set(done.data.params) == set(stored.cell.parameters)
    told = {"suite.run": stored.id, "suite.protocol": stored.cell.protocol, "suite.seed": "0", "suite.state": "done"}
    assert told.items() <= done.data.tags.items()
    assert failed.data.tags["suite.error"]
    assert done.info.end_time >= done.info.start_time


def test_without_an_address_nothing_runs_and_the_next_command_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(SuiteError, match="MLflow needs an address"):
        bench.run("constant", seeds=(0,), executor="inline", listeners=("mlflow",))
    assert not bench.evaluations()


def test_an_address_that_is_no_store_is_said_before_anything_runs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "no.db").write_text("this is no database, but a file that somebody put there")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'no.db'}")
    with pytest.raises(SuiteError, match="cannot make the listener 'mlflow'"):
        bench.run("constant", seeds=(0,), executor="inline", listeners=("mlflow",))
    assert not bench.evaluations()


@pytest.mark.slow
def test_a_store_that_goes_meanwhile_costs_the_log_and_no_result(
    bench: Bench, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*arguments: object, **options: object) -> None:
        raise ConnectionError("the server is gone")

    monkeypatch.setattr(mlflow.MlflowClient, "create_run", gone)
    assert bench.run("constant", seeds=(0, 1), executor="inline", listeners=("mlflow",)).states == {"done": 2}
