"""How hard texts are to read: ``python -m tests.readability.grades [kind]`` prints it, and each text of a kind.

The grade is the Automated Readability Index (Smith and Senter, 1967, AMRL-TR-66-220), a school year of the United
States. It needs letters, words and sentences alone. textstat loads a dictionary of syllables from the network when it
is first used; 0.7.8, the last version that does not, installs a package named ``tests``, which hides this folder.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from statistics import median, quantiles

from .texts import Text, collected

WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
END = re.compile(r"[.!?]+(?=[\s\"')]|$)")


def grade(text: Text) -> float:
    """Return 4.71 letters per word + 0.5 words per sentence - 21.43."""
    sentences = [words for part in END.split(text.prose) if (words := WORDS.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    return 4.71 * sum(map(len, words)) / len(words) + 0.5 * len(words) / len(sentences) - 21.43


def main() -> None:
    for kind, group in groupby(collected(), key=lambda text: text.kind):
        graded = sorted(((grade(text), text) for text in group), reverse=True)
        grades = [value for value, _ in graded]
        tenth = quantiles(grades, n=10)[-1]
        print(f"{kind}: {len(grades)} texts, median grade {median(grades):.1f}, a tenth above {tenth:.1f}")
        for value, text in graded if kind in sys.argv[1:] else ():
            print(f"  {value:5.1f}  {text.place}: {' '.join(text.text.split())}")


if __name__ == "__main__":
    main()
