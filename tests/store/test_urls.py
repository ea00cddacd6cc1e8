"""URLs of databases: how PostgreSQL is written, and what cannot be a store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import event, make_url

from suite.errors import SuiteError
from suite.store.engine import writer_engine
from suite.store.reading import Reader
from suite.store.writing import Writer


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg_however_it_is_written(scheme: str) -> None:
    assert writer_engine(f"{scheme}://user@nowhere/name").driver == "psycopg"


def test_what_the_url_says_of_a_connection_wins() -> None:
    told: list[dict[str, object]] = []
    for query in ("", "?connect_timeout=3"):
        engine = writer_engine(f"postgresql://user@nowhere/name{query}")
        event.listen(engine, "do_connect", lambda *given: told.append(given[3]) or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            engine.connect()
    assert [given["connect_timeout"] for given in told] == [10, "3"]


@pytest.mark.parametrize(
    "url", ["mysql+pymysql://user:secret@host/name", "mariadb://host/name", "oracle://host/name", "mssql://host/name"]
)
@pytest.mark.parametrize("opened", [Reader, Writer])
def test_a_database_that_cannot_refuse_a_second_claim_is_no_store(opened, url: str) -> None:
    with pytest.raises(SuiteError, match="cannot hold the claims on cells, SQLite and PostgreSQL can") as caught:
        opened(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("opened", [Reader, Writer])
def test_an_asynchronous_driver_is_refused(opened) -> None:
    with pytest.raises(SuiteError, match="made for asynchronous code"):
        opened("postgresql+psycopg_async://host/name")


@pytest.mark.parametrize("missing", ["No module named 'psycopg'", "no pq wrapper available:\n- libpq not found"])
def test_without_driver_or_libpq_one_error_names_the_extra(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "psycopg.py").write_text(f"raise ImportError({missing!r})")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SuiteError, match="cannot use the URL of the store") as caught:
        Writer("postgresql://user@host/name")
    assert "pip install 'basin-suite[postgres]'" in caught.value.next
    assert caught.value.cause.count("\n") == 0


def test_the_url_is_made_for_libpq(postgresql: str) -> None:
    engine = writer_engine(postgresql)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW TimeZone").scalar() == "UTC"
    engine.dispose()
    assert make_url(postgresql).database in engine.url.database
