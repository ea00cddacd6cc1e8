"""The run page, on a real store."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from .conftest import DIRECTIVE, IMG, Open, Store, assert_sound, basin_samples, detector_samples, texts


def specifications(app: AppTest) -> list[dict[str, Any]]:
    charts = [*app.get("vega_lite_chart"), *app.get("arrow_vega_lite_chart")]  # Streamlit's name for it, and its former
    return [json.loads(chart.proto.spec) for chart in charts]


def test_finished_run_shows_scores_provenance_and_samples(page: Open, store: Store) -> None:
    run = store.run("energy", 0, 0.875, detector_samples())
    app = page("run", run=run[:6])
    assert_sound(app)
    assert "done" in app.success[0].value
    assert list(app.dataframe[0].value["value"]) == [0.875]
    assert app.code[0].value == "suite run --method energy"
    assert app.selectbox(key="against").value == "near/x"
    assert "Area 0.625000, exact over 2 and 2 samples" in texts(app)
    made_with = dict(app.dataframe[1].value.itertuples(index=False))
    assert made_with["device"] == "cpu"
    assert made_with["suite"] == '{"version": "0", "commit": "abc"}'
    assert [json.value for json in app.json][-1] == '{"numpy": "2"}'


def test_failed_run_shows_error_and_traceback_as_text(page: Open, store: Store) -> None:
    run = store.run("energy", 0, None)
    app = page("run", run=run)
    assert not app.exception
    assert "failed" in app.error[0].value
    assert app.code[0].value == f"ValueError: {IMG}"
    assert app.code[1].value == "Traceback\n  here"


def test_samples_of_another_kind_show_their_head(page: Open, store: Store) -> None:
    run = store.run("energy", 0, 0.5, pa.table({"step": [1, 2], "loss": [0.5, 0.25]}))
    app = page("run", run=run)
    assert_sound(app)
    assert list(app.dataframe[0].value) == ["step", "loss"]


def test_scores_without_the_reference_subset_show_their_head(page: Open, store: Store) -> None:
    run = store.run("energy", 0, 0.5, pa.table({"subset": ["a", "b"], "score": [0.5, 0.25]}))
    app = page("run", run=run)
    assert_sound(app)
    assert list(app.dataframe[0].value) == ["subset", "score"]


def test_a_task_draws_its_pictures_of_the_chosen_subset(page: Open, store: Store) -> None:
    run = store.run("one-basin", 0, 0.5, basin_samples(), task="basins/d50")
    app = page("run", run=run)
    assert_sound(app)
    assert app.selectbox(key="picture").value == "linear-50/double-well"
    drawn = specifications(app)
    assert [spec["description"].split(".")[0] for spec in drawn] == [
        "3 representatives, 2 basins, 2 found",
        "Estimated risk of each pair of representatives",
        "Exact risk of each pair of representatives",
    ]
    assert "**Estimated risk**" in texts(app)
    assert list(app.dataframe[0].value["found"]) == [0, 0, 1]  # the rows of this subset

    other = f"linear-50/{IMG}"
    for again in (app.selectbox(key="picture").set_value(other).run(), page("run", run=run, picture=other)):
        assert_sound(again)
        assert len(specifications(again)) == 2  # no estimated risk
        assert list(again.dataframe[0].value["found"]) == [0, 1, 1]


def test_a_task_without_pictures_offers_none(page: Open, store: Store) -> None:
    app = page("run", run=store.run("energy", 0, 0.5, detector_samples()))
    assert_sound(app)
    assert [box.key for box in app.selectbox] == ["against"]
    assert len(specifications(app)) == 2
    assert not [each.label for each in app.expander if "rows behind" in each.label]


@pytest.mark.usefixtures("odd_pictures")
@pytest.mark.parametrize("task", ["basins/raises", "basins/wrong"])
def test_broken_pictures_are_said_and_break_nothing(page: Open, store: Store, task: str) -> None:
    app = page("run", run=store.run("one-basin", 0, 0.5, basin_samples(), task=task))
    assert_sound(app)
    assert "has pictures of this run, but they failed" in app.info[0].value
    assert "secret" not in texts(app)
    assert len(app.dataframe[0].value) == 6  # the first rows instead
    assert "How it was made" in texts(app)


@pytest.mark.usefixtures("odd_pictures")
def test_titles_of_pictures_are_text(page: Open, store: Store) -> None:
    app = page("run", run=store.run("one-basin", 0, 0.5, basin_samples(), task="basins/named"))
    assert_sound(app)
    assert len(specifications(app)) == 1
    assert IMG not in texts(app)
    assert DIRECTIVE not in texts(app)


def test_a_task_that_is_not_installed_shows_the_first_rows(page: Open, store: Store) -> None:
    app = page("run", run=store.run("one-basin", 0, 0.5, basin_samples(), task="basins/gone"))
    assert_sound(app)
    assert "picture" not in [box.key for box in app.selectbox]
    assert len(app.dataframe[0].value) == 6


def test_unknown_run_and_no_run_are_said_kindly(page: Open, store: Store) -> None:
    store.close()
    app = page("run", run="nonsense")
    assert_sound(app)
    assert "no run starts with" in app.info[0].value
    assert_sound(page("run"))
