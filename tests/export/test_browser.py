"""The site in a real browser, from the disk: nothing hinders anybody, headings sort, a phone shows a score at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from suite.board.board import Board
from suite.export.addresses import method_page, metrics_page, table_page, task_page, track_page
from suite.export.site import export_site

from .conftest import VARIED

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH: apt-get install chromium"),
]


@pytest.fixture
def site(board: Board, tmp_path: Path) -> Path:
    export_site(board, tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def pages(board: Board, site: Path) -> list[str]:
    """One page of each kind."""
    file = next(entry.file for entry in board.entries if entry.task == VARIED)
    plain = next(entry.file for entry in board.entries if entry.task == "demo/plain")
    several = [table_page(file), metrics_page(plain), task_page(VARIED), method_page("demo/beta"), track_page("demo")]
    return [(site / path).as_uri() for path in ("index.html", "404.html", *several)]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_any_kind_of_page(browser: Browser, pages: list[str], scheme: str, width: int) -> None:
    context = browser.new_context(  # axe is a script of ours from elsewhere, which the pages' policy forbids
        color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True
    )
    for address in pages:
        page = context.new_page()
        page.goto(address)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
        page.close()


def test_every_page_loads_without_an_error_and_keeps_within_the_window(browser: Browser, pages: list[str]) -> None:
    for width in (1440, 390):
        context = browser.new_context(viewport={"width": width, "height": 844})
        for address in pages:
            page, said = context.new_page(), []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.goto(address)
            assert said == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"  # the style is there
            page.close()


def test_headings_sort_by_value_and_keep_what_is_ranked_together(browser: Browser, pages: list[str]) -> None:
    page = browser.new_page()
    page.goto(pages[2])
    names = "[...body.querySelectorAll('th[scope=row]')].map((head) => head.textContent)"
    bodies = f"[...document.querySelectorAll('tbody')].map((body) => {names})"
    before = page.evaluate(bodies)
    heading = page.get_by_role("columnheader", name="accuracy test")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    ranked = page.evaluate(bodies)
    assert (before[0][-1], ranked[0][0]) == ("delta", "delta")
    assert [sorted(body) for body in ranked] == [sorted(body) for body in before]
    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert page.evaluate(bodies)[0][-1] == "delta"


def test_a_phone_shows_rank_method_and_value_on_its_first_screen(browser: Browser, pages: list[str]) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(pages[2])
    for cell in page.locator("tbody tr.t").first.locator("td, th").all()[:3]:
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844


def test_without_scripts_nothing_is_missing(browser: Browser, pages: list[str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages[0])
    page.get_by_role("link", name="Varied").first.click()
    assert page.get_by_role("row").count() > 4
    page.get_by_role("link", name="alpha").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "For the tests (demo/alpha)"
    page.get_by_role("link", name="Basin Suite leaderboard").click()
    assert page.url == pages[0]
