"""The home page, and the lists of tasks and of methods."""

from __future__ import annotations

import pytest

from .conftest import IMG, Open, assert_sound, board_with, grids, texts, varied, words, written


def test_home_shows_every_track_and_task_with_its_leader(page: Open) -> None:
    app = page("home")
    assert_sound(app)
    said = words(app)
    assert "Demonstration" in said
    assert "Which is best?" in said
    demo, second = grids(app)
    assert demo.column("Task") == ["Title of demo/tiny", "Title of demo/wide"]
    assert demo.column("Best")[0] == "alpha, accuracy, near ↑ 90.00 %, ≈ 2 of 5 are not told apart from the best"
    assert demo.column("Methods") == ["7", "7"]
    assert demo.column("Last run") == ["2026-01-02", "2026-01-02"]
    assert demo.cells("Task")[0].links == ["board?track=demo&task=demo%2Ftiny&protocol=aaaaaaaaaaaa"]
    assert second.column("Task") == ["Title of second/only"]
    assert "<img" not in texts(app)


def test_home_names_the_top_of_a_track_and_says_how_to_submit(page: Open) -> None:
    app = page("home")
    said = words(app)
    assert "The first 5 of Demonstration by mean rank on 2 common tasks alpha , mean rank 1.0" in said
    assert "Submit yours" in said


def test_home_of_a_store_without_results_says_suite_run(page: Open) -> None:
    app = page("home", board=board_with())
    assert_sound(app)
    assert "No results yet: suite run --task 'demo/*'" in words(app)


def test_one_search_finds_methods_tasks_authors_and_papers(page: Open) -> None:
    assert "ood/energy" in words(page("home", q="ood/energy"))
    both = words(page("home", q="digits-shift | tiny"))
    assert "ood/digits-shift" in both
    assert "demo/tiny" in both
    by_paper = words(page("home", q="hopfield"))
    assert "Methods (" in by_paper
    nothing = page("home", q=IMG + "nobody")
    assert_sound(nothing)
    assert "Nothing is found" in words(nothing)


def test_list_of_tasks_has_those_with_results_and_those_installed(page: Open) -> None:
    app = page("tasks")
    assert_sound(app)
    [grid] = grids(app)
    small = [cell.small for cell in grid.cells("Task")]
    assert {"demo/tiny", "ood/digits", "ood/cifar10"} <= set(small)
    row_of = dict(zip(small, grid.rows, strict=True))
    assert "suite run --task ood/digits" in " ".join(cell.words for cell in row_of["ood/digits"])
    assert row_of["demo/tiny"][0].links == ["task?id=demo%2Ftiny"]


@pytest.mark.parametrize(
    ("filters", "kept", "gone"),
    [
        ({"track": "demo"}, "demo/tiny", "ood/digits"),
        ({"tier": "large"}, "ood/imagenet", "ood/digits"),
        ({"state": "without results"}, "ood/digits", "demo/tiny"),
        ({"state": "with failures"}, "demo/tiny", "ood/digits"),
        ({"data": "at hand"}, "ood/digits", "ood/imagenet"),
        ({"q": "hopfield, digits-shift"}, "ood/digits-shift", "ood/cifar10"),
    ],
)
def test_tasks_are_filtered_by_the_address(page: Open, filters: dict[str, str], kept: str, gone: str) -> None:
    app = page("tasks", **filters)
    assert_sound(app)
    small = [cell.small for cell in grids(app)[0].cells("Task")]
    assert kept in small
    assert gone not in small


def test_filters_are_written_into_the_address(page: Open) -> None:
    app = page("tasks")
    app.multiselect(key="tasks.track").set_value(["demo", "ood"]).run()
    assert written(app) == {"track": ["demo", "ood"]}
    app.text_input(key="tasks.q").set_value("no such task").run()
    assert_sound(app)
    assert "No task matches" in words(app)
    assert "Not found" in words(page("tasks", tier="heavy"))


def test_a_task_with_axes_has_a_link_for_each_setting(page: Open) -> None:
    [grid] = grids(page("tasks", board=varied(), track="demo"))
    assert len(grid.cells("Table")[0].links) == 3


def test_list_of_methods_counts_where_each_is_best(page: Open) -> None:
    app = page("methods", track="demo")
    assert_sound(app)
    [grid] = grids(app)
    alpha = grid.rows[[cell.links[0] for cell in grid.cells("Method")].index("method?method=demo%2Falpha")]
    shown = dict(zip(grid.titles, [cell.words for cell in alpha], strict=True))
    assert shown["Not told apart from the best"] == "3 of 3"
    assert shown["First on"] == "demo/tiny, demo/wide, second/only"
    assert "<img" not in texts(app)


@pytest.mark.parametrize(
    ("filters", "kept", "gone"),
    [
        ({"track": "ood"}, "ood/energy", "demo/alpha"),
        ({"standing": "reference"}, "ood/feature-norm", "ood/energy"),
        ({"status": "reconstruction"}, "ood/field-potential", "ood/energy"),
        ({"status": "not installed"}, "demo/alpha", "ood/energy"),
        ({"state": "with failures"}, "demo/lame", "demo/alpha"),
        ({"q": "liu, mahalanobis"}, "ood/energy", "ood/msp"),
        ({"year": "2020"}, "ood/energy", "demo/alpha"),
    ],
)
def test_methods_are_filtered_by_the_address(page: Open, filters: dict[str, str], kept: str, gone: str) -> None:
    app = page("methods", **filters)
    assert_sound(app)
    names = [cell.links[0].split("=")[1].replace("%2F", "/") for cell in grids(app)[0].cells("Method")]
    assert kept in names
    assert gone not in names


def test_what_a_search_finds_can_be_compared(page: Open) -> None:
    app = page("home", q="alpha, beta")
    assert_sound(app)
    assert "Compare these 2" in words(app)
    assert 'href="compare?track=demo&amp;methods=alpha&amp;methods=beta+%28temperature%3D2%29"' in texts(app)
    assert "Compare these" not in words(page("home", q="alpha"))


def test_the_metric_its_direction_and_access_are_said(page: Open) -> None:
    for name in ("home", "tasks"):
        said = words(page(name))
        assert "accuracy, near ↑ 90.00 %" in said
        assert "higher is better" in said
        assert "what methods are given besides" in said
