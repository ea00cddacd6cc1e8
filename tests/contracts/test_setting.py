"""What may be asked for on an axis is said in words, not as a regular expression."""

from __future__ import annotations

import pytest

from suite.contracts import Axis
from suite.contracts.setting import complete
from suite.errors import SuiteError


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
