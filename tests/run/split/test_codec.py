"""What passes a border comes out as it went in; what does not is refused, whatever was sent."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from suite.contracts import Border
from suite.run.split.arrays import Garbled, packed, unpacked
from suite.run.split.codec import DEPTH, Codec

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5) | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=12,
)
TORCH = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int8, torch.bool)
SHAPES = ((), (0,), (3,), (2, 0, 3), (2, 3, 4))


@dataclass(frozen=True)
class Part:
    """A value."""

    numbers: Any
    name: str = ""


@dataclass(frozen=True)
class Whole:
    """A value with others in it."""

    parts: Any


def side(*, trusted: bool = False) -> Codec:
    """Return a side with the border of these values, on which nothing stays."""

    def nothing(named: Any) -> Any:
        raise Garbled("nothing stays")

    return Codec(Border(calls={}, values=(Part, Whole)), lambda value, reference: None, nothing, trusted)


def passed(value: Any, one: Codec | None = None, other: Codec | None = None) -> Any:
    """Return what comes out of a value."""
    text, parts, _ = (one or side()).write(value)
    return (other or side()).read(text, bytearray(b"".join(bytes(part) for part in parts)))[0]


def same(one: Any, other: Any) -> bool:
    """Compare, with NaN equal to itself and a float no integer."""
    if isinstance(one, float):
        return type(other) is float and (one == other or (math.isnan(one) and math.isnan(other)))
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@given(PLAIN)
def test_plain_data_pass(value: Any) -> None:
    assert same(value, passed(value))


@given(arrays.arrays(st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]), arrays.array_shapes()))
def test_arrays_pass(array: Any) -> None:
    found = passed({"array": array, "turned": array.T})
    np.testing.assert_array_equal(found["array"], array)
    np.testing.assert_array_equal(found["turned"], array.T)
    assert found["array"].dtype == array.dtype


@pytest.mark.parametrize("dtype", TORCH, ids=str)
def test_tensors_pass_bit_by_bit(dtype: torch.dtype) -> None:
    tensors = [(torch.arange(math.prod(shape)) - 2).reshape(shape).to(dtype) for shape in SHAPES]
    for one, other in zip(tensors, passed(tensors), strict=True):
        assert other.dtype == dtype
        assert torch.equal(one, other)


def test_tensors_begin_where_torch_has_them_begin() -> None:
    content = bytearray(b"".join(bytes(part) for part in packed([torch.ones(3), torch.zeros(1), torch.ones(5)])))
    buffer = torch.frombuffer(content, dtype=torch.uint8)
    start = buffer.data_ptr()
    assert [tensor.tolist() for tensor in unpacked(memoryview(content))] == [[1] * 3, [0], [1] * 5]
    assert all((tensor.data_ptr() - start) % 64 == 0 for tensor in unpacked(memoryview(content)))


def test_a_value_is_the_same_object_when_it_comes_back() -> None:
    one, other = side(), side()
    part = Part(torch.ones(2), "name")
    there = passed(Whole([part, part]), one, other)
    assert there.parts[0] is there.parts[1]
    assert passed([there.parts[0], there], other, one)[0] is part


def test_a_generator_goes_on_where_it_was_taken_to() -> None:
    here, there = side(), side()
    generator = torch.Generator().manual_seed(3)
    text, parts, takes = here.write(generator)
    found, tells = there.read(text, bytearray(b"".join(bytes(part) for part in parts)))
    drawn = torch.rand(3, generator=found)
    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(3)))
    takes[0](tells[0]())
    assert torch.equal(torch.rand(3, generator=generator), torch.rand(3, generator=found))


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, b"bytes", torch.ones(1, dtype=torch.complex64), np.array(["text"]), np.array([None]), print],
    ids=lambda value: type(value).__name__,
)
def test_what_no_border_names_does_not_pass(value: Any) -> None:
    with pytest.raises(TypeError):
        side().write([value])


def test_a_refused_value_leaves_both_sides_in_step() -> None:
    one, other = side(), side()
    with pytest.raises(TypeError):
        one.write([Part(1), object()])
    part = Part(2)
    there = passed([part, part], one, other)
    assert passed(there[0], other, one) is part


def nested(depth: int) -> list[Any]:
    """Return a list in a list in a list."""
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"[1" * 3, b"{}", b"1" * 30, b'"' + b"x" * 1_000_001 + b'"', str(nested(DEPTH + 2)).encode()),
        *(b'{"value":"Other","of":{}}', b'{"value":"Part","of":{"no":1}}', b'{"tensor":0}', b'{"generator":0}'),
        *(b'{"known":0}', b'{"network":[1,2,3,4]}', b'{"stays":{"number":0}}', b'{"unknown":1}', b'{"slice":1}'),
        b'{"dict":[[[],1]]}',
    ],
    ids=lambda text: text[:30].decode(),
)
def test_what_is_no_value_is_refused(text: bytes) -> None:
    with pytest.raises(Garbled):
        side().read(text, bytearray())


@given(st.binary(max_size=200))
def test_bytes_are_arrays_or_refused(content: bytes) -> None:
    with contextlib.suppress(Garbled):
        assert isinstance(unpacked(bytearray(content)), list)


@given(st.binary(max_size=60))
def test_a_damaged_header_is_refused_or_gives_tensors(damage: bytes) -> None:
    content = bytearray(b"".join(bytes(part) for part in packed([torch.ones(3), torch.arange(4)])))
    content[8 : 8 + len(damage)] = damage
    with contextlib.suppress(Garbled):
        for tensor in unpacked(content):
            assert tensor.numel() < 100
