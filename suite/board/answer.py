"""The answer of a table in words: who is not told apart from the best."""

from __future__ import annotations

from collections.abc import Sequence

from suite.board.model import Table

NAMED = 6
"""How many methods a sentence names."""


def answers(table: Table) -> list[str]:
    """Return a sentence for each field of methods that are ranked among each other; none if no method is ranked."""
    unknown = all(
        row.rank is None or row.rank.difference is None or not row.rank.difference.basis for row in table.rows
    )
    return [
        f"{field_name(access, len(table.fields))}{_sentence(tied, len(rows), table.comparison if unknown else '')}"
        for access, rows in table.fields.items()
        for tied in [[row.label for row in rows if row.rank and row.rank.tied]]
    ]


def named(labels: Sequence[str]) -> str:
    """Return the first few labels, and how many more there are."""
    if len(labels) <= NAMED + 1:  # one more takes no more room than its number
        return ", ".join(labels)
    return f"{', '.join(labels[:NAMED])} and {len(labels) - NAMED} more"


def field_name(access: tuple[str, ...], fields: int) -> str:
    """Return ``with training data: `` where there are several fields, else nothing."""
    if fields < 2:
        return ""
    return f"with {', '.join(access)}: " if access else "without privileges: "


def _sentence(tied: Sequence[str], ranked: int, unknown: str) -> str:
    if ranked == 1:
        return f"{tied[0] if tied else 'one method'} is the only ranked method"
    if unknown:
        return f"none of {ranked} is told apart from the best: {unknown}"
    if len(tied) == 1:
        others = "the other one" if ranked == 2 else f"all {ranked - 1} others"
        return f"{tied[0]} is the best, told apart from {others}"
    return f"{len(tied)} of {ranked} are not told apart from the best: {named(tied)}"
