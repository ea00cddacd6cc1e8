"""Questions that a method, a comparison, a cost, a run answer: from the home page, in three clicks at most."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .browsing import Visitor, browses

pytestmark = browses

PATHS = {
    "compare": "/compare?track=demo&methods=alpha&methods=beta",
    "field": "/compare?track=demo",
    "matrix": "/matrix?track=demo",
    "cost": "/cost?task=demo/varied",
    "method": "/method?method=demo/alpha",
}


def question_difference(visitor: Visitor) -> None:
    """1b. Does the first differ from the second?"""
    visitor.click(visitor.link("Compare"))
    visitor.click(visitor.page.get_by_role("checkbox", name="Compare alpha"))
    visitor.page.get_by_role("checkbox", name="Compare beta").check()
    visitor.click(visitor.page.get_by_role("button", name="Compare the ticked rows"))
    assert re.search(r"(alpha|beta) against (alpha|beta), on 2 tables that both have", visitor.words)
    assert "Difference to" in visitor.words


def question_two_methods(visitor: Visitor) -> None:
    """2. One method against another on all tasks: differences, intervals, who wins."""
    visitor.click(visitor.link("Compare"))
    visitor.page.get_by_role("checkbox", name="Compare beta").check()
    visitor.page.get_by_role("checkbox", name="Compare alpha").check()
    visitor.clicks += 1  # two rows are one choice
    visitor.click(visitor.page.get_by_role("button", name="Compare the ticked rows"))
    table = visitor.page.locator("table.board").first.inner_text()
    assert re.search(r"[+−]\d+\.\d\d", table)
    assert " to " in table


def question_cost(visitor: Visitor) -> None:
    """3. Who wins per second?"""
    visitor.click(visitor.link("Cost"))
    assert "methods are on the front, from the cheapest to the most expensive" in visitor.words
    assert visitor.page.get_by_role("combobox", name="Cost").is_visible()


def question_reproduce(visitor: Visitor) -> None:
    """4. How do I make this row again?"""
    visitor.click(visitor.link("Methods"))
    visitor.click(visitor.page.get_by_role("link", name=re.compile("alpha|For the tests")).first)
    visitor.click(visitor.page.get_by_text("Make these rows again"))
    visitor.page.get_by_text("--method alpha --seed 0").first.wait_for(timeout=30_000)


def question_cite(visitor: Visitor) -> None:
    """5. How do I cite this?"""
    visitor.click(visitor.link("Methods"))
    visitor.click(visitor.page.get_by_role("link", name=re.compile("alpha|For the tests")).first)
    visitor.click(visitor.page.get_by_text("Link, cite, copy"))
    visitor.page.get_by_text("@misc{basin-suite-board-").wait_for(timeout=30_000)
    visitor.page.get_by_text("/method?method=demo").wait_for(timeout=30_000)


def question_seed(visitor: Visitor) -> None:
    """12. Why did this seed do badly?"""
    visitor.click(visitor.link("Methods"))
    visitor.click(visitor.page.get_by_role("link", name=re.compile("alpha|For the tests")).first)
    visitor.click(visitor.page.locator("table.board tr", has_text="Varied").locator("a[href^='run?run=']").first)
    visitor.page.get_by_role("heading", name="Marks").wait_for(timeout=30_000)  # the picture that its samples make
    assert "Make it again" in visitor.words


@pytest.mark.parametrize(
    "question",
    [question_difference, question_two_methods, question_cost, question_reproduce, question_cite, question_seed],
)
def test_a_question_takes_three_clicks_at_most(visitor: Visitor, question: Any) -> None:
    visitor.open()
    question(visitor)
    assert visitor.clicks <= 3
    assert not visitor.errors


@pytest.mark.parametrize(("path", "mark", "leads"), [("cost", "symbol", "method"), ("field", "rect", "compare")])
def test_a_mark_of_a_chart_leads_on_in_the_same_tab(visitor: Visitor, path: str, mark: str, leads: str) -> None:
    visitor.open(PATHS[path])
    visitor.page.locator(f"[data-testid=stVegaLiteChart] g.mark-{mark} path[aria-label*='address']").first.click(
        position={"x": 4, "y": 4}
    )
    visitor.page.wait_for_url(re.compile(rf"/{leads}\?"), timeout=30_000)
    assert len(visitor.page.context.pages) == 1


def test_choices_are_undone_by_back(visitor: Visitor) -> None:
    visitor.open(PATHS["compare"])
    before, page = visitor.page.url, visitor.page
    visitor.click(page.get_by_role("combobox", name="Columns"))
    visitor.click(page.get_by_role("option", name="all metrics", exact=True))
    assert "columns=summary" in page.url
    page.go_back()
    visitor.settle()
    assert page.url == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PATHS, "run"])
def test_axe_finds_nothing_serious(visitor: Visitor, name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visitor.page.emulate_media(color_scheme=scheme)
    _open(visitor, name)
    found = Axe().run(visitor.page).response["violations"]
    grave = [
        (fault["id"], [node["html"][:200] for node in fault["nodes"][:3]])
        for fault in found
        if fault["impact"] in ("serious", "critical") or fault["id"] in ("heading-order", "page-has-heading-one")
    ]
    assert not grave


def test_no_page_asks_anything_of_anybody_else_or_scrolls_sideways_on_a_phone(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    for name in (*PATHS, "run"):
        _open(visitor, name)
        assert visitor.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert not visitor.outside
    assert not visitor.dialogs
    assert not visitor.errors


def _open(visitor: Visitor, name: str) -> None:
    if name != "run":
        visitor.open(PATHS[name])
        return
    visitor.open(PATHS["method"])
    visitor.click(visitor.page.locator("table.board tr", has_text="Varied").locator("a[href^='run?run=']").first)
    visitor.page.get_by_role("heading", name="Marks").wait_for(timeout=30_000)
