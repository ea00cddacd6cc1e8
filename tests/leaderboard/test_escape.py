"""Texts of plugins: as HTML, and as Streamlit's Markdown; links that are let through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from suite.leaderboard.components.chart import inline
from suite.leaderboard.components.escape import clean, https, plain
from suite.leaderboard.components.prose import definitions, fill, link, outside, text

from .conftest import IMG, PAYLOADS


@pytest.mark.parametrize("said", PAYLOADS)
def test_every_punctuation_sign_is_escaped(said: str) -> None:
    escaped = plain(said)
    assert escaped.replace("\\", "").replace("\u2060", "") == said.replace("\\", "")
    assert all(escaped[i - 1] == "\\" for i, sign in enumerate(escaped) if sign in "<>[]():$=!*_`#|~")


@pytest.mark.parametrize("said", ["http://a.org", "www.a.org", "a@b.org", "a -> b", "a <= b", "a -- b", "~=", "=>"])
def test_markdown_makes_neither_links_nor_typography(said: str) -> None:
    shown = plain(said).replace("\\", "")
    assert shown.replace("\u2060", "") == said
    assert not re.search(r"://|www\.|\w@|->|<=|--|~=|=>", shown)


def test_control_signs_and_turned_reading_direction_are_dropped() -> None:
    assert clean("a\u202eb\x00c\nd\u200b") == "abc d"
    assert text("a\u202eb\x1b[31mc") == "abc"


@given(st.text())
def test_no_text_makes_markup(said: str) -> None:
    for made in (
        text(said),
        fill("{}", said),
        fill("{}", [said, said]),
        link("x", said),
        definitions({said or "a": said}),
    ):
        inside = re.sub(r"</?(a|dl|dt|dd|div)( (href|class)=\"[^\"<>]*\")?>", "", made)
        assert not set("<>") & set(inside)


def test_parts_that_are_markup_stay_so_and_texts_do_not() -> None:
    assert fill("<p>{} {}</p>", Markup("<b>b</b>"), IMG) == "<p><b>b</b> &lt;img src=x onerror=alert(1)&gt;</p>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a.org", "https://a b", 'https://a"b', "", None])
def test_other_links_are_refused(url: str | None) -> None:
    assert https(url) is None
    assert https("https://a.org/b?c=d") == "https://a.org/b?c=d"
    assert outside("label", url) == "label"
    assert 'rel="noopener noreferrer"' in outside("label", "https://a.org")


def test_pictures_of_plugins_lead_nowhere() -> None:
    data = {"values": [{"x": 1}]}
    spec = {
        "data": {"url": "https://example.org/visited.csv"},
        "usermeta": {"embedOptions": {"patch": "https://example.org/patch.json"}},
        "layer": [
            {"data": data, "mark": "image", "encoding": {"x": {"field": "x"}, "url": {"value": "https://example.org"}}},
            {"transform": [{"lookup": "x", "from": {"data": {"url": "https://example.org"}}}]},
        ],
    }
    assert inline(spec) == {
        "data": {},
        "layer": [
            {"data": data, "mark": "image", "encoding": {"x": {"field": "x"}}},
            {"transform": [{"lookup": "x", "from": {"data": {}}}]},
        ],
    }
