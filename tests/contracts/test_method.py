"""Parameters: whatever type they have can be typed, and what they are as JSON does not depend on the process."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from suite import Card, Parameters
from suite.contracts import Method
from suite.contracts.method import as_text
from suite.errors import SuiteError

names = st.text("abcxyz019 ", max_size=4)


class Inner(BaseModel):
    """A value of its own."""

    kinds: frozenset[str] = frozenset()


class Several(Parameters):
    """One of each kind."""

    powers: tuple[float, ...] = (1.0, 2.0)
    weights: dict[str, float] = {}
    limit: int | None = 5
    title: str = "plain"
    subtitle: str | None = None
    choice: Literal["a", 1] = "a"
    flag: bool = False
    layers: frozenset[str] = frozenset()
    nested: dict[str, tuple[frozenset[int], ...]] = {}
    inner: Inner = Inner()


class Typed(Method):
    """A method with them."""

    track, name, version, card = "any", "typed", "1", Card(title="Typed", status="baseline")
    Parameters = Several


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("powers", "[3, 4]", (3.0, 4.0)),
        ("powers", "[]", ()),
        ("weights", '{"a": 1}', {"a": 1.0}),
        ("limit", "null", None),
        ("limit", "7", 7),
        ("title", "7", "7"),
        ("title", "null", "null"),
        ("title", "[1]", "[1]"),
        ("title", "two words", "two words"),
        ("choice", "a", "a"),
        ("choice", "1", 1),
        ("flag", "true", True),
        ("flag", "yes", True),
        ("layers", '["b", "a"]', {"a", "b"}),
        ("powers", "3,4", (3.0, 4.0)),
        ("powers", "0.1, 2e3", (0.1, 2000.0)),
        ("powers", "3", (3.0,)),
        ("layers", "b,a", {"a", "b"}),
        ("layers", "b", {"b"}),
        ("weights", "a:1,b:2.5", {"a": 1.0, "b": 2.5}),
        ("weights", "a: 1", {"a": 1.0}),
        ("limit", "none", None),
        ("limit", "None", None),
        ("title", "none", "none"),
        ("title", "a,b", "a,b"),
        ("title", "a:1", "a:1"),
        ("inner", "kinds:[]", Inner()),
    ],
)
def test_a_typed_text_means_what_the_parameter_is(name: str, text: str, value: Any) -> None:
    assert getattr(Typed(**{name: Several.typed(name, text)}).parameters, name) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("powers", '[3, "x"]', "parameter 'powers.1' of method 'typed': 'x' is not a number"),
        ("powers", "3,x", "parameter 'powers.1' of method 'typed': 'x' is not a number"),
        ("powers", '{"a": 1}', r"{'a': 1} is not a list, for example 1,2,3 .*typed as powers='\[1.0, 2.0\]'"),
        ("weights", "a:1,b:x", "parameter 'weights.b' of method 'typed': 'x' is not a number"),
        ("weights", "1", "1 is not a mapping, for example a:1,b:2"),
        ("limit", "many", "parameter 'limit' of method 'typed': 'many' is not a whole number.*typed as limit=5"),
        ("limit", "1.5", "1.5 is not a whole number"),
        ("flag", "perhaps", "'perhaps' is not true or false"),
        ("choice", "b", "'b' is not one of 'a' or 1"),
        ("power", "3", "Did you mean 'powers'"),
    ],
)
def test_a_text_that_means_nothing_is_told_at_its_place(name: str, text: str, message: str) -> None:
    with pytest.raises(SuiteError, match=message):
        Typed(**{name: Several.typed(name, text)})


@given(
    st.builds(Several, powers=st.lists(st.floats(-9, 9), max_size=3), weights=st.dictionaries(names, st.floats(0, 9)))
)
def test_every_value_can_be_typed_as_the_json_that_it_is(parameters: Several) -> None:
    for name, value in parameters.model_dump(mode="json").items():
        again = Several(**{name: Several.typed(name, as_text(value))})
        assert again.model_dump(mode="json")[name] == value


@given(st.sets(names), st.lists(st.sets(st.integers(-99, 99)), max_size=3))
def test_sets_have_one_order_wherever_they_lie(texts: set[str], numbers: list[set[int]]) -> None:
    made = Several(layers=texts, nested={"z": numbers, "a": []}, inner={"kinds": texts}).model_dump(mode="json")
    in_order = sorted(texts, key=json.dumps)
    assert made["layers"] == made["inner"]["kinds"] == in_order
    assert made["nested"] == {"z": [sorted(part, key=json.dumps) for part in numbers], "a": []}


def test_a_part_of_the_parameters_can_be_asked_for() -> None:
    assert Several().model_dump(include={"flag"}) == {"flag": False}
    assert "flag" not in Several().model_dump(exclude={"flag"})
