"""Help and messages are easy to read: grade 9 is what a pupil of 14 or 15 years reads."""

from __future__ import annotations

import re
from statistics import median

import pytest

from .grades import grade
from .texts import Text, help_texts, messages


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return [*help_texts(), *messages()]


@pytest.mark.parametrize(("kind", "fewest"), [("help", 200), ("error", 400)])
def test_the_median_grade_is_at_most_9(kind: str, fewest: int, texts: list[Text]) -> None:
    grades = [grade(text) for text in texts if text.kind == kind]
    assert len(grades) > fewest
    assert median(grades) <= 9


def test_no_message_turns_its_sentence_round(texts: list[Text]) -> None:
    """'x' is not a number, and no "x is no number"; nor other words that a reader with little English stumbles on."""
    odd = re.compile(
        r"(?<!there )\b(?:is|are|was|were) (?:no|none)\b|\b(?:not said|at hand|anew|there already|but for)\b"
    )
    assert [f"{text.place}: {text.text}" for text in texts if odd.search(text.text)] == []
    assert odd.search("'x' is no number")


def test_long_words_and_long_sentences_raise_the_grade() -> None:
    easy, hard = (
        Text("error", "", text)
        for text in ("The disk is full. Free some space.", "Insufficient capacity necessitates immediate remediation.")
    )
    assert grade(easy) < 2
    assert grade(hard) > 20
    assert grade(Text("error", "", "the file `a/very/long/name_of_a_file.py` is full")) == grade(
        Text("error", "", "the file this is full")
    )
