"""Help and messages are easy to read: grade 9 is what a pupil of 14 or 15 years reads."""

from __future__ import annotations

from statistics import median

from .grades import grade
from .texts import Text, help_texts, messages


def test_the_median_grade_of_the_help_is_at_most_9() -> None:
    grades = [grade(text) for text in help_texts()]
    assert len(grades) > 200
    assert median(grades) <= 9


def test_the_median_grade_of_the_messages_is_at_most_9() -> None:
    grades = [grade(text) for text in messages()]
    assert len(grades) > 400
    assert median(grades) <= 9


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
