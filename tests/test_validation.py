"""Wrong values are told in the suite's words, whatever the library says."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator

from suite.validation import wrong_value


class Even(BaseModel):
    """A model with a rule of its own."""

    number: int = 0

    @field_validator("number")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("it is odd")
        return value


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (int, "x", "'x' is not a whole number"),
        (int, 1.5, "1.5 is not a whole number"),
        (float, "abc", "'abc' is not a number"),
        (float, None, "None is not a number"),
        (bool, "x", "'x' is not true or false"),
        (str, 3, "3 is not text: put a number in quotes"),
        (Literal["a", "b"], "c", "'c' is not one of 'a' or 'b'"),
        (tuple[int, ...], 3, "3 is not a list, for example 1,2,3 or [1, 2, 3]"),
        (dict[str, int], 3, '3 is not a mapping, for example a:1,b:2 or {"a": 1, "b": 2}'),
        (float, float("nan"), "nan is not a finite number"),
        (Even, {"number": 3}, "3 is refused: it is odd"),
    ],
)
def test_what_is_wrong_is_said(kind: Any, value: Any, words: str) -> None:
    strict = {"allow_inf_nan": False} if kind is float else None
    adapter = TypeAdapter(kind, config=strict) if strict else TypeAdapter(kind)
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    assert wrong_value(dict(caught.value.errors()[0])) == words


@pytest.mark.parametrize(
    ("bound", "value", "words"),
    [
        ({"gt": 0}, 0, "0 is not more than 0.0"),
        ({"ge": 1}, 0, "0 is less than 1.0"),
        ({"lt": 1}, 1, "1 is not less than 1.0"),
        ({"le": 1}, 2, "2 is more than 1.0"),
    ],
)
def test_bounds_are_said(bound: dict[str, float], value: float, words: str) -> None:
    from typing import Annotated

    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[float, Field(**bound)]).validate_python(value)
    assert wrong_value(dict(caught.value.errors()[0])) == words


def test_what_has_no_words_here_keeps_the_librarys() -> None:
    assert wrong_value({"type": "new_kind", "input": 1, "msg": "It is odd"}) == "1: It is odd"
    assert wrong_value({"type": "greater_than", "input": 1, "msg": ""}) == "1 is not more than what is allowed"
