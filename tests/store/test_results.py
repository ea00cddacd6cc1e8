"""A folder of results gives back what was written, and refuses whatever no suite writes, with one error."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suite.errors import SuiteError
from suite.hashing import file_digest
from suite.store.reading import Reader
from suite.store.results.layout import MANIFEST, RUNS, SCORES
from suite.store.results.pressing import press
from suite.store.results.public import public
from suite.store.results.reading import open_results, read_results
from suite.store.results.results import Results
from suite.store.results.writing import Written, write_results
from suite.store.stored import parsed

from .exchange import Shop, cell

JSON = ("cost", "facts", "tuning", "missing", "ingredients", "setting", "parameters", "isolation")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a store with three finished runs, one without samples, and a failed one; no test changes it."""
    shop = Shop(tmp_path_factory.mktemp("shop") / "home")
    for seed, value in enumerate((0.25, 0.5)):
        shop.run(cell(seed), value)
    shop.run(cell(2), 0.75, samples=False)
    shop.run(cell(3, "fast/broken"), state="failed")
    return shop


@pytest.fixture(scope="module")
def written(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of that store, which no test changes."""
    folder = tmp_path_factory.mktemp("written") / "results"
    packed(shop, folder)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """Return a copy of them."""
    return shutil.copytree(written, tmp_path / "results")


def packed(shop: Shop, folder: Path, **how: Any) -> Written:
    return write_results(shop.runs(), shop.settings, folder, version="0.1.0", by="Ada", **how)


def test_what_was_written_is_read(shop: Shop, folder: Path) -> None:
    results = read_results(folder)
    assert (results.manifest.by, results.manifest.tasks) == ("Ada", {"fast/count": 4})
    read = sorted((results.row(run) for run in results.runs), key=lambda row: row.cell.seed)
    assert read == shop.runs()
    assert [results.table(row.samples) is None for row in read] == [False, False, True, True]
    done = [results.complete(run) for run in results.runs if run.state == "done"]
    assert [len(run.scores) for run in done] == [1, 1, 1]


def test_columns_are_those_of_a_store(shop: Shop, folder: Path) -> None:
    reader = Reader(shop.settings.database_url)
    runs, scores = reader.columns(["fast/count"])
    results = open_results(folder)
    mine = {run.id: run for run in results.stored(["fast/count"], as_text=True)}
    for run in runs:
        for name, here, there in zip(run._fields, run, mine[run.id], strict=True):
            assert (parsed(here), parsed(there)) == (parsed(there),) * 2 if name in JSON else here == there, name
    recorded = results.scores.recorded.scores(run.id for run in runs if run.state == "done")
    assert recorded.columns == scores.columns
    for run in scores.rows:
        assert recorded.values[recorded.rows[run]] == scores.values[scores.rows[run]]
    assert results.scores.written(runs[0].id) == reader.recorded(runs[0].id)
    reader.close()


def test_samples_of_chosen_runs(shop: Shop, tmp_path: Path) -> None:
    first = next(run for run in shop.runs() if run.samples)
    made = packed(shop, tmp_path / "some", samples={first.id})
    assert (made.samples, made.without) == (1, 1)
    assert packed(shop, tmp_path / "none", samples=False).samples == 0
    assert set(read_results(tmp_path / "some").samples) == {first.samples}


def test_a_folder_that_is_there_is_left_alone(shop: Shop, folder: Path) -> None:
    with pytest.raises(SuiteError, match="results exists"):
        packed(shop, folder)
    assert read_results(folder).runs


def test_nothing_is_left_of_a_folder_that_fails(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "home")
    shop.run(cell(0), 0.25)
    (file,) = (shop.settings.home / "samples").rglob("*.parquet")
    file.write_bytes(b"torn")
    with pytest.raises(SuiteError, match="is damaged"):
        packed(shop, tmp_path / "results")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_pressed_samples_are_the_same_table_in_another_file(tmp_path: Path) -> None:
    scores = np.random.default_rng(0).normal(size=5000).astype(np.float32).astype(np.float64)
    table = pa.table({"subset": ["id"] * 5000, "row": np.arange(5000), "score": scores, "part": [[1.0]] * 5000})
    pq.write_table(table, tmp_path / "plain.parquet")
    press(tmp_path / "plain.parquet", tmp_path / "pressed.parquet")
    assert pq.ParquetFile(tmp_path / "pressed.parquet").read().equals(table)
    sizes = [(tmp_path / f"{name}.parquet").stat().st_size for name in ("pressed", "plain")]
    assert sizes[0] < 0.6 * sizes[1]


def test_what_is_published_tells_no_host_and_no_path(shop: Shop) -> None:
    run = next(run for run in shop.runs() if run.state == "failed")
    environment = {
        "machine": {"host": "ada-laptop", "cpu": "Abacus 9"},
        "suite": {"version": "1", "git": {"origin": "/home/ada/suite", "commit": "abc1234"}},
        "plugin": {"git": {"origin": "https://example.org/plugin", "commit": "abc1234"}},
    }
    told = replace(
        run, environment=environment, error="no file /home/ada/x.npz for ood/cifar10", command=["run", "/a/b"]
    )
    shown = public(told)
    assert shown.environment == {
        "machine": {"cpu": "Abacus 9"},
        "suite": {"version": "1", "git": {"commit": "abc1234"}},
        "plugin": environment["plugin"],
    }
    assert (shown.owner, shown.traceback, shown.command) == ("", None, ["run", "…"])
    assert shown.error == "no file … for ood/cifar10"
    assert (shown.cell, shown.scores, shown.state) == (run.cell, run.scores, run.state)


def changed(folder: Path, name: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change the rows of a table; the manifest's hash is made to fit."""
    table = pq.read_table(folder / name)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, table.schema), folder / name, store_schema=False)
    fitted(folder)


def fitted(folder: Path, **said: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text()) | said
    manifest["files"] = {
        str(path.relative_to(folder)): file_digest(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    (folder / MANIFEST).write_text(json.dumps(manifest))


def score(**values: Any) -> Callable[[Path], None]:
    return lambda folder: changed(folder, SCORES, lambda rows: rows[0].update(values))


def of_run(**values: Any) -> Callable[[Path], None]:
    return lambda folder: changed(folder, RUNS, lambda rows: rows[0].update(values))


def linked(folder: Path) -> None:
    (folder / RUNS).rename(folder.parent / "runs.parquet")
    (folder / RUNS).symlink_to(folder.parent / "runs.parquet")


def other_samples(folder: Path) -> None:
    first = next((folder / "samples").iterdir())
    pq.write_table(pa.table({"answer": [9.0]}), first)
    fitted(folder)


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), "manifest.json is missing"),
    "a manifest that is no JSON": (lambda folder: (folder / MANIFEST).write_text("{"), "it is damaged"),
    "a newer format": (lambda folder: fitted(folder, format=2), "This version of basin-suite knows only 1"),
    "an unknown field": (lambda folder: fitted(folder, colour="red"), "colour"),
    "a file too many": (lambda folder: (folder / "notes.txt").write_text("hello"), "notes.txt"),
    "a file too few": (lambda folder: (folder / RUNS).unlink(), "runs.parquet"),
    "a folder too many": (lambda folder: (folder / "more").mkdir(), "'more' is not a file of results"),
    "a link": (linked, "'runs.parquet' is not a file of results"),
    "a name that leads out": (
        lambda folder: (folder / MANIFEST).write_text((folder / MANIFEST).read_text().replace(RUNS, "../runs.parquet")),
        "files",
    ),
    "another file than the manifest says": (
        lambda folder: (folder / RUNS).write_bytes((folder / RUNS).read_bytes() + b" "),
        "its sha256 differs",
    ),
    "no Parquet table": (lambda folder: ((folder / RUNS).write_bytes(b"PAR1"), fitted(folder)), "not a Parquet table"),
    "other columns": (
        lambda folder: (pq.write_table(pa.table({"id": ["x"]}), folder / RUNS), fitted(folder)),
        "other columns",
    ),
    "other samples": (other_samples, "does not fit its name"),
    "another identity": (of_run(identity="{}"), "id does not fit the hash of its identity"),
    "a seed that is not the identity's": (of_run(seed=9), "another seed"),
    "a state that is none": (of_run(state="perfect"), "state"),
    "a time to come": (of_run(ended=datetime(2999, 1, 1)), "future"),
    "an environment that is not there": (of_run(environment="0" * 64), "the environment of run"),
    "a text that no database holds": (of_run(owner="a\0b"), "NUL"),
    "an empty place": (of_run(method=None), "an empty method"),
    "an id that is a path": (of_run(id="../../x"), "id"),
    "more runs than it says": (
        lambda folder: fitted(folder, tasks={"fast/count": 9}),
        "its runs do not fit the manifest",
    ),
    "a score that is not finite": (score(value=float("nan")), "NaN or infinite"),
    "an endless score": (score(value=float("inf")), "NaN or infinite"),
    "a score of nobody": (score(run="0" * 32), "not a finished run"),
    "a score of another metric": (score(metric="elegance"), "has no metric elegance@1"),
    "a metric that is no name": (score(metric="<b>"), "not the name of a metric"),
    "a score of no sample": (score(n=0), "has no sample"),
    "an interval without an end": (score(low=0.1), "high"),
    "a subset without an end": (score(subset="x" * 101), "too long"),
    "a mean without a part": (
        lambda folder: changed(folder, RUNS, lambda rows: [row.update(missing='["all/far"]') for row in rows]),
        "all is a mean without all/far, not marked as partial",
    ),
    "one score twice": (
        lambda folder: changed(folder, SCORES, lambda rows: rows.append(dict(rows[0]))),
        "one run has two",
    ),
    "one run twice": (lambda folder: changed(folder, RUNS, lambda rows: rows.append(dict(rows[0]))), "one run twice"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_is_refused(folder: Path, wrong: str) -> None:
    change, cause = WRONG[wrong]
    change(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(SuiteError, match="are refused") as caught:
        read_results(folder)
    assert cause in caught.value.cause
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_one_error_or_none(folder: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Bytes that were changed anywhere, with hashes that fit, give results or one SuiteError."""
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    file = copy / data.draw(st.sampled_from([RUNS, SCORES, "environments.jsonl", MANIFEST]))
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(bytes(content))
    if file.name != MANIFEST:
        fitted(copy)
    with suppress(SuiteError):
        assert isinstance(read_results(copy), Results)
