"""YAML from anybody: plain values alone; everything else is one clear refusal."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from suite.store.submission.yaml import DEPTH, LARGEST, Unreadable, parse, text_of


def test_plain_values_are_what_json_means_by_them() -> None:
    text = b"""
number: 3
share: 0.5
large: 1e3
yes: true
none: null
empty:
text: no
day: 2026-01-01
octal: 0o17
sexagesimal: 1:30
nan: .nan
list: [1, two]
"""
    assert parse(text).value == {
        **{"number": 3, "share": 0.5, "large": 1000.0, "yes": True, "none": None, "empty": None, "text": "no"},
        **{"day": "2026-01-01", "octal": "0o17", "sexagesimal": "1:30", "nan": ".nan", "list": [1, "two"]},
    }


def test_every_part_knows_its_line() -> None:
    lines = parse(b"a: 1\nb:\n  - c: 2\n  - d\n").lines
    assert (lines["a",], lines["b", 0, "c"], lines["b", 1]) == (1, 3, 4)


@pytest.mark.parametrize(
    ("text", "cause", "line"),
    [
        ("a: &x 1\nb: *x\n", "anchor or an alias", 1),
        ("a: 1\nb: !!python/name:os.getcwd\n", "a tag", 2),
        ("a: !thing {}\n", "a tag", 1),
        ("a: !!str 1\n", "a tag", 1),
        ("a: 1\nb: 2\na: 3\n", "'a' is there twice", 3),
        ("a: 1\n---\na: 2\n", "several documents", 2),
        ("? [a, b]\n: 1\n", "a key is not text", 1),
        ("a: [1, 2\nb: 3\n", "it is not YAML", 2),
        ("a: \x07\n", "it is not YAML", 1),
        ("a: 1e999\n", "NaN or infinite", 1),
        ("[" * (DEPTH + 1) + "]" * (DEPTH + 1), f"deeper than {DEPTH}", 1),
        ("[" + "1," * 21_000 + "1]", "more than 20000 parts", 1),
        ("a" * (LARGEST + 1), "larger than 256 KiB", 1),
    ],
    ids=range(13),
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, cause: str, line: int) -> None:
    with pytest.raises(Unreadable, match=cause) as caught:
        parse(text.encode())
    assert caught.value.line == line


def test_what_is_no_utf_8_is_refused() -> None:
    with pytest.raises(Unreadable, match="UTF-8"):
        parse(b"a: \xff\xfe")


printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=20
)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | printable,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(printable, plain, max_size=5))
def test_what_is_written_is_read_as_the_same(value: dict[str, Any]) -> None:
    assert parse(text_of(value).encode()).value == value


@given(st.binary(max_size=300) | st.text("ab:-[]{}&*!|>'\"\n #?,%@`0.e", max_size=200).map(str.encode))
def test_no_text_does_anything_but_be_read_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        assert parse(content).lines or not parse(content).value
