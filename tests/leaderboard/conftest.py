"""A small board, a small store, and a way to open a page as the server would."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from markupsafe import Markup
from streamlit.testing.v1 import AppTest

import suite.leaderboard
from suite.board.artifact import load_board
from suite.board.board import Board, board_of
from suite.board.model import Axis, Difference, Place, Row, SeedRun, Table, Track, Value
from suite.contracts import Card, Column, Metric
from suite.files import write_atomic
from suite.hashing import digest, file_digest
from suite.leaderboard.components import source
from suite.registry import load_registry
from suite.settings import Settings, load_settings
from suite.store.rows import CellRow, RunResult, ScoreRow
from suite.store.samples import samples_path
from suite.store.writing import Writer

from .browsing import ARGUMENTS, CHROMIUM, Visitor, start
from .grids import Grid, read_grids

PLUGIN = Path(__file__).parent.parent / "assets" / "demo_plugin.py"
APP = Path(suite.leaderboard.__file__).with_name("app.py")
IMG = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x","y")'
DIRECTIVE = ":red[a] $b$ [c](javascript:alert(1))"
PAYLOADS = (IMG, FORMULA, DIRECTIVE)
Open = Callable[..., AppTest]

ACCURACY = Metric(name="accuracy", direction="higher", unit="fraction", definition="Share of samples that are right.")
DELAY = Metric(name="delay", direction="lower", unit="s", definition="Seconds until the answer is there.")
CARD = Card(
    title="Alpha method", status="paper", paper="On alpha", authors="Ada Author", year=2020, url="https://a.org/1"
)
REBUILT = Card(
    title="Beta method", status="reconstruction", paper="On beta", authors="Bob", note="Reconstruction: no formula."
)


def value(metric: str, subset: str, mean: float, *, partial: bool = False) -> Value:
    return Value(
        metric=metric,
        subset=subset,
        mean=mean,
        low=mean - 0.01,
        high=mean + 0.01,
        basis="95 %, t over seeds",
        n=2,
        partial=partial,
    )


def place(
    number: int, *, worst: int | None = None, tied: bool | None = None, difference: Difference | None = None
) -> Place:
    """Return a place that the data allow to be one worse; the first two places are tied unless said otherwise."""
    difference = difference or Difference(mean=-number / 10, low=None, high=None, p=None, basis="t over seeds")
    last = number + 1 if worst is None else worst
    tied = number <= 2 if tied is None else tied
    return Place(place=number, best=number, worst=last, everywhere=(1, last), tied=tied, difference=difference)


def row(name: str, number: int | None, mean: float, *, partial: bool = False, **changes: object) -> Row:
    values = (
        value("accuracy", "near", mean, partial=partial),
        value("accuracy", "near/one", mean),
        value("accuracy", "far", 1 - mean),
        value("delay", "near", 10 * mean),
    )
    full = Row(
        method=f"demo/{name}",
        name=name,
        version="1",
        parameters={},
        changed={},
        chosen={},
        card=None,
        access=(),
        standing="ranked",
        rank=None if number is None else place(number),
        unranked="",
        seeds=(0, 1),
        failed={},
        values=values,
        cost={"fit_seconds": mean, "peak_memory_bytes": 2.0**20},
        facts={},
        runs=tuple(SeedRun(seed=seed, state="done", run=digest([name, seed])[:16], value=mean) for seed in (0, 1)),
    )
    return full.model_copy(update=changes)


ROWS = (
    row("alpha", 1, 0.9, card=CARD),
    row("beta", 2, 0.8, card=REBUILT, changed={"temperature": 2}),
    *(row(name, 3 + i, 0.7 - i / 100) for i, name in enumerate(PAYLOADS)),
    row("half", None, 0.95, partial=True, unranked="partial mean beside complete ones"),
    row("lame", None, 0.5, unranked="seeds 1 are not done", seeds=(0,), failed={"oom": 1}),
)


def table(task: str, protocol: str, *, current: bool = True, **changes: object) -> Table:
    full = Table(
        task=task,
        setting={},
        axes=(),
        version="1",
        track=task.split("/")[0],
        tier="embedded",
        title=f"Title of {task}",
        summary=f"Protocol of {task}, with {IMG} and {DIRECTIVE}.",
        protocol=protocol * 64,
        current=current,
        primary=Column(metric="accuracy", subset="near"),
        metrics=(ACCURACY, DELAY),
        subsets=("near", "far", "near/one", "near/two"),
        missing=("near/two",),
        seeds=(0, 1),
        ingredients={"data/one": "a" * 64, "data/two": None},
        facts={"reference model": "97 % right"},
        comparable_by=(),
        comparison="paired t over seeds",
        ended="2026-01-02T03:04:05",
        rows=ROWS,
    )
    return full.model_copy(update=changes)


TRACKS = (
    Track(name="demo", title="Demonstration", question="Which is best?"),
    Track(name="second", title=IMG, question=DIRECTIVE),
)


def board_with(*tables: Table, **changes: Any) -> Board:
    """Return a board of these tables in the two tracks."""
    return board_of(tables, TRACKS, built="2026-01-02T03:04:05+00:00", **changes)


TABLES = (
    table("demo/tiny", "a"),
    table("demo/tiny", "b", current=False),
    table("demo/wide", "c"),
    table("second/only", "d"),
)
BOARD = board_with(*TABLES)


AXES = (
    Axis(name="precision", values=("fine", "coarse", "coarser"), about="How finely numbers are kept."),
    Axis(name="sort", values=("few", IMG), about=""),
)
"""One of them has the name of a control of the page."""


def varied() -> Board:
    """Return a board with one task of two axes, which has results at three of six settings."""
    settings = (("fine", "few", 0.9), ("fine", IMG, 0.85), ("coarse", "few", 0.6))
    tables = tuple(
        table(
            "demo/varied",
            protocol,
            axes=AXES,
            setting={"precision": precision, "sort": amount},
            rows=(row("alpha", 1, mean), row("beta", 2, mean - 0.1)),
        )
        for protocol, (precision, amount, mean) in zip("abc", settings, strict=True)
    )
    return board_with(*tables, table("demo/wide", "d"))


@pytest.fixture(scope="session", autouse=True)
def _components() -> Iterator[None]:
    """Let Streamlit look for components in all that is installed once, and not for each page: that takes 0.1 s."""
    with pytest.MonkeyPatch.context() as patch:
        with suppress(ImportError):  # older ones do not look
            from streamlit.components.v2 import manifest_scanner

            scan = cache(manifest_scanner.scan_component_manifests)
            patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the small board, or with ``board=None`` of the store, by its script and query parameters."""

    def open_page(name: str = "board", *, board: Board | None = BOARD, **parameters: str | list[str]) -> AppTest:
        if board is not None:
            monkeypatch.setattr(source, "board", lambda: board)
        app = AppTest.from_file(APP, default_timeout=60)
        if name != "home":
            app.switch_page(f"views/{name}.py")
        for key, text in parameters.items():
            app.query_params[key] = text
        return app.run()

    return open_page


def texts(app: AppTest) -> str:
    """Return everything that the page says in HTML, Markdown, alerts and headings."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    said = [str(element.value) for kind in kinds for element in kind]
    return "\n".join([*said, *(body for body in bodies(app) if not body.startswith(("<script", "<style")))])


def bodies(app: AppTest) -> list[str]:
    """Return the HTML of a page, piece by piece."""
    return [str(element.proto.body) for element in app.get("html")]


def words(app: AppTest) -> str:
    """Return what a reader sees of a page's HTML."""
    shown = (body.replace("<", " <") for body in bodies(app) if not body.startswith(("<script", "<style")))
    return " ".join(" ".join(Markup(body).striptags().split()) for body in shown)


def grids(app: AppTest) -> list[Grid]:
    """Return the tables of a page."""
    return [grid for body in bodies(app) for grid in read_grids(body)]


def query(app: AppTest) -> dict[str, list[str]]:
    """Return the query that the page puts into its address: what it completes, or wrote after a choice."""
    completed = [match[1] for body in bodies(app) if (match := re.search(r'data-query="([^"]*)"', body))]
    return parse_qs(unescape(completed[-1])) if completed else written(app)


def written(app: AppTest) -> dict[str, list[str]]:
    """Return the query of the address: as it was asked, or as the script wrote it after a choice."""
    values = {name: app.query_params[name] for name in app.query_params}
    return {name: value if isinstance(value, list) else [value] for name, value in values.items()}


def opened(app: AppTest, *boxes: str) -> AppTest:
    """Open boxes of a page, given by their keys, as ``run.sharing``, and run it again."""
    for key in boxes:
        app.session_state[key] = True
    return app.run()


def charts(app: AppTest) -> list[Any]:
    """Return the charts of a page."""
    both = [*app.get("vega_lite_chart"), *app.get("arrow_vega_lite_chart")]  # Streamlit's name for it, and its former
    return [chart.proto for chart in both]


def specifications(app: AppTest) -> list[dict[str, Any]]:
    """Return what the charts of a page show."""
    return [json.loads(chart.spec) for chart in charts(app)]


def assert_sound(app: AppTest) -> None:
    """The page raised nothing, neither past the app nor into its guard."""
    assert not app.exception
    assert not app.error


class Store:
    """A store of tasks of the demo plugin that is filled by hand; nothing is computed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._writer = Writer(settings.database_url)

    def run(
        self,
        method: str,
        seed: int,
        near: float | None,
        samples: pa.Table | None = None,
        task: str = "demo/plain",
        setting: dict[str, str] | None = None,
    ) -> str:
        """Record a run and return its id; ``near`` None is a failure."""
        identity = json.dumps({"task": task, "method": method, "seed": seed, "setting": setting})
        cell = CellRow(digest(identity), identity, "p" * 64, task, "1", f"demo/{method}", "1", setting or {}, {}, seed)
        run = self._writer.claim(cell, ["run", "--method", method])
        assert run is not None
        if near is None:
            self._writer.end(run, RunResult(state="failed", error=f"ValueError: {IMG}", traceback="Traceback\n  here"))
            return run
        environment = {"python": "3.11", "packages": {"numpy": "2"}, "suite": {"version": "0", "commit": "abc"}}
        result = RunResult(
            state="done",
            scores=(ScoreRow("accuracy", "1", "near", near, 1, False),),
            environment=environment,
            device="cpu",
            wall_seconds=len(method) / 10,
            ingredients={"data/digits": "f" * 64},
            samples=None if samples is None else self._keep(samples),
        )
        self._writer.end(run, result)
        return run

    def _keep(self, samples: pa.Table) -> str:
        draft = self.settings.home / "draft.parquet"
        pq.write_table(samples, draft)
        kept = samples_path(self.settings, file_digest(draft))
        write_atomic(kept, lambda temporary: draft.rename(temporary))
        return kept.stem

    def board(self) -> Board:
        """Return the board of what it holds."""
        return load_board(self.settings, load_registry((PLUGIN,)))

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store in the test's own home, which its pages read, and the tasks and methods of its runs."""
    monkeypatch.setenv("SUITE_PLUGINS", str(PLUGIN))
    return Store(load_settings())


def marks() -> pa.Table:
    """Return marks of three subsets: the first has no picture, the name of the last is markup."""
    return pa.table({"subset": ["far", "near/one", "near/one", IMG], "mark": [1.0, 1.0, 0.0, 1.0]})


BROKEN = """
class Raising(Marks):
    def pictures(self, subset):
        raise RuntimeError("secret path /etc")

class Wrong(Marks):
    def pictures(self, subset):
        return (Picture("Fine", "", {"mark": "point"}), "no picture")

class Named(Marks):
    def pictures(self, subset):
        return (Picture(TITLE, TITLE, {"mark": "point", "data": {"values": [{"x": 1}]}}),)

class Unreadable(Marks):
    @classmethod
    def read(cls, table):
        raise KeyError("secret path /etc")

class RaisingTask(Plain):
    id = "demo/raising"
    samples = Raising

class WrongTask(Plain):
    id = "demo/wrong"
    samples = Wrong

class NamedTask(Plain):
    id = "demo/named"
    samples = Named

class UnreadableTask(Plain):
    id = "demo/unreadable"
    samples = Unreadable

@hookimpl
def suite_register_tasks(register):
    for task in (RaisingTask, WrongTask, NamedTask, UnreadableTask):
        register(task)
"""


@pytest.fixture
def odd_pictures(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install tasks whose pictures raise, are none, or have titles that mean mischief."""
    plugin = f"{PLUGIN.read_text()}\nTITLE = {IMG + DIRECTIVE!r}\n{BROKEN}"
    (tmp_path / "odd_pictures.py").write_text(plugin)
    monkeypatch.setenv("SUITE_PLUGINS", str(tmp_path / "odd_pictures.py"))


PAGES = """
from pathlib import Path
from suite import hookimpl
from suite.contracts import Page

@hookimpl
def suite_register_pages(register):
    folder = Path(__file__).parent
    register(Page("good", "Good page", folder / "good.py"))
    register(Page("raises", "Raising page", folder / "raises.py", listed=False))
    register(Page("absent", "Absent page", folder / "absent.py"))
"""


@pytest.fixture
def third_party(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install pages of a third party: one that works, one that raises, one without a script."""
    (tmp_path / "pages_plugin.py").write_text(PAGES)
    (tmp_path / "good.py").write_text("import streamlit as st\nst.title('Good')\n")
    (tmp_path / "raises.py").write_text("raise RuntimeError('secret path /etc')\n")
    monkeypatch.setenv("SUITE_PLUGINS", os.pathsep.join(map(str, (PLUGIN, tmp_path / "pages_plugin.py"))))


HOSTILE = """
class Hostile(Plain):
    id = "demo/hostile"
    summary = "see http://example.org and a@example.org, a <= b -> c -- d"

@hookimpl
def suite_register_tasks(register):
    for task in (Plain, Varied, Hostile):
        register(task)
"""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small store with ``suite leaderboard``, once for all tests of a worker; yields the address."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "hostile.py").write_text(f"{PLUGIN.read_text()}\n{HOSTILE}")
    (folder / "pages_plugin.py").write_text(PAGES)
    (folder / "good.py").write_text("import streamlit as st\nst.title('Good')\n")
    (folder / "raises.py").write_text("raise RuntimeError('secret path /etc')\n")
    store = Store(load_settings(home=folder / "home"))
    for seed in range(5):
        store.run("alpha", seed, 0.8 + seed / 100, marks(), task="demo/varied")
        store.run("beta", seed, 0.7 + seed / 50, task="demo/varied")
        store.run(IMG, seed, 0.6 + seed / 40, task="demo/varied")
        store.run("alpha", seed, None if seed == 4 else 0.5)
        store.run("beta", seed, 0.6 + seed / 100)
    store.run("beta", 0, 0.5, task="demo/varied", setting={"precision": "coarse", "amount": "few"})
    store.close()
    plugins = os.pathsep.join((str(folder / "hostile.py"), str(folder / "pages_plugin.py")))
    yield from start({"SUITE_HOME": str(folder / "home"), "SUITE_PLUGINS": plugins}, folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, once for all tests of a worker."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(served: str, chromium: Any) -> Iterator[Visitor]:
    """A visitor of the served store, with an empty history."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    visitor = Visitor(page, served)
    visitor.watch()
    yield visitor
    page.close()
