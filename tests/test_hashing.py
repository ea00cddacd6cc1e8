"""Canonical JSON: one text per document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.hashing import canonical_json, digest

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), documents, max_size=5))
def test_the_order_of_keys_does_not_count(document: dict[str, object]) -> None:
    assert digest(dict(reversed(document.items()))) == digest(document)


def test_values_and_types_count() -> None:
    assert len({digest(each) for each in ({"a": 1}, {"a": "1"}, {"a": 1.5}, {"a": None}, {"b": 1}, [1])}) == 6


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})
