"""The process that keeps a board up to date: what it leaves behind, when it looks again, and that it ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suite.board.artifact import board_folder, last_board
from suite.board.watch import UNEXPECTED, UNWRITABLE, look, trouble
from suite.store.reading import pulse

from .conftest import PLUGIN, Store, fill

SECONDS = 30.0


def until(condition: Callable[[], object]) -> object:
    """Return what a condition says as soon as that is true."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_look_makes_the_board(store: Store) -> None:
    fill(store, "alpha", [0.8] * 5)
    folder = board_folder(store.settings)
    assert look(store.settings, store.registry, folder)
    board = last_board(folder)
    assert board is not None
    assert board.entries[0].task == "demo/plain"
    assert trouble(folder) is None


def test_trouble_is_noted_with_its_cause_and_goes_with_it(store: Store) -> None:
    fill(store, "alpha", [0.8] * 5)
    folder, file = board_folder(store.settings), store.settings.home / "suite.db"
    assert look(store.settings, store.registry, folder)
    board = last_board(folder)
    store.writer.close()
    for path in file.parent.glob("suite.db-*"):
        path.unlink()
    content = file.read_bytes()
    file.write_bytes(b"this is no database" * 100)
    assert not look(store.settings, store.registry, folder)
    first = trouble(folder)
    assert first is not None
    assert "not a database" in first.cause
    assert last_board(folder) is board  # the last one is served on
    assert not look(store.settings, store.registry, folder)
    assert trouble(folder) == first  # since the same time
    file.write_bytes(content)
    assert look(store.settings, store.registry, folder)
    assert trouble(folder) is None


def test_what_a_plugin_raises_is_trouble_and_no_end(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(store, "alpha", [0.8] * 5)

    def fail(self: object) -> None:
        raise RuntimeError("secret path /etc")

    monkeypatch.setattr(store.task("demo/plain"), "__init__", fail)
    assert not look(store.settings, store.registry, board_folder(store.settings))
    found = trouble(board_folder(store.settings))
    assert found is not None
    assert found.cause == UNEXPECTED
    assert "secret path" in caplog.text


def test_a_board_that_cannot_be_put_in_its_folder_is_trouble_and_no_end(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    fill(store, "alpha", [0.8] * 5)
    folder = board_folder(store.settings)
    folder.write_text("a file in place of the folder")
    assert not look(store.settings, store.registry, folder)
    assert trouble(folder).cause == UNWRITABLE
    assert UNWRITABLE in caplog.text
    folder.unlink()
    assert look(store.settings, store.registry, folder)
    assert trouble(folder) is None


def test_the_pulse_changes_with_the_store_and_not_without(store: Store) -> None:
    url = store.settings.database_url
    seen = [pulse(url)]
    store.run("alpha", 0, 0.5)
    seen.append(pulse(url))
    look(store.settings, store.registry, board_folder(store.settings))
    assert seen[0] != seen[1] == pulse(url)
    assert pulse("postgresql+psycopg://nobody@nowhere/none") is None


@pytest.fixture
def process(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """The process, at work on the store."""
    fill(store, "alpha", [0.8] * 5)
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    command = [sys.executable, "-P", "-m", "suite.board.watch", str(board_folder(store.settings))]
    started = subprocess.Popen(command, stdin=subprocess.PIPE)
    yield started
    started.kill()
    started.wait()


def test_it_follows_the_store_without_torch_and_ends_with_its_input(
    store: Store, process: subprocess.Popen[bytes]
) -> None:
    folder = board_folder(store.settings)
    board = until(lambda: last_board(folder))
    fill(store, "delta", [0.9] * 5)
    until(lambda: last_board(folder) is not board and len(last_board(folder).tables[0].rows) == 2)
    assert "libtorch" not in Path(f"/proc/{process.pid}/maps").read_text()
    process.stdin.close()
    assert process.wait(SECONDS) == 0


@pytest.mark.slow
def test_it_ends_with_a_parent_that_was_killed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, "alpha", [0.8] * 5)
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    code = (
        "import sys, time; from pathlib import Path; from suite.leaderboard.worker import start\n"
        "print(start(Path(sys.argv[1])).pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(board_folder(store.settings))]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE)
    worker = int(parent.stdout.readline())
    until(lambda: last_board(board_folder(store.settings)))
    parent.kill()
    parent.wait()

    def is_gone() -> bool:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z"

    try:
        until(is_gone)
    finally:
        if not is_gone():
            os.kill(worker, signal.SIGKILL)


@pytest.mark.slow
def test_a_store_that_is_held_exclusively_leaves_the_last_board(store: Store, process: subprocess.Popen[bytes]) -> None:
    folder = board_folder(store.settings)
    board = until(lambda: last_board(folder))
    fill(store, "delta", [0.9] * 5)
    store.writer.close()
    holder = sqlite3.connect(store.settings.home / "suite.db")
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    time.sleep(5)
    assert last_board(folder) is not None  # at once, whatever the worker waits for
    assert process.poll() is None
    holder.rollback()
    holder.close()
    until(lambda: last_board(folder) is not board and len(last_board(folder).tables[0].rows) == 2)
