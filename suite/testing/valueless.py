"""Trying code on torch's device ``meta``, which holds no values: it tells on any machine what a GPU would refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
VALUELESS = ("out of meta tensor", "cannot be called on meta tensors", "no fake impl or Meta kernel")
"""What torch says where a value is asked for, or how many there are of a kind."""


def until_valued(ask: Callable[[], T]) -> T | None:
    """Return what ``ask`` does, or None where it asks for a value: so far nothing was on another device."""
    try:
        return ask()
    except (NotImplementedError, RuntimeError) as error:
        if any(words in str(error) for words in VALUELESS):
            return None
        raise
