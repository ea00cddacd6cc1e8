"""The track page: choices, table, what is not ranked, and names that mean mischief."""

from __future__ import annotations

import csv
import io

from streamlit.testing.v1 import AppTest

from suite.board.export import flat_rows, to_csv
from suite.board.model import Board, Difference, Place
from suite.leaderboard.components import grid

from .conftest import BOARD, DIRECTIVE, FORMULA, IMG, Open, assert_sound, row, table, texts, varied


def column(app: AppTest, name: str) -> list[object]:
    return list(app.dataframe[0].value[name])


def methods(app: AppTest) -> list[str]:
    return [str(cell).split("#", 1)[1] for cell in column(app, "method")]


def test_first_task_is_shown_when_the_address_names_none(page: Open) -> None:
    app = page()
    assert_sound(app)
    assert app.title[0].value == r"Demonstration: Title of demo\/tiny"
    assert app.selectbox(key="task").value == "demo/tiny"
    assert column(app, "rank")[:3] == ["1 (1–2)", "2 (2–3)", "3 (3–4)"]
    assert column(app, "accuracy near ↑ % · partial")[0] == 90.0
    assert column(app, "95 % interval")[0] == "89.00–91.00"
    assert column(app, "fit s")[0] == 0.5
    assert column(app, "peak MiB")[0] == 1.0
    assert column(app, "status")[:2] == ["paper", "reconstruction"]


def test_address_selects_track_task_and_protocol(page: Open) -> None:
    app = page(track="demo", task="demo/wide")
    assert_sound(app)
    assert app.selectbox(key="task").value == "demo/wide"
    app = page(task="second/only")
    assert_sound(app)
    assert app.selectbox(key="track").value == "second"
    app = page(task="demo/tiny", protocol="b" * 12)
    assert_sound(app)
    assert "not comparable" in app.warning[0].value


def test_address_of_something_that_is_not_there_shows_the_first(page: Open) -> None:
    app = page(track="nonsense", task="demo/nonsense", columns="nonsense", sort="nonsense")
    assert_sound(app)
    assert app.selectbox(key="task").value == "demo/tiny"


def with_privileges() -> Board:
    """Return a board whose first task has rows of two kinds of access, and references."""
    best = Difference(mean=-0.05, low=-0.07, high=-0.03, p=0.001, basis="t over seeds")
    rows = (
        row("alpha", 1, 0.9, together=Place(place=2, best=1, worst=2), difference=best),
        row("trained", 1, 0.95, access=("training data", IMG), together=Place(place=1, best=1, worst=2)),
        row("chance", None, 0.5, standing="reference", difference=best.model_copy(update={"mean": -0.45})),
        row("removed", None, 0.5, standing="not installed", unranked="its method is not installed"),
    )
    first = table("demo/tiny", "a", rows=rows)
    return BOARD.model_copy(update={"tables": (first,)})


def test_a_privilege_is_ranked_with_the_others_on_request(page: Open) -> None:
    app = page(board=with_privileges())
    assert_sound(app)
    assert column(app, "rank")[:2] == ["1 (1–2)", "1 (1–2)"]
    assert column(app, "access") == ["", f"training data, {IMG}", "", ""]
    app.toggle(key="together").set_value(True).run()
    assert_sound(app)
    assert dict(zip(methods(app)[:2], column(app, "rank"), strict=False)) == {"trained": "1 (1–2)", "alpha": "2 (1–2)"}
    assert "need a privilege are ranked apart" in texts(app)
    assert len(page().toggle) == 1  # one access: nothing to rank together


def test_references_take_no_place_and_have_their_difference(page: Open) -> None:
    app = page(board=with_privileges())
    assert column(app, "rank")[2:] == ["reference", "–"]
    assert column(app, "difference") == ["-5.00 ±2.00", "", "-45.00 ±42.00", ""]
    said = texts(app)
    assert "references take no place" in said
    assert "removed: its method is not installed" in said
    assert "chance: " not in said
    assert "difference" not in page().dataframe[0].value


def test_every_axis_has_a_box_with_the_values_that_have_results(page: Open) -> None:
    app = page(board=varied())
    assert_sound(app)
    assert app.selectbox(key="setting.precision").options == ["fine", "coarse"]
    assert app.selectbox(key="setting.precision").help == "How finely numbers are kept."
    assert app.selectbox(key="setting.sort").options == ["few", IMG]
    assert r"precision\=fine\, sort\=few" in texts(app)
    assert column(app, "accuracy near ↑ %")[0] == 90
    app.selectbox(key="setting.precision").set_value("coarse").run()
    assert_sound(app)
    assert app.selectbox(key="setting.sort").options == ["few"]
    assert column(app, "accuracy near ↑ %")[0] == 60
    app.selectbox(key="task").set_value("demo/wide").run()
    assert_sound(app)
    assert "setting.precision" not in [box.key for box in app.selectbox]


def test_the_address_chooses_the_setting(page: Open) -> None:
    app = page(board=varied(), **{"setting.precision": "coarse", "setting.sort": "few"})
    assert_sound(app)
    assert column(app, "accuracy near ↑ %")[0] == 60
    app = page(board=varied(), **{"setting.precision": "coarser"})
    assert_sound(app)
    assert app.selectbox(key="setting.precision").value == "fine"


def test_choosing_another_track_chooses_one_of_its_tasks(page: Open) -> None:
    app = page(task="demo/wide")
    app.selectbox(key="track").set_value("second").run()
    assert_sound(app)
    assert app.selectbox(key="task").value == "second/only"


def test_search_filters_by_name_and_author_and_keeps_ranks(page: Open) -> None:
    app = page(q="bob")
    assert methods(app) == ["beta%20(temperature=2)"]
    assert column(app, "rank") == ["2 (2–3)"]
    app.text_input(key="q").set_value("alpha").run()
    assert methods(app) == ["alpha"]
    app.text_input(key="q").set_value(IMG + "nobody").run()
    assert_sound(app)
    assert "No method matches" in app.info[0].value


def with_groups() -> Board:
    """Return a board whose first task has rows of two groups, one row that states nothing, and one that failed."""
    fine = {"weight scales": "per-channel", "trained on": "labels"}
    rows = (
        row("alpha", 1, 0.9, facts=fine),
        row("beta", 2, 0.8, facts={**fine, "weight scales": DIRECTIVE}),
        row("gamma", 3, 0.7, facts=fine),
        row("older", 4, 0.6),
        row("lame", None, 0.5, seeds=(), unranked="seeds 0, 1 are not done"),
    )
    first = table("demo/tiny", "a").model_copy(update={"rows": rows, "comparable_by": ("weight scales", "trained on")})
    return BOARD.model_copy(update={"tables": (first, table("demo/wide", "c"))})


FINE = "weight scales per-channel, trained on labels"


def test_choosing_comparable_rows_keeps_their_ranks(page: Open) -> None:
    app = page(board=with_groups())
    assert_sound(app)
    control = app.selectbox(key="comparable")
    assert control.options == [
        "All rows",
        FINE,
        f"weight scales {DIRECTIVE}, trained on labels",
        "weight scales not stated, trained on not stated",
    ]
    assert "Ranks do not change" in control.help
    assert methods(app) == ["alpha", "beta", "gamma", "older", "lame"]
    control.set_value(FINE).run()
    assert_sound(app)
    assert dict(zip(methods(app), column(app, "rank"), strict=True)) == {"alpha": "1 (1–2)", "gamma": "3 (3–4)"}
    app.text_input(key="q").set_value("gam").run()
    assert methods(app) == ["gamma"]


def test_the_address_chooses_comparable_rows(page: Open) -> None:
    app = page(board=with_groups(), comparable=FINE)
    assert_sound(app)
    assert methods(app) == ["alpha", "gamma"]
    app = page(board=with_groups(), comparable="nonsense")
    assert_sound(app)
    assert len(methods(app)) == 5


def test_rows_of_a_task_that_names_no_facts_cannot_be_chosen(page: Open) -> None:
    app = page(board=with_groups(), comparable=FINE)
    app.selectbox(key="task").set_value("demo/wide").run()
    assert_sound(app)
    assert "comparable" not in [control.key for control in app.selectbox]
    assert "alpha" in methods(app)


def test_text_below_says_which_rows_are_comparable(page: Open) -> None:
    said = texts(page(board=with_groups()))
    assert r"**comparable \(weight scales per\-channel\, trained on labels\):** alpha\, gamma" in said
    assert r"**not known to be comparable \(weight scales not stated\, trained on not stated\):** older" in said
    assert DIRECTIVE not in said
    assert "comparable" not in texts(page())


def test_presets_choose_columns(page: Open) -> None:
    compact, sets, every = (set(page(columns=name).dataframe[0].value) for name in grid.PRESETS)
    assert sets - compact == {"accuracy near/one ↑ %"}
    assert every - sets == {"delay near ↓ s"}


def test_costs_are_those_that_the_task_states(page: Open) -> None:
    rows = (row("alpha", 1, 0.9, cost={"partition_seconds": 1.5}), row("beta", 2, 0.8, cost={"energy_joules": 7.0}))
    board = BOARD.model_copy(update={"tables": (table("demo/tiny", "a").model_copy(update={"rows": rows}),)})
    app = page(board=board)
    assert_sound(app)
    shown = app.dataframe[0].value
    assert shown["partition s"].tolist()[0] == 1.5
    assert shown["energy joules"].tolist()[1] == 7.0
    assert shown[["partition s", "energy joules", "peak MiB"]].isna().sum().tolist() == [1, 1, 2]
    assert "fit s" not in shown


def test_sorting_is_best_first_with_rows_that_are_not_ranked_last(page: Open) -> None:
    app = page(columns="all metrics", sort="delay near")
    ranks = column(app, "rank")
    assert ranks[0] == "5 (5–6)"  # the shortest delay of those ranked
    assert ranks[-2:] == ["–", "–"]


def test_rows_that_are_not_ranked_and_partial_ones_say_so(page: Open) -> None:
    app = page()
    assert column(app, "rank")[-2:] == ["–", "–"]
    assert column(app, "95 % interval")[-2] == "94.00–96.00, partial"
    assert column(app, "coverage")[-2:] == ["2/2 seeds, partial: near", "1/2 seeds, 1 oom"]
    said = texts(app)
    assert "half: partial mean beside complete ones" in said
    assert "lame: seeds 1 are not done" in said
    assert r"near\/two" in said


def test_payload_names_are_shown_as_text(page: Open) -> None:
    for plain in ("false", "true"):
        app = page(plain=plain)
        assert_sound(app)
        frame = (app.table if plain == "true" else app.dataframe)[0].value
        cells = [str(cell) for name in frame for cell in frame[name]]
        assert not any(IMG in cell or "[c](javascript" in cell for cell in cells)
    app = page(task="second/only")
    assert IMG not in texts(app)
    assert r"\<img src\=x" in app.title[0].value
    assert DIRECTIVE not in texts(app)


def test_plain_table_is_a_real_one_with_links(page: Open) -> None:
    app = page(plain="true")
    assert_sound(app)
    assert not app.dataframe
    assert app.table[0].value["method"].iloc[0] == "[alpha](<method?method=demo%2Falpha#>)"


def test_csv_escapes_formulas_in_text_alone() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(flat_rows(BOARD.tables[0])))))
    assert "'" + FORMULA in [row["method"] for row in rows]
    assert float(rows[0]["accuracy near"]) == 0.9


def test_texts_below_say_what_the_numbers_mean(page: Open) -> None:
    said = texts(page())
    assert "t over seeds" in said
    assert "Holm" in said
    assert "97 \\% right" in said
