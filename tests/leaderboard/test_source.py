"""Where pages get the board: the last one at once, and a word where there is none or where it may be old."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from suite.board.artifact import board_folder, last_board
from suite.board.watch import look
from suite.leaderboard import worker
from suite.leaderboard.components import source
from suite.registry import load_registry
from suite.settings import load_settings
from suite.store.complaints import Unanswered

from .conftest import Open, Store, texts


def looked() -> bool:
    """Do what the worker beside a server does, once."""
    settings = load_settings()
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    return look(settings, registry, worker.served_folder(settings))


def said(app: AppTest) -> str:
    return texts(app) + "\n".join(code.value for code in app.code)


def damage(store: Store) -> None:
    store.close()
    file = store.settings.home / "suite.db"
    for path in file.parent.glob("suite.db-*"):
        path.unlink()
    file.write_bytes(b"this is no database" * 100)


def test_without_a_store_the_page_says_what_to_type(page: Open) -> None:
    shown = said(page(board=None))
    assert "Nothing to show yet" in shown
    assert "suite run" in shown


def test_before_the_first_board_the_page_says_that_it_is_being_built(store: Store, page: Open) -> None:
    store.run("alpha", 0, 0.5)
    app = page(board=None)
    assert "being built" in said(app)
    assert not board_folder(store.settings).joinpath("index.json").exists()  # no page builds one
    assert looked()
    assert "being built" not in said(app.run())


def test_a_board_that_is_there_is_read_without_the_store(store: Store, page: Open) -> None:
    store.run("alpha", 0, 0.5)
    assert looked()
    damage(store)
    assert not looked()
    assert "cannot be shown" not in said(page(board=None))
    told = source.age()
    assert "This board is of" in told
    assert "not a database" in told
    assert str(store.settings.home) not in told


def test_trouble_before_the_first_board_is_said_without_paths(store: Store, page: Open) -> None:
    damage(store)
    assert not looked()
    shown = said(page(board=None))
    assert "The board cannot be shown" in shown
    assert "not a database" in shown
    assert str(store.settings.home) not in shown
    assert "suite board" in shown


def test_a_board_that_is_brought_up_to_date_has_no_age(store: Store) -> None:
    store.run("alpha", 0, 0.5)
    assert source.age() == ""
    assert looked()
    assert source.age() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mv /home/ada/suite.db /home/ada/suite.db.damaged", "mv … …"),
        ("unable to open sqlite:////srv/x.db (locked)", "unable to open … (locked)"),
        ("see ~/x and C:\\x", "see … and …"),
        ("no results of ood/digits, and/or none", "no results of ood/digits, and/or none"),
    ],
)
def test_visitors_are_told_no_path(text: str, shown: str) -> None:
    assert source.without_paths(text) == shown


def test_a_command_with_a_path_is_replaced() -> None:
    shown = said(AppTest.from_function(_problem).run())
    assert "/srv" not in shown
    assert "suite board" in shown


def _problem() -> None:
    from suite.errors import SuiteError
    from suite.leaderboard.components.source import show_problem

    show_problem(SuiteError("damaged: /srv/suite.db", place="/srv", next="mv /srv/suite.db /tmp"))


def test_where_nobody_may_write_the_board_lies_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.os, "access", lambda path, mode: False)
    folder = worker.served_folder(load_settings(home=tmp_path / "elsewhere"))
    assert folder.is_dir()
    assert tmp_path not in folder.parents
    assert worker.served_folder(load_settings(home=tmp_path / "elsewhere")) == folder


@pytest.mark.slow
def test_a_file_in_place_of_the_folder_moves_the_board_and_the_worker_elsewhere(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.run("alpha", 0, 0.5)
    stopped = threading.Event()
    thread = threading.Thread(target=worker._keep_running, args=(stopped,))
    thread.start()

    def served(folder: Path) -> bool:
        deadline = time.monotonic() + 60
        while last_board(folder) is None and time.monotonic() < deadline:
            time.sleep(0.1)
        return last_board(folder) is not None

    try:
        beside = board_folder(store.settings)
        assert served(beside)
        shutil.rmtree(beside)
        beside.write_text("x")
        apart = worker.served_folder(store.settings)
        assert apart != beside
        assert served(apart)
        beside.unlink()
        assert served(worker.served_folder(store.settings))
        assert worker.served_folder(store.settings) == beside
    finally:
        stopped.set()
        thread.join(10)
    assert not thread.is_alive()


def test_pages_do_not_wait_long_for_a_store_that_is_held(store: Store) -> None:
    store.run("alpha", 0, 0.5)
    store.close()
    with closing(sqlite3.connect(store.settings.home / "suite.db")) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with pytest.raises(Unanswered, match="does not answer"):
            source.archive()
        assert time.monotonic() - began < 5
        holder.rollback()


PAGES = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
import suite.leaderboard
app_file = Path(suite.leaderboard.__file__).with_name("app.py")
for name in ("home", "board", "tasks", "task", "methods", "method", "matrix", "compare", "cost"):
    app = AppTest.from_file(app_file, default_timeout=60)
    app.switch_page(f"views/{name}.py")
    app.run()
    assert not app.exception, (name, app.exception)
print("torch" in sys.modules)
"""


@pytest.mark.slow
def test_no_page_of_lists_imports_torch(store: Store) -> None:
    store.run("alpha", 0, 0.5)
    store.run("beta", 0, 0.6)
    assert looked()
    done = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "False"
