"""Creating the store: once, however many processes try, and wherever it is asked to be."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from claimants import together

from suite.errors import SuiteError
from suite.settings import Settings
from suite.store.engine import writer_engine
from suite.store.reading import Reader
from suite.store.writing import Writer

ROUNDS = 60


def test_many_processes_create_one_store(url: str) -> None:
    assert together("create", url, 4) == [""] * 4
    Reader(url).close()


def test_many_who_open_a_new_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """SQLite itself tells about one in forty of them immediately that the file is locked."""

    def opened(url: str) -> str:
        engine = writer_engine(url)
        start.wait()
        try:
            with engine.connect() as connection:
                return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        finally:
            engine.dispose()

    start = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        for number in range(ROUNDS):
            url = Settings(home=tmp_path / str(number)).database_url
            assert list(pool.map(opened, [url] * 8)) == ["wal"] * 8


@pytest.mark.parametrize("name", ["with space", "hash#mark", "per%20cent", "question?mark", "umlaut-ü"])
def test_the_home_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    url = Settings(home=home).database_url
    Writer(url).close()
    assert (home / "suite.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    Reader(url).close()


def test_without_a_store_the_reader_says_what_to_do(sqlite: str) -> None:
    with pytest.raises(SuiteError, match="there is no store yet") as caught:
        Reader(sqlite)
    assert caught.value.next == "suite run"


@pytest.mark.parametrize("opened", [Reader, Writer])
@pytest.mark.parametrize("wrong", ["no url at all", "postgresql+nothing://user:secret@localhost/suite"])
def test_a_url_that_cannot_be_used_is_one_clear_error(opened, wrong: str) -> None:
    with pytest.raises(SuiteError, match="cannot use the URL of the store") as caught:
        opened(wrong)
    assert caught.value.place == "SUITE_DATABASE"
    assert "secret" not in str(caught.value)
