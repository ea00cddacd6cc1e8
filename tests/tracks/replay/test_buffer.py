"""The buffer holds what was written, in its slots, and says what that takes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay import Exemplars
from suite.tracks.replay.buffer import Buffer, slot_bytes


def samples(count: int, start: int = 0) -> Exemplars:
    """Return samples whose pixels and labels follow from their rows."""
    rows = torch.arange(start, start + count)
    pixels = (rows[:, None, None, None] + torch.arange(4).view(2, 2, 1)).to(torch.uint8)
    return Exemplars(pixels, rows % 3, rows)


def consistent(found: Exemplars) -> bool:
    expected = [samples(1, int(row)) for row in found.rows]
    return all(
        torch.equal(found.inputs[place : place + 1], one.inputs) and int(found.labels[place]) == int(one.labels)
        for place, one in enumerate(expected)
    )


def test_what_is_written_can_be_read() -> None:
    buffer, given_samples = Buffer(samples(1), 5), samples(4)
    buffer.write(torch.tensor([0, -1, 1, 0]), given_samples)
    assert len(buffer) == 2
    assert buffer.samples().rows.tolist() == [3, 2]
    assert buffer.labels.tolist() == [0, 2]
    assert buffer.samples(torch.tensor([1])).rows.tolist() == [2]
    assert consistent(buffer.samples())


def test_what_is_read_is_a_copy() -> None:
    buffer = Buffer(samples(1), 2)
    buffer.write(torch.arange(2), samples(2))
    buffer.samples().rows.fill_(9)
    buffer.samples(torch.tensor([0])).inputs.fill_(9)
    assert consistent(buffer.samples())


def test_bytes_are_those_of_inputs_labels_and_columns() -> None:
    buffer = Buffer(samples(1), 10, {"key": 0.0, "score": 1.0})
    assert buffer.bytes == 0
    buffer.write(torch.arange(3), samples(3))
    assert slot_bytes(samples(1).inputs, 2) == 4 + 8 + 16
    assert buffer.bytes == 3 * 28
    assert slot_bytes(torch.zeros(1, 6)) == 24 + 8


@pytest.mark.parametrize(
    ("slots", "message"),
    [
        ([0, 5], r"the buffer has 5 slots\. Got \[0, 5\]"),
        ([-2, 2], "-1 means: do not keep"),
        ([3, -1], "slot 3 was filled before slot 2"),
        ([2], r"give 2 slots\. Got shape \(1,\)"),
        ([0.5, 1.0], r"returned a tensor \[2\] of float32; its contract wants integers \[2\], a slot for each sample"),
        (None, "the method returned None; its contract wants integers"),
    ],
)
def test_wrong_slots_are_refused_and_change_nothing(slots: list[int] | None, message: str) -> None:
    buffer = Buffer(samples(1), 5)
    buffer.write(torch.arange(2), samples(2))
    with pytest.raises(ValueError, match=message):
        buffer.write(slots if slots is None else torch.tensor(slots), samples(2, start=7))
    assert buffer.samples().rows.tolist() == [0, 1]


def test_a_buffer_has_room_for_something() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        Buffer(samples(1), 0)


def test_resizing_keeps_slots_in_order_and_columns_with_them() -> None:
    buffer = Buffer(samples(1), 4, {"key": 0.5})
    buffer.write(torch.arange(4), samples(4))
    buffer.columns["key"][:] = torch.arange(4.0)
    buffer.resize(3, torch.tensor([3, 1]))
    assert (buffer.capacity, len(buffer)) == (3, 2)
    assert buffer.samples().rows.tolist() == [3, 1]
    assert buffer.columns["key"].tolist() == [3.0, 1.0, 0.5]  # a free slot is fresh
    buffer.resize(6, torch.tensor([], dtype=torch.int64))
    assert (buffer.capacity, len(buffer)) == (6, 0)
    assert buffer.columns["key"].tolist() == [0.5] * 6


@pytest.mark.parametrize("slots", [[0, 0], [2], [-1], [0, 1]])
def test_wrong_resizes_are_refused(slots: list[int]) -> None:
    buffer = Buffer(samples(1), 3)
    buffer.write(torch.arange(2), samples(2))
    with pytest.raises(ValueError, match="cannot keep"):
        buffer.resize(1, torch.tensor(slots))
    assert len(buffer) == 2


@given(st.integers(1, 12), st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=10))
def test_it_is_a_row_of_slots(capacity: int, draws: list[list[int]]) -> None:
    """Against a list: whatever is written, in order, into free or filled slots or nowhere."""
    buffer, expected, row = Buffer(samples(1), capacity), [], 0
    for batch in draws:
        slots, filled = [], len(expected)
        for draw in batch:
            slot = draw % (min(filled + 1, capacity) + 1) - 1
            slots.append(slot)
            filled = max(filled, slot + 1)
        buffer.write(torch.tensor(slots, dtype=torch.int64), samples(len(batch), row))
        for slot in slots:
            if slot == len(expected):
                expected.append(row)
            elif slot >= 0:
                expected[slot] = row
            row += 1
        assert buffer.samples().rows.tolist() == expected
    assert consistent(buffer.samples())


@given(st.data(), st.integers(1, 12), st.integers(1, 12))
def test_resizing_is_choosing(data: st.DataObject, before: int, after: int) -> None:
    buffer = Buffer(samples(1), before, {"key": -1.0})
    buffer.write(torch.arange(before), samples(before))
    buffer.columns["key"][:] = torch.arange(float(before))
    kept = data.draw(st.permutations(range(before)))[: data.draw(st.integers(0, min(before, after)))]
    buffer.resize(after, torch.tensor(kept, dtype=torch.int64))
    assert buffer.samples().rows.tolist() == list(kept)
    assert buffer.columns["key"].tolist() == [*map(float, kept), *[-1.0] * (after - len(kept))]
    assert consistent(buffer.samples())
