"""What may be asked for on an axis is said in words, not as a regular expression."""

from __future__ import annotations

import pytest

from suite.contracts import Axis
from suite.contracts.setting import complete
from suite.errors import SuiteError
from suite.registry import load_registry


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"[1-9]\d{0,3}", "The values are 8, or another whole number from 1 to 9999. How many"),
        ("[1-9][0-9]{0,2}|1000", "or another whole number from 1 to 1000"),
        ("W[1-8]A[1-8]", "or another that is written alike"),
        ("[1357]", "or another that is written alike"),
        ("", "The values are 8. How many"),
    ],
)
def test_a_value_that_is_none_is_told_without_the_pattern(pattern: str, words: str) -> None:
    axis = Axis("batch", ("8",), pattern=pattern, about="How many.")
    with pytest.raises(SuiteError) as caught:
        complete([axis], {"batch": "0"}, task="ood/x")
    assert words in str(caught.value)
    assert not pattern or pattern not in str(caught.value)


def test_a_pattern_may_be_told_in_words_of_its_own() -> None:
    axis = Axis("precision", ("W4A4",), pattern="W[1-8]A[1-8]", words="another with 1 to 8 bits, as W3A5")
    with pytest.raises(
        SuiteError,
        match=r"'W0A4' is not a value of precision\. The values are W4A4, or another with 1 to 8 bits, as W3A5",
    ):
        complete([axis], {"precision": "W0A4"}, task="quantization/x")


def test_every_pattern_of_the_built_in_tasks_is_told_in_words() -> None:
    axes = {axis.pattern: axis for entry in load_registry().tasks for axis in entry.value.axes if axis.pattern}
    vague = Axis("x", ("y",), pattern="[1357]").further
    assert axes
    assert [axis.name for axis in axes.values() if axis.further == vague] == []
