"""The app in a real browser: a click is one entry of the history, Back undoes it, questions take three clicks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .browsing import Visitor, browses
from .conftest import IMG

pytestmark = browses

TABLE = "/board?task=demo/varied"
PATHS = {
    "home": "/",
    "search": "/?q=demo",
    "board": TABLE,
    "tasks": "/tasks",
    "methods": "/methods?track=demo",
    "task": "/task?id=demo/varied",
    "not found": "/task?id=demo/nothing",
}


def test_one_choice_or_link_is_one_entry_of_the_history_and_back_undoes_it(visitor: Visitor) -> None:
    visitor.open(TABLE)
    page, before, addresses = visitor.page, visitor.entries, [visitor.page.url]
    assert "sort=rank" in page.url  # completed in its own entry

    page.get_by_label("Search methods").fill("alpha, beta")
    page.get_by_label("Search methods").press("Enter")
    visitor.settle()
    addresses.append(page.url)
    assert page.locator("table.board tbody tr").count() == 2

    visitor.click(page.get_by_role("combobox", name="Precision"))
    visitor.click(page.get_by_role("option", name="coarse", exact=True))
    addresses.append(page.url)
    assert "setting.precision=coarse" in page.url

    visitor.click(visitor.link("beta"))
    addresses.append(page.url)
    assert "/method?method=demo%2Fbeta" in page.url
    assert visitor.entries == before + 3
    for address in reversed(addresses[:-1]):
        page.go_back()
        visitor.settle()
        assert page.url == address
    assert page.get_by_label("Search methods").input_value() == ""
    assert page.locator("table.board tbody tr").count() == 3
    page.reload()
    visitor.settle()
    assert page.url == addresses[0]
    assert not visitor.errors


def test_enter_opens_a_row_in_the_same_tab_and_does_not_load_the_app_anew(visitor: Visitor) -> None:
    visitor.open(TABLE)
    loads: list[str] = []
    visitor.page.on("framenavigated", lambda frame: None)
    visitor.page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    visitor.link("alpha").focus()
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    assert "/method?method=demo%2Falpha" in visitor.page.url
    assert visitor.page.title() != "Streamlit"
    assert len(visitor.page.context.pages) == 1
    assert not loads


def test_ticked_rows_lead_to_the_page_that_compares(visitor: Visitor) -> None:
    visitor.open(TABLE)
    visitor.page.get_by_role("checkbox", name="Compare alpha").check()
    visitor.page.get_by_role("checkbox", name="Compare beta").check()
    visitor.click(visitor.page.get_by_role("button", name="Compare the ticked rows"))
    assert "/compare?track=demo" in visitor.page.url
    assert "methods=alpha&methods=beta" in visitor.page.url
    visitor.page.go_back()
    visitor.settle()
    assert "/board?" in visitor.page.url


def question_best(visitor: Visitor) -> None:
    """Which is best, and does it differ from the second?"""
    visitor.click(visitor.link("Varied"))
    assert "told apart" in visitor.page.locator("caption").inner_text()
    assert visitor.page.get_by_role("columnheader", name="To the best").is_visible()


def question_submit(visitor: Visitor) -> None:
    """How do I submit mine?"""
    assert "Submit yours" in visitor.words
    assert "suite run" in visitor.words


def question_search(visitor: Visitor) -> None:
    """Everything of one name, across tracks."""
    visitor.click(visitor.page.get_by_label("Search everything"))
    visitor.page.keyboard.type("alpha")
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    assert "demo/alpha" in visitor.words


def question_failed(visitor: Visitor) -> None:
    """What failed, or is incomplete, anywhere?"""
    visitor.click(visitor.link("Tasks"))
    visitor.click(visitor.page.get_by_role("button", name="Filters"))
    visitor.page.get_by_role("combobox", name="State").press_sequentially("with failures")
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    assert "state=with+failures" in visitor.page.url
    assert "1 failed" in visitor.words


def question_file(visitor: Visitor) -> None:
    """All results as one file."""
    with visitor.page.expect_download(timeout=30_000) as download:
        visitor.clicks += 1
        visitor.link("All tables as JSON").click()
    assert '"demo/alpha"' in download.value.path().read_text()


def question_share(visitor: Visitor) -> None:
    """Share what I see."""
    visitor.click(visitor.link("Varied"))
    visitor.click(visitor.page.get_by_role("link", name="Rank", exact=True))
    seen, url = visitor.page.locator("table.board").inner_text(), visitor.page.url
    visitor.open(url.removeprefix(visitor.address))
    assert visitor.page.locator("table.board").inner_text() == seen


def question_definition(visitor: Visitor) -> None:
    """What does this metric mean?"""
    visitor.click(visitor.link("Varied"))
    head = visitor.page.get_by_role("columnheader", name=re.compile("accuracy")).first
    assert "is better" in str(head.get_attribute("title"))
    visitor.click(visitor.page.get_by_text("What the columns mean"))
    assert "This column ranks." in visitor.words


@pytest.mark.parametrize(
    "question",
    [
        question_best,
        question_submit,
        question_search,
        question_failed,
        question_file,
        question_share,
        question_definition,
    ],
)
def test_a_question_takes_three_clicks_at_most(visitor: Visitor, question: Any) -> None:
    visitor.open()
    question(visitor)
    assert visitor.clicks <= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PATHS))
def test_axe_finds_nothing_serious(visitor: Visitor, name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visitor.page.emulate_media(color_scheme=scheme)
    visitor.open(PATHS[name])
    found = Axe().run(visitor.page).response["violations"]
    grave = [
        (fault["id"], [node["html"][:200] for node in fault["nodes"][:3]])
        for fault in found
        if fault["impact"] in ("serious", "critical") or fault["id"] in ("heading-order", "page-has-heading-one")
    ]
    assert not grave


def test_no_page_asks_anything_of_anybody_else(visitor: Visitor) -> None:
    for path in PATHS.values():
        visitor.open(path)
    assert not visitor.outside
    assert not visitor.dialogs
    assert not visitor.errors


def test_a_phone_shows_a_score_on_the_first_screen_and_scrolls_no_page_sideways(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    long = (f"/board?q={'x' * 300}", f"/board?task={'x' * 300}", f"/run?run={'x' * 300}")
    for path in (*PATHS.values(), *long):
        visitor.open(path)
        assert visitor.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    visitor.open(TABLE)
    score = visitor.page.locator("table.board tbody tr").first.locator("td.number").first.bounding_box()
    assert score["y"] + score["height"] <= 844
    assert score["x"] + score["width"] <= 390


def test_texts_of_plugins_become_neither_links_nor_other_signs(visitor: Visitor) -> None:
    visitor.open("/task?id=demo/hostile")
    said = "see http://example.org and a@example.org, a <= b -> c -- d"
    assert said in visitor.words
    assert visitor.page.locator(".stMain a[href*='example.org']").count() == 0
    visitor.open(TABLE)
    assert IMG in visitor.words
    assert visitor.page.locator("table.board img").count() == 0
    assert not visitor.dialogs


def test_pages_of_third_parties_come_even_to_the_first_visitor(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.address}/good")
    visitor.page.get_by_role("heading", name="Good", exact=True).wait_for(timeout=30_000)
    assert visitor.page.get_by_text("Page not found").count() == 0
    visitor.page.wait_for_function("document.title === 'Good page · Basin Suite'", timeout=30_000)
