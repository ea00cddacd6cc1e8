"""The method page."""

from __future__ import annotations

import pyarrow as pa

from .conftest import DIRECTIVE, IMG, PAYLOADS, Open, assert_sound, charts, specifications, texts, varied


def test_card_of_the_method_in_the_address(page: Open) -> None:
    app = page("method", method="demo/alpha")
    assert_sound(app)
    assert app.title[0].value == "Alpha method"
    assert "Ada Author" in texts(app)
    assert "2020" in texts(app)
    assert app.get("link_button")[0].proto.url == "https://a.org/1"


def test_reconstruction_is_said_prominently(page: Open) -> None:
    app = page("method", method="demo/beta")
    assert "Reconstruction" in app.warning[0].value


def test_rows_on_every_task_and_seeds_link_to_runs(page: Open) -> None:
    app = page("method", method="demo/alpha")
    rows, points = app.dataframe[0].value, app.dataframe[1].value
    assert list(rows["rank"]) == ["1 (1–2)", "earlier protocol", "1 (1–2)", "1 (1–2)"]
    assert rows["task"].iloc[0].startswith("./?task=demo%2Ftiny&track=demo")
    assert len(points) == 8
    assert points["run"].iloc[0].startswith("run?run=")


def test_a_method_is_drawn_along_each_axis_on_which_it_has_several_values(page: Open) -> None:
    app = page("method", board=varied(), method="demo/alpha")
    assert_sound(app)
    assert [heading.value for heading in app.subheader][1:3] == [
        r"Title of demo\/varied by precision (sort\=few)",
        r"Title of demo\/varied by sort (precision\=fine)",
    ]
    assert "accuracy near (%), higher is better, by precision" in specifications(app)[0]["description"]
    (data,) = charts(app)[0].datasets
    points = pa.ipc.open_stream(data.data.data).read_pandas()
    assert list(zip(points["at"], points["mean"], strict=True)) == [("fine", 90.0), ("coarse", 60.0)]
    assert app.dataframe[0].value["setting"].iloc[0] == "precision=fine, sort=few"
    assert IMG not in texts(app)


def test_installed_method_shows_its_parameters_and_how_to_run_it(page: Open) -> None:
    app = page("method", method="ood/knn")
    assert_sound(app)
    assert "suite run --method knn" in app.code[0].value
    assert "parameter" in app.dataframe[0].value


def test_payload_names_are_shown_as_text(page: Open) -> None:
    for payload in PAYLOADS:
        app = page("method", method=f"demo/{payload}")
        assert_sound(app)
        assert IMG not in texts(app)
        assert DIRECTIVE not in texts(app)
        assert "not installed" in app.warning[0].value
