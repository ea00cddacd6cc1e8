"""Escaping, and links that are let through."""

from __future__ import annotations

import pytest

from suite.leaderboard.components.escape import clean, https, plain
from suite.leaderboard.components.links import address

from .conftest import PAYLOADS


@pytest.mark.parametrize("text", PAYLOADS)
def test_every_punctuation_sign_is_escaped(text: str) -> None:
    escaped = plain(text)
    assert escaped.replace("\\", "") == text.replace("\\", "")
    assert all(escaped[i - 1] == "\\" for i, sign in enumerate(escaped) if sign in "<>[]():$=!*_`#|~")


def test_control_signs_and_turned_reading_direction_are_dropped() -> None:
    assert clean("a\u202eb\x00c\nd\u200b") == "abc d"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a.org", "https://a b", 'https://a"b', "", None])
def test_other_links_are_refused(url: str | None) -> None:
    assert https(url) is None
    assert https("https://a.org/b?c=d") == "https://a.org/b?c=d"


@pytest.mark.parametrize("label", PAYLOADS)
def test_addresses_are_relative_and_carry_nothing_raw(label: str) -> None:
    made = address("method", label, method=label)
    assert made.startswith("method?method=")
    assert not set("<>\" '") & set(made.split("#")[0])
    assert not set('<>" ') & set(made)
