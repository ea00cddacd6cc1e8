"""A cell whose method runs in a container has the score that it has without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Bench

from suite.contracts import Resources
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.executors.process import ProcessExecutor
from suite.run.split.confinement import container
from suite.run.split.plan import plan_split
from suite.settings import Settings
from suite.store.rows import CellRow, RunRow


def run(folder: Path, resources: Resources, **how: object) -> RunRow:
    bench = Bench(folder)
    bench.home.mkdir()
    given = {"cache": resources.settings.cache_folder, "hub": False, "workers": 1, "plugins": (), "split": "always"}
    bench.run("ood/msp", tasks=("ood/digits",), seeds=(0,), **{**given, **how})
    return bench.runs()["ood/msp", 0]


@pytest.mark.slow
def test_a_container_changes_no_score(tmp_path: Path, resources: Resources) -> None:
    engine = container.find_engine()
    if engine is None:
        pytest.skip("podman and docker cannot start a container here")
    contained = run(tmp_path / "contained", resources, container=True)
    assert (contained.state, contained.error) == ("done", None)
    assert contained.isolation is not None
    assert contained.isolation["container"] == engine.name
    beside = run(tmp_path / "beside", resources)
    assert beside.isolation is not None
    assert beside.isolation["container"] is None
    scores = [
        {score.subset: score.value for score in each.scores if score.metric == "auroc"} for each in (contained, beside)
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1e-9)


def test_without_an_engine_no_cell_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "find_engine", lambda: None)
    cell = CellRow("id", "{}", "protocol", "ood/digits", "2", "ood/msp", "1", {}, {}, 0)
    settings = Settings(split="always", container=True)
    with pytest.raises(SuiteError, match="podman and docker cannot start"):
        plan_split(load_registry(), settings, ProcessExecutor, cell)
