"""The audit of a store: what follows from something else is held against it."""

from __future__ import annotations

import hashlib

import pytest
from bench import Bench
from sqlalchemy import text

from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.audit import contradictions
from suite.store.engine import writer_engine
from suite.store.pages import check_pages
from suite.store.samples import samples_path

from ..support.flipping import flipped


@pytest.fixture
def found(bench: Bench):
    """Run two cells, change the store by an SQL statement, and return what contradicts itself, by method."""
    bench.run("constant", "twin", tasks=("fast/varied",), seeds=(0,), executor="inline", workers=1)
    registry = load_registry((bench.plugin,))

    def ask(change: str = "") -> dict[str, str]:
        engine = writer_engine(bench.settings().database_url)
        if change:
            with engine.begin() as connection:
                assert connection.execute(text(change)).rowcount
        engine.dispose()
        return {run.cell.method: why for run, why in contradictions(bench.settings(), registry)}

    return ask


def test_an_untouched_store_contradicts_nothing(found) -> None:
    assert found() == {}


CONSTANT = "WHERE method = 'fast/constant'"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            "UPDATE score SET value = value + 0.001 WHERE run IN"
            f" (SELECT run.id FROM run JOIN cell ON cell = cell.id {CONSTANT})",
            "its scores are not those of its samples: accuracy all",
        ),
        (
            f"UPDATE cell SET identity = replace(identity, '0.5', '0.4') {CONSTANT}",
            "id is not the hash of its identity",
        ),
        (f"UPDATE cell SET seed = 3 {CONSTANT}", "disagree on seed"),
        (f"UPDATE cell SET task_version = '2' {CONSTANT}", "disagree on task_version"),
        (f"UPDATE cell SET parameters = replace(parameters, '0.5', '0.4') {CONSTANT}", "disagree on value"),
    ],
)
def test_what_was_changed_is_found(found, change: str, why: str) -> None:
    said = found(change)
    assert list(said) == ["fast/constant"]
    assert why in said["fast/constant"]


def test_samples_that_are_damaged_are_found_and_those_that_are_gone_are_not_missed(found, bench: Bench) -> None:
    [run] = [run for run in bench.all_runs() if run.cell.method == "fast/constant"]
    path = samples_path(bench.settings(), run.samples)
    with flipped(path, 0.5):
        assert "its samples are damaged" in found()["fast/constant"]
    path.unlink()
    assert found() == {}


def test_pages_that_are_damaged_are_found(found, bench: Bench) -> None:
    url, file = bench.settings().database_url, bench.settings().store_file
    check_pages(url)
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 3 + 64] = b"\xff" * 64
    file.write_bytes(content)
    with pytest.raises(SuiteError, match="the store is damaged"):
        check_pages(url)


def test_a_task_that_cannot_make_scores_of_its_samples_stops_nothing(
    found, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found()
    monkeypatch.setattr("suite.run.audit.scores_of", lambda *_: {}["gone"])
    said = found()
    assert set(said) == {"fast/constant", "fast/twin"}
    assert set(said.values()) == {"its scores cannot be computed from its samples: KeyError: 'gone'"}


def test_an_identity_that_lacks_a_part_contradicts_its_cell(found, bench: Bench) -> None:
    found()
    document = '{"seed": 0}'
    named = hashlib.sha256(document.encode()).hexdigest()
    engine = writer_engine(bench.settings().database_url, foreign_keys=False)
    with engine.begin() as connection:
        [[old]] = connection.execute(text(f"SELECT id FROM cell {CONSTANT}")).all()
        connection.execute(text("UPDATE run SET cell = :new WHERE cell = :old"), {"new": named, "old": old})
        changed = text("UPDATE cell SET id = :new, identity = :document WHERE id = :old")
        connection.execute(changed, {"new": named, "old": old, "document": document})
    engine.dispose()
    assert "disagree on task, task_version, method, method_version" in found()["fast/constant"]
