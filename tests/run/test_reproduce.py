"""Running recorded cells again: the very same cells, somewhere else, with a verdict that is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bench import Bench, Steps, on_both
from sqlalchemy import text

from suite.cache import Cache
from suite.registry import load_registry
from suite.run.reproduce.again import MADE
from suite.run.reproduce.planned import CannotRepeat, repeated
from suite.run.reproduce.reproduce import chosen, reproduce
from suite.run.reproduce.verdict import FLIPS, MOST, RELATIVE, Verdict, compare
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.store.archive import Archive
from suite.store.engine import writer_engine
from suite.store.reading import Reader
from suite.store.rows import RunRow, ScoreRow


def again(bench: Bench, *prefixes: str, **how: Any) -> list[tuple[RunRow, Verdict]]:
    """Run these runs again in this process, all finished ones if none are named."""
    settings = bench.settings(workers=1)
    reader = Archive(settings)
    try:
        runs = chosen(reader, prefixes, () if prefixes else ("*",), ())
    finally:
        reader.close()
    return reproduce(runs, load_registry(settings.plugins), settings, Steps(), **{"executor": "inline", **how})


def change(bench: Bench, statement: str, **values: Any) -> None:
    engine = writer_engine(bench.settings().database_url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def kept(bench: Bench, run: str) -> list[str]:
    reader = Reader(bench.settings().database_url)
    try:
        return [each.verdict for each in reader.reproductions(run)]
    finally:
        reader.close()


@on_both
def test_an_unchanged_cell_is_equal_and_the_store_keeps_its_runs(bench: Bench) -> None:
    bench.run(
        "twin", "constant", seeds=(0, 3), executor="inline", workers=1, overrides=(("constant", "value", "0.25"),)
    )
    before = bench.runs()
    verdicts = again(bench, by="Ada")
    assert [(run.cell.method, run.cell.seed, each.verdict, each.difference) for run, each in verdicts] == [
        ("fast/constant", 0, "equal", 0.0),
        ("fast/constant", 3, "equal", 0.0),
        ("fast/twin", 0, "equal", 0.0),
        ("fast/twin", 3, "equal", 0.0),
    ]
    assert bench.runs() == before
    reader = Reader(bench.settings().database_url)
    (row,) = reader.reproductions(verdicts[0][0].id)
    reader.close()
    assert (row.verdict, row.reproducer, row.device, row.threads) == ("equal", "Ada", "cpu", verdicts[0][0].threads)
    assert row.environment["python"] == before["constant", 0].environment["python"]
    assert not (bench.home / "pending").exists() or not any((bench.home / "pending").iterdir())


def test_setting_partner_and_parameters_are_those_of_the_record(bench: Bench) -> None:
    settings = bench.settings(workers=1)
    request = Request(
        ("fast/varied",),
        ("paired",),
        (1,),
        settings=(("size", "xxlarge"),),
        overrides=(("paired", "beside", "constant"), ("constant", "value", "0.75"), ("paired", "value", "0.25")),
    )
    assert Runner(load_registry(settings.plugins), settings, Steps(), "inline").run(request).clean
    ((run, verdict),) = again(bench)
    assert [score.value for score in run.scores] == [0.5]
    assert (verdict.verdict, run.cell.setting["size"]) == ("equal", "xxlarge")


def test_another_recorded_score_is_different_and_said(bench: Bench) -> None:
    bench.run("constant", seeds=(0,), executor="inline", workers=1)
    change(bench, "UPDATE score SET value = 0.4")
    ((run, verdict),) = again(bench)
    assert (verdict.verdict, verdict.difference) == ("different", pytest.approx(0.1))
    assert "nothing that may move a score has changed" in verdict.reason
    ((score,),) = [verdict.scores]
    assert (score.metric, score.subset, score.recorded, score.now) == ("accuracy", "all", 0.4, 0.5)
    assert kept(bench, run.id) == ["different"]
    ((_, allowed),) = again(bench, tolerance=0.2)
    assert allowed.verdict == "within tolerance"
    assert kept(bench, run.id) == ["different", "within tolerance"]


def test_what_the_method_says_now_is_compared_through_a_child_process_too(bench: Bench) -> None:
    bench.run("constant", seeds=(0,), executor="inline", workers=1)
    ((_, verdict),) = again(bench, executor="process")
    assert verdict.verdict == "equal"


def test_a_method_that_fails_now_is_different(bench: Bench) -> None:
    (bench.home / "mended").touch()
    bench.run("raises", seeds=(0,), executor="inline", workers=1)
    ((run, verdict),) = again(bench)  # the scratch home has no such file
    assert verdict.verdict == "different"
    assert "the cell ended as failed now: RuntimeError: the method broke" in verdict.reason
    assert kept(bench, run.id) == ["different"]


def test_a_run_without_scores_cannot_be_compared(bench: Bench) -> None:
    bench.run("raises", seeds=(0,), executor="inline", workers=1)
    failed = bench.runs()["raises", 0]
    ((_, verdict),) = again(bench, failed.id[:6])
    assert (verdict.verdict, verdict.reason) == ("cannot", "the run has no scores to compare: its state is failed")


def test_other_data_is_named(bench: Bench) -> None:
    (bench.home / "numbers.txt").write_text("1 2 3")
    bench.run("constant", seeds=(0,), executor="inline", workers=1)
    ((_, verdict),) = again(bench)  # no such file in the scratch home, so an empty one
    assert verdict.verdict == "cannot"
    assert verdict.reason.startswith("data/numbers has the fingerprint e3b0c44298fc, recorded ")
    assert verdict.reason.endswith(MADE)
    assert bench.evaluations() == {"constant 0": 1}


def edited(bench: Bench, tmp_path: Path, old: str, new: str) -> None:
    """Let the bench have the plugin with an edit."""
    source = bench.plugin.read_text()
    assert old in source
    bench.plugin = tmp_path / bench.plugin.name
    bench.plugin.write_text(source.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Succeeds.", "Succeeds!", "the source of the method: now "),
        ('version = "1"\n    card', 'version = "2"\n    card', "the version of the method: now 2, recorded 1"),
        ('version = "1"\n    tier', 'version = "2"\n    tier', "the version of the task: now 2, recorded 1"),
        ('    name = "constant"', '    name = "steady"', "unknown method 'fast/constant'"),
        ('    id = "fast/count"', '    id = "fast/counts"', "unknown task 'fast/count'"),
        ("seconds: float = 0.0", "seconds: float = 0.0\n        more: int = 1", "the parameters: now "),
        ("        value: float = 0.5", "        valeu: float = 0.5", "parameter 'value' of method 'constant'"),
    ],
)
def test_what_is_another_now_is_named(bench: Bench, tmp_path: Path, old: str, new: str, reason: str) -> None:
    bench.run("constant", seeds=(0,), executor="inline", workers=1, overrides=(("constant", "value", "0.25"),))
    edited(bench, tmp_path, old, new)
    ((run, verdict),) = again(bench)
    assert verdict.verdict == "cannot"
    assert reason in verdict.reason
    assert kept(bench, run.id) == ["cannot"]
    assert bench.evaluations() == {"constant 0": 1}


def test_a_task_that_declines_the_method_now_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run("constant", seeds=(0,), executor="inline", workers=1)
    registry = load_registry(bench.settings().plugins)
    monkeypatch.setattr(registry.methods["fast/constant"], "needs", frozenset({"answer"}))
    with pytest.raises(CannotRepeat, match="the task does not run this method any more"):
        repeated(bench.runs()["constant", 0].cell, registry, Cache(bench.settings().cache_folder))


def test_one_bad_run_leaves_the_others_their_verdict(bench: Bench) -> None:
    bench.run("constant", "raises", "twin", seeds=(0,), executor="inline", workers=1)
    verdicts = again(bench, *(run.id for run in bench.runs().values()))
    assert [each.verdict for _, each in verdicts] == ["equal", "cannot", "equal"]


@pytest.fixture
def recorded(bench: Bench) -> RunRow:
    """A finished run, with a score of 1000 samples."""
    bench.run("constant", seeds=(0,), executor="inline", workers=1)
    run = bench.runs()["constant", 0]
    return replace(run, scores=(ScoreRow("accuracy", "1", "all", 0.5, 1000, False),))


@pytest.fixture
def judged(bench: Bench, recorded: RunRow) -> Callable[..., Verdict]:
    """Compares the run with one that has other scores and surroundings."""
    task = load_registry(bench.settings().plugins).tasks["fast/count"]()

    def compared(value: float | None, n: int = 1000, **changed: Any) -> Verdict:
        scores = () if value is None else (ScoreRow("accuracy", "1", "all", value, n, False),)
        environment = {**(recorded.environment or {}), **changed.pop("environment", {})}
        return compare(recorded, replace(recorded, scores=scores, environment=environment, **changed), task)

    return compared


def test_the_last_bit_counts_where_nothing_has_changed(judged: Callable[..., Verdict]) -> None:
    assert judged(0.5).verdict == "equal"
    assert judged(0.5 + 2**-53).verdict == "different"
    assert judged(0.5 + 2**-53, environment={"machine": {"host": "elsewhere"}}).verdict != "equal"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"threads": 7}, "threads"),
        ({"device": "cuda"}, "device"),
        ({"environment": {"python": "3.99"}}, "python"),
        ({"environment": {"packages": {"torch": "99"}}}, "package torch"),
        ({"environment": {"machine": {"cpu": "another"}}}, "processor"),
        ({"environment": {"machine": {"instructions": "x86_64 sse4_2"}}}, "instructions"),
        ({"environment": {"hardware": {"gpu": "H200"}}}, "hardware gpu"),
    ],
)
def test_a_change_allows_the_flips_of_few_samples_and_no_more(
    judged: Callable[..., Verdict], changed: dict[str, Any], name: str
) -> None:
    near, far = judged(0.5 + FLIPS / 1000 - 1e-9, **changed), judged(0.5 + (FLIPS + 1) / 1000, **changed)
    assert (near.verdict, far.verdict) == ("within tolerance", "different")
    assert name in near.changed
    assert "allowed, because of" in near.reason
    assert judged(0.5 + FLIPS / 1000 - 1e-9, **changed, n=10**9).verdict == "within tolerance", "the smaller n counts"


def test_what_earlier_runs_do_not_tell_excuses_nothing(judged: Callable[..., Verdict], recorded: RunRow) -> None:
    assert recorded.environment is not None
    machine = {name: value for name, value in recorded.environment["machine"].items() if name != "instructions"}
    verdict = judged(0.5 + 2**-53, environment={"machine": machine})
    assert (verdict.verdict, verdict.changed) == ("different", {})


def test_what_computes_is_named_before_other_packages(judged: Callable[..., Verdict]) -> None:
    verdict = judged(0.5 + 1 / 1000, environment={"packages": {"Aardvark": "1", "torch": "99"}})
    assert list(verdict.changed)[:2] == ["package torch", "package numpy"]
    assert "because of package torch, package numpy" in verdict.reason


def test_few_samples_allow_no_flip_at_all(judged: Callable[..., Verdict]) -> None:
    assert judged(0.5 + 1 / 20, n=20, threads=7).verdict == "different"
    assert judged(0.5 + MOST / 2, n=20, threads=7).verdict == "within tolerance"


def test_an_amount_may_move_by_a_part_of_its_size(
    bench: Bench, recorded: RunRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = load_registry(bench.settings().plugins).tasks["fast/count"]()
    metric = task.metrics[0].model_copy(update={"unit": "dB", "bounds": (None, None)})
    monkeypatch.setattr(type(task), "metrics", (metric,))
    for factor, verdict in ((1 + 0.9 * RELATIVE, "within tolerance"), (1 + 1.1 * RELATIVE, "different")):
        scores = (replace(recorded.scores[0], value=0.5 * factor),)
        assert compare(recorded, replace(recorded, scores=scores, threads=7), task).verdict == verdict


@pytest.mark.parametrize("code", ["suite", "plugin"])
def test_other_code_of_the_suite_or_the_plugin_excuses_nothing(judged: Callable[..., Verdict], code: str) -> None:
    verdict = judged(
        0.5 + 2**-53, environment={code: {"distribution": code, "version": "9", "git": {"commit": "c" * 40}}}
    )
    assert verdict.verdict == "different"
    assert verdict.changed[code][1] == f"{code} 9 at cccccccccccc"


def test_a_score_that_is_gone_is_different_whatever_changed(judged: Callable[..., Verdict]) -> None:
    verdict = judged(None, threads=7)
    assert (verdict.verdict, verdict.difference) == ("different", None)
    assert verdict.scores[0].now is None


def test_a_second_of_a_clock_is_not_compared(bench: Bench, recorded: RunRow, monkeypatch: pytest.MonkeyPatch) -> None:
    task = load_registry(bench.settings().plugins).tasks["fast/count"]()
    metric = task.metrics[0].model_copy(update={"unit": "s", "bounds": (0, None)})
    monkeypatch.setattr(type(task), "metrics", (metric,))
    verdict = compare(recorded, replace(recorded, scores=(replace(recorded.scores[0], value=0.7),)), task)
    assert (verdict.verdict, verdict.clocks) == ("cannot", ("accuracy",)), "nothing else was left to compare"


def test_the_identity_plans_back_to_the_very_same_cell(bench: Bench) -> None:
    bench.run("constant", seeds=(5,), executor="inline", workers=1, overrides=(("constant", "value", "0.125"),))
    cell = bench.runs()["constant", 5].cell
    made = repeated(cell, load_registry(bench.settings().plugins), Cache(bench.settings().cache_folder))
    assert made.method.parameters == json.loads(cell.identity)["parameters"] == {"value": 0.125, "seconds": 0.0}
