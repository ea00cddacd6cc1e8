"""The run page, on a real store."""

from __future__ import annotations

import pyarrow as pa
import pytest

from .conftest import DIRECTIVE, IMG, Open, Store, assert_sound, marks, specifications, texts


def test_finished_run_shows_scores_provenance_and_setting(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.875, task="demo/varied", setting={"precision": "coarse", "amount": "few"})
    app = page("run", run=run[:6])
    assert_sound(app)
    assert "done" in app.success[0].value
    assert r"(precision\=coarse\, amount\=few)" in app.success[0].value
    assert list(app.dataframe[0].value["value"]) == [0.875]
    assert app.code[0].value == "suite run --method alpha"
    made_with = dict(app.dataframe[1].value.itertuples(index=False))
    assert made_with["device"] == "cpu"
    assert made_with["suite"] == '{"version": "0", "commit": "abc"}'
    assert [json.value for json in app.json][-1] == '{"numpy": "2"}'


def test_failed_run_shows_error_and_traceback_as_text(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, None)
    app = page("run", run=run)
    assert not app.exception
    assert "failed" in app.error[0].value
    assert app.code[0].value == f"ValueError: {IMG}"
    assert app.code[1].value == "Traceback\n  here"


def test_samples_of_which_there_are_no_pictures_show_their_head(page: Open, store: Store) -> None:
    samples = pa.table({"subset": ["far"] * 30, "mark": [0.5] * 30})
    app = page("run", run=store.run("alpha", 0, 0.5, samples))
    assert_sound(app)
    assert list(app.dataframe[0].value) == ["subset", "mark"]
    assert len(app.dataframe[0].value) == 20
    assert "picture" not in [box.key for box in app.selectbox]


def test_samples_draw_their_pictures_of_the_chosen_subset(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.5, marks())
    app = page("run", run=run)
    assert_sound(app)
    assert app.selectbox(key="picture").value == "near/one"
    assert [spec["description"] for spec in specifications(app)] == ["2 marks of near/one"]
    assert "**Marks**" in texts(app)
    assert list(app.dataframe[0].value["mark"]) == [1, 0]  # the rows of this subset
    assert [each.label for each in app.expander if "rows behind" in each.label]

    for again in (app.selectbox(key="picture").set_value(IMG).run(), page("run", run=run, picture=IMG)):
        assert_sound(again)
        assert len(specifications(again)) == 1
        assert list(again.dataframe[0].value["mark"]) == [1]


@pytest.mark.usefixtures("odd_pictures")
@pytest.mark.parametrize("task", ["demo/raising", "demo/wrong", "demo/unreadable"])
def test_broken_pictures_are_said_and_break_nothing(page: Open, store: Store, task: str) -> None:
    app = page("run", run=store.run("alpha", 0, 0.5, marks(), task=task))
    assert_sound(app)
    assert "has pictures of this run, but they failed" in app.info[0].value
    assert "secret" not in texts(app)
    assert len(app.dataframe[0].value) == 4  # the first rows instead
    assert "How it was made" in texts(app)


@pytest.mark.usefixtures("odd_pictures")
def test_titles_of_pictures_are_text(page: Open, store: Store) -> None:
    app = page("run", run=store.run("alpha", 0, 0.5, marks(), task="demo/named"))
    assert_sound(app)
    assert len(specifications(app)) == 1
    assert IMG not in texts(app)
    assert DIRECTIVE not in texts(app)


def test_a_task_that_is_not_installed_shows_the_first_rows(page: Open, store: Store) -> None:
    app = page("run", run=store.run("alpha", 0, 0.5, marks(), task="demo/gone"))
    assert_sound(app)
    assert "picture" not in [box.key for box in app.selectbox]
    assert len(app.dataframe[0].value) == 4


def test_a_damaged_samples_file_is_said_and_breaks_nothing(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.875, marks())
    (file,) = (store.settings.home / "samples").rglob("*.parquet")
    file.write_bytes(b"PAR1 and then nothing")
    app = page("run", run=run)
    assert_sound(app)
    assert "cannot be read" in app.info[0].value
    assert list(app.dataframe[0].value["value"]) == [0.875]


def test_unknown_run_and_no_run_are_said_kindly(page: Open, store: Store) -> None:
    store.close()
    app = page("run", run="nonsense")
    assert_sound(app)
    assert "no run starts with" in app.info[0].value
    assert_sound(page("run"))
