"""Versions: a store of another schema is refused with the command that helps."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from suite.errors import SuiteError
from suite.store.migrate import check_not_newer, upgrade
from suite.store.reading import Reader
from suite.store.schema import REVISION, VERSION_TABLE
from suite.store.writing import Writer


@pytest.mark.parametrize("opened", [Reader, Writer, check_not_newer])
def test_a_newer_store_asks_for_a_newer_suite(url: str, execute, opened) -> None:
    upgrade(url)
    execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SuiteError, match=r"schema 9999\. This version of basin-suite knows only") as caught:
        opened(url)
    assert caught.value.next == "pip install --upgrade basin-suite"


@pytest.mark.parametrize("opened", [Reader, Writer])
def test_an_older_store_asks_for_an_upgrade(url: str, execute, opened) -> None:
    upgrade(url)
    execute(f"UPDATE {VERSION_TABLE} SET version_num = '0000'")
    with pytest.raises(SuiteError, match=rf"schema 0000\. This version of basin-suite needs {REVISION}") as caught:
        opened(url)
    assert caught.value.next == "suite db upgrade"


def test_a_revision_that_no_migration_knows_is_one_clear_error(url: str, execute) -> None:
    upgrade(url)
    execute(f"UPDATE {VERSION_TABLE} SET version_num = '0000'")
    with pytest.raises(SuiteError, match="cannot upgrade the store"):
        upgrade(url)


def test_the_place_of_an_error_hides_the_password(postgresql: str) -> None:
    with_password = make_url(postgresql).set(password="hunter2").render_as_string(hide_password=False)
    with pytest.raises(SuiteError) as caught:
        Reader(with_password)
    assert "hunter2" not in str(caught.value)
