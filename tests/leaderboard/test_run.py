"""The run page, on a real store."""

from __future__ import annotations

import pyarrow as pa
import pytest

from suite.board.painting import Painting, paint
from suite.leaderboard.components import pictures, source
from suite.settings import Settings
from suite.store.samples import read_table

from .conftest import (
    BOARD,
    DIRECTIVE,
    IMG,
    Open,
    Store,
    assert_sound,
    grids,
    marks,
    opened,
    specifications,
    texts,
    words,
)


@pytest.fixture(autouse=True)
def painted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pictures in this process: tests/board/test_painting.py starts the child, and so do the slow tests below."""

    def paint_here(settings: Settings, task: str, digest: str, scored: tuple[str, ...], subset: str) -> Painting | None:
        try:
            return paint(source.registry().tasks[task], read_table(settings, digest), scored, subset)
        except Exception:
            return None

    monkeypatch.setattr(pictures, "paint_apart", paint_here)
    pictures._painted.clear()


def test_finished_run_shows_scores_provenance_and_setting(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.875, task="demo/varied", setting={"precision": "coarse", "amount": "few"})
    app = page("run", run=run[:6])
    assert_sound(app)
    said = words(app)
    assert "alpha on Varied (precision=coarse, amount=few), seed 0" in said
    assert "Done, " in said
    (scores,) = grids(app)
    assert scores.titles == ["Subset", "accuracy ↑ %"]
    assert [[cell.words for cell in row] for row in scores.rows] == [["near", "87.50"]]
    assert "Share that is right." in said
    assert "Device cpu" in said
    assert "numpy==2" in app.code[0].value
    assert "suite run --method alpha" in said  # of which it was a part


def test_the_command_makes_this_very_run_again(page: Open, store: Store) -> None:
    run = store.run("beta", 3, 0.5, task="demo/varied", setting={"precision": "coarse", "amount": "few"})
    lines = page("run", run=run).code[0].value.splitlines()
    assert lines[-1] == (
        "suite run --task demo/varied --setting precision=coarse --setting amount=few --method beta --seed 3"
    )
    assert lines[0].startswith("pip install numpy==2")
    assert "f" * 64 in texts(page("run", run=run))  # the fingerprint of its data


def test_failed_run_shows_error_and_traceback_as_text(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, None)
    app = page("run", run=run)
    assert_sound(app)
    assert "It ended: failed" in words(app)
    assert app.code[0].value == f"ValueError: {IMG}"
    assert app.code[1].value == "Traceback\n  here"


def test_a_run_of_the_board_stands_beside_its_seeds(page: Open, store: Store) -> None:
    runs = [store.run("alpha", seed, near) for seed, near in enumerate((0.5, 0.75, 0.625))]
    store.run("beta", 0, 0.25)
    app = page("run", board=store.board(), run=runs[1])
    assert_sound(app)
    assert "accuracy, near: 75.00 %." in words(app)
    assert "is 62.50" in words(app)
    assert "seed 0: 50.00 , seed 1: 75.00 , seed 2: 62.50" in words(app)
    assert f'href="run?run={runs[0]}"' in texts(app)
    assert f'href="run?run={runs[1]}"' not in texts(app)
    assert "of the 3 seeds of alpha; this run's is number 1 from the highest" in specifications(app)[0]["description"]


def test_a_run_that_no_row_rests_on_says_so(page: Open, store: Store) -> None:
    assert "No row of the board rests on this run" in words(page("run", board=BOARD, run=store.run("alpha", 0, 0.5)))


def test_samples_of_which_there_are_no_pictures_show_their_head(page: Open, store: Store) -> None:
    samples = pa.table({"subset": ["far"] * 30, "mark": [0.5] * 30})
    app = opened(page("run", run=store.run("alpha", 0, 0.5, samples)), "run.samples")
    assert_sound(app)
    assert list(app.dataframe[0].value) == ["subset", "mark"]
    assert len(app.dataframe[0].value) == 20
    assert [box.label for box in app.expander if "first 20 of 30" in box.label]
    assert "run.picture" not in [box.key for box in app.selectbox]


def test_samples_draw_their_pictures_of_the_chosen_subset(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.5, marks())
    app = opened(page("run", run=run), "run.samples")
    assert_sound(app)
    assert app.selectbox(key="run.picture").value == "near/one"
    assert [spec["description"] for spec in specifications(app)] == ["2 marks of near/one"]
    assert "<h3>Marks</h3>" in texts(app)
    assert list(app.dataframe[0].value["mark"]) == [1, 0]  # the rows of this subset
    assert [box.label for box in app.expander if "2 samples behind the pictures" in box.label]

    for again in (app.selectbox(key="run.picture").set_value(IMG).run(), page("run", run=run, picture=IMG)):
        assert_sound(again)
        assert len(specifications(again)) == 1
        assert list(opened(again, "run.samples").dataframe[0].value["mark"]) == [1]


def test_a_subset_that_is_not_there_is_said(page: Open, store: Store) -> None:
    assert "Not found" in words(page("run", run=store.run("alpha", 0, 0.5, marks()), picture="nowhere"))


@pytest.mark.usefixtures("odd_pictures")
@pytest.mark.parametrize("task", ["demo/raising", "demo/wrong", "demo/unreadable"])
def test_broken_pictures_are_said_and_break_nothing(page: Open, store: Store, task: str) -> None:
    app = opened(page("run", run=store.run("alpha", 0, 0.5, marks(), task=task)), "run.samples")
    assert_sound(app)
    assert "has pictures of this run, but they failed" in words(app)
    assert "secret" not in texts(app)
    assert len(app.dataframe[0].value) == 4  # the first rows instead
    assert "How it was made" in texts(app)


@pytest.mark.usefixtures("odd_pictures")
def test_titles_of_pictures_are_text(page: Open, store: Store) -> None:
    app = page("run", run=store.run("alpha", 0, 0.5, marks(), task="demo/named"))
    assert_sound(app)
    assert len(specifications(app)) == 1
    assert IMG not in texts(app)
    assert "&lt;img src=x" in texts(app)


def test_a_task_that_is_not_installed_shows_the_first_rows(page: Open, store: Store) -> None:
    app = opened(page("run", run=store.run("alpha", 0, 0.5, marks(), task="demo/gone")), "run.samples")
    assert_sound(app)
    assert "run.picture" not in [box.key for box in app.selectbox]
    assert len(app.dataframe[0].value) == 4
    assert grids(app)[0].column("accuracy") == ["0.5"]  # as it was stored


def test_a_damaged_samples_file_is_said_and_breaks_nothing(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.875, marks())
    (file,) = (store.settings.home / "samples").rglob("*.parquet")
    file.write_bytes(b"PAR1 and then nothing")
    app = page("run", run=run)
    assert_sound(app)
    assert "gone: their file is no longer in the store's folder, or is damaged" in words(app)
    assert grids(app)[0].column("accuracy ↑ %") == ["87.50"]


def test_a_samples_file_that_is_gone_is_said(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.875, marks())
    (file,) = (store.settings.home / "samples").rglob("*.parquet")
    file.unlink()
    app = page("run", run=run)
    assert_sound(app)
    assert "The samples of this run are gone" in words(app)


def test_unknown_run_and_no_run_are_said_kindly(page: Open, store: Store) -> None:
    store.close()
    app = page("run", run="nonsense")
    assert_sound(app)
    assert "No run starts with" in words(app)
    assert_sound(page("run"))


def test_what_a_run_says_is_text(page: Open, store: Store) -> None:
    for name in (IMG, DIRECTIVE):
        app = page("run", run=store.run(name, 0, 0.5))
        assert_sound(app)
        assert IMG not in texts(app)
        assert not app.markdown


def test_the_whole_address_and_the_packages_are_there_to_copy(page: Open, store: Store) -> None:
    run = store.run("alpha", 0, 0.5)
    app = opened(page("run", run=run), "run.sharing", "run.packages")
    codes = [code.value for code in app.code]
    assert any(code.endswith(f"?run={run}") for code in codes)
    assert "numpy==2" in codes


def test_other_attempts_at_the_cell_are_linked(page: Open, store: Store) -> None:
    first = store.run("alpha", 0, None)
    second = store.run("alpha", 0, 0.5)
    app = page("run", run=second)
    assert "This is attempt 2 at the same cell; there is also attempt 1 , failed." in words(app)
    assert f'href="run?run={first}"' in texts(app)
    assert "attempt 2 , done" in words(page("run", run=first))


def test_the_start_of_several_runs_is_no_missing_run(page: Open, store: Store) -> None:
    runs = [store.run("alpha", seed, 0.5) for seed in range(17)]  # 16 digits: two start alike
    first = next(run[0] for run in runs if sum(run[0] == other[0] for other in runs) > 1)
    said = words(page("run", run=first))
    assert "Several runs" in said
    assert "Not found" not in said
    assert "suite board --runs" not in said


def test_a_damaged_store_is_said_without_the_servers_paths(page: Open, store: Store) -> None:
    store.run("alpha", 0, 0.5)
    store.close()
    for file in store.settings.home.glob("suite.db*"):
        file.write_bytes(b"no database at all")
    app = page("run", run="ffff")
    assert_sound(app)
    assert "This run cannot be read now" in words(app)
    assert "Not found" not in words(app)
    assert str(store.settings.home) not in texts(app)
