"""What is typed into a search, matched with texts: all words, in any order; a comma or ``|`` means "or"."""

from __future__ import annotations

import re

from suite.contracts import Card

_OR = re.compile(r"[,|]")


def matches(search: str, *texts: object) -> bool:
    """Return whether the texts together hold every word of one of the alternatives; nothing typed matches all."""
    alternatives = [words for part in _OR.split(search.casefold()) if (words := part.split())]
    held = " ".join(str(text) for text in texts if text).casefold()
    return not alternatives or any(all(word in held for word in words) for words in alternatives)


def said(card: Card | None) -> tuple[object, ...]:
    """Return what a card says that can be searched."""
    return (card.title, card.status, card.paper, card.authors, card.year) if card else ()
