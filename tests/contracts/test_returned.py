"""What a method returned is told in the contract's words, and nothing is taken for what it is not."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

from suite.contracts.returned import WrongReturn, integers, real, real_numbers

WANTED = r"; its contract wants a tensor \[2\] of finite real numbers"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "None"),
        ("words", "the text 'words'"),
        (True, "True"),
        (0.5, "the number 0.5"),
        (1j, "the number 1j"),
        ([1.0, 2.0], "a list of 2"),
        ({"a": 1}, "a dict of 1"),
        (object(), "a object"),
        (np.zeros(2), r"an array \[2\] of float64"),
        (torch.zeros(2, 1), r"a tensor \[2, 1\] of float32"),
        (torch.zeros(2, dtype=torch.complex64), r"a tensor \[2\] of complex64"),
        (torch.zeros(3), r"a tensor \[3\] of float32"),
        (torch.tensor([1.0, np.nan]), "1 numbers that are not finite, the first is nan at 1"),
        (torch.tensor([-np.inf, np.nan]), "2 numbers that are not finite, the first is -inf at 0"),
    ],
)
def test_what_came_and_what_is_wanted_is_said(value: Any, said: str) -> None:
    with pytest.raises(WrongReturn, match=f"^score of mine returned {said}{WANTED}"):
        real(value, "score of mine", (2,))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int64, torch.bool])
def test_real_numbers_of_every_kind_pass(dtype: torch.dtype) -> None:
    given = torch.ones(2, dtype=dtype, requires_grad=dtype.is_floating_point)
    passed = real(given, "score of mine", (2,))
    assert (passed.dtype, passed.requires_grad) == (dtype, False)


def test_lists_keep_their_precision_where_they_are_allowed() -> None:
    assert real_numbers([0.1, 0.2], "score of mine", (2,)).tolist() == [0.1, 0.2]
    assert not real_numbers([0.1, np.nan], "score of mine", (2,), finite=False).isfinite().all()


@pytest.mark.parametrize("value", [[0.5, 1j], np.ones(2) * 1j, torch.ones(2) * 1j])
def test_an_imaginary_part_is_never_dropped(value: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy's, where it drops one
        with pytest.raises(WrongReturn, match="complex"):
            real_numbers(value, "score of mine", (2,))


@pytest.mark.parametrize("value", [[0, 1], np.array([0, 1], np.int32), torch.tensor([0, 1], dtype=torch.uint8), (0, 1)])
def test_whole_numbers_of_every_kind_pass(value: Any) -> None:
    assert integers(value, "select of mine", "places").tolist() == [0, 1]
    assert integers([], "select of mine", "places").tolist() == []


@pytest.mark.parametrize("value", [None, "words", [0.5], [True], [1j], [[1], [2, 3]], torch.tensor([1.0])])
def test_nothing_else_is_cast_to_whole_numbers(value: Any) -> None:
    with pytest.raises(WrongReturn, match=r"^select of mine returned .*; its contract wants places"):
        integers(value, "select of mine", "places")
