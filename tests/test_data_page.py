"""Every data set of a built-in task has a datasheet, and docs/data.md shows it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from suite.benchmarks.datasheets import SHEETS
from suite.cache import Cache
from suite.contracts import Resources
from suite.data.dataset import DataSet
from suite.data.datasheet import origin
from suite.data.embedded import Embedded
from suite.settings import load_settings
from suite.store.published import packaged_folders, published_in

from .support.data_page import BEGIN, END, PAGE, required, tables


def test_every_data_set_has_a_datasheet_and_every_datasheet_a_data_set() -> None:
    undeclared = {name: sorted(sets) for name, sets in required().items() if name not in SHEETS}
    assert undeclared == {}, "say in benchmarks/datasheets.py who made them and what may be done with them"
    assert SHEETS.keys() == required().keys()


def test_the_page_shows_them() -> None:
    shown = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert shown == tables(), "python -m tests.support.data_page"


def test_published_rows_were_run_on_the_declared_content() -> None:
    found = defaultdict(set)
    for submission in published_in([(folder, True) for folder in packaged_folders()])[0]:
        for run in submission.results.runs:
            for name, sha256 in (run.ingredients or {}).items():
                if sha256 and name.startswith("data/"):
                    found[name.removeprefix("data/")].add(sha256)
    sets = {name: data for of in required().values() for name, (data, _) in of.items()}
    declared = {name: content for name, data in sets.items() if (content := SHEETS[origin(data)].content(data))}
    assert len(declared) >= 11
    assert {name: found[name] for name in declared} == {name: {each.sha256} for name, each in declared.items()}


@pytest.mark.parametrize("name", ["digits", "photograph-patches", "uniform-noise"])
def test_what_is_drawn_here_is_as_declared(name: str, tmp_path) -> None:
    data, settings = DataSet(name, Embedded(name)), load_settings(home=tmp_path)
    resources, content = Resources(settings, Cache(settings.cache_folder)), SHEETS[origin(data)].content(data)
    assert content is not None
    assert (len(data.open(resources)), data.fingerprint(resources)) == (content.rows, content.sha256)
