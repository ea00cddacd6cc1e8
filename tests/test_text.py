"""The gate for text: nothing that drives a terminal, turns the reading direction or hides gets through."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suite.text import block, clean, escaped

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)  # halves of surrogate pairs too
SEQUENCES = st.lists(
    st.one_of(ANYTHING, st.sampled_from(["\x1b]0;title\x07", "\x1b[31m", "\x9b1A", "\x1b", "\x08", "\u202e", "\r"]))
).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 123 %", "plain 123 %"),
        ("\x1b]0;owned\x07after", "after"),
        ("\x1b]8;;http://a.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;never ends, and is read", "0;never ends, and is read"),
        ("\x1bPdevice\x1b\\after", "after"),
        ("over\x08\x08write", "overwrite"),
        ("\u202eright to left\u202c", "right to left"),
        ("two\r\nlines\tand  spaces ", "two lines and spaces"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half \ud800", "half \ufffd"),
        ("é ü 漢字 \u00b1", "é ü 漢字 \u00b1"),
        (None, "None"),
    ],
)
def test_one_line_of_what_a_person_may_see(text: object, shown: str) -> None:
    assert clean(text) == shown


def test_several_lines_keep_their_indents() -> None:
    text = "Traceback:\r\n  File \x1b[31mx\x1b[0m\n\tbad\u202e\n\n    return  1"
    assert block(text) == "Traceback:\n  File x\n    bad\n\n    return  1"


@given(SEQUENCES)
@example("\x1b\x1b[31m[32m")
def test_nothing_hidden_gets_through(text: str) -> None:
    for line in (clean(text), *block(text).split("\n")):
        assert not {unicodedata.category(sign) for sign in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        line.encode()
    assert clean(clean(text)) == clean(text)
    assert "\n" not in clean(text)


TURNS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@example("\U000e0041\x9b\u202e\ud800\u2028\u200f")
def test_json_says_the_same_and_drives_no_terminal(document: object) -> None:
    text = escaped(json.dumps(document, ensure_ascii=False))
    assert json.loads(text) == document
    assert not {unicodedata.category(sign) for sign in text} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in text} & TURNS
