"""The run page, on a real store."""

from __future__ import annotations

import pyarrow as pa

from .conftest import IMG, Open, Store, assert_sound, detector_samples, texts


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


def test_unknown_run_and_no_run_are_said_kindly(page: Open, store: Store) -> None:
    store.close()
    app = page("run", run="nonsense")
    assert_sound(app)
    assert "no run starts with" in app.info[0].value
    assert_sound(page("run"))
