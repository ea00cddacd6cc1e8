"""Parts hold every item once, in order, and are light wherever an item alone is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.export import parts
from suite.export.parts import in_parts


@given(st.lists(st.integers(0, 60), max_size=60))
def test_every_item_is_on_one_part_and_no_part_is_heavy(sizes: list[int]) -> None:
    rendered: list[tuple[list[int], int, int]] = []

    def render(items: Sequence[int], part: int, count: int) -> str:
        rendered.append((list(items), part, count))
        return "x" * (40 + sum(items))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "HEAVY", 100)
        pages = in_parts(sizes, render)
    last = rendered[-len(pages) :]
    assert [item for items, _, _ in last for item in items] == sizes
    assert [(part, count) for _, part, count in last] == [(part, len(pages)) for part in range(1, len(pages) + 1)]
    assert all(len(page) <= 100 or len(items) == 1 for page, (items, _, _) in zip(pages, last, strict=True))
