"""What a table's numbers mean, said below it in the terminal and in the app."""

from __future__ import annotations

from suite.board.answer import named
from suite.board.badges import source_notes
from suite.board.comparable import groups
from suite.board.model import Table

NONE = "none; one seed says nothing of the spread over seeds"


def notes(table: Table, *, everywhere: bool = False) -> list[tuple[str, str]]:
    """Return headings and texts: the intervals, the ranks, differences, missing data, which rows are comparable.

    ``everywhere`` says that the rank intervals shown are those that hold for all rows at once.
    """
    lines = _intervals(table)
    if table.fields:
        whose = "all rows at once" if everywhere else "this row by itself"
        places = f"the place by mean, and in parentheses the places that the data allow (95 %, {whose})"
        lines.append(
            ("rank (best–worst)", f"{places}; it rests on {table.comparison}; depends on the field of methods")
        )
        lines.append(("=", "not told apart from the best; such rows together are the 95 % confidence set for the best"))
    if len(table.accesses) > 1:
        lines.append(("access", "methods that need a privilege are ranked apart from those that do without"))
    if any(row.rank and row.rank.difference for row in table.rows):
        lines.append(
            (
                "to the best",
                "whichever that truly is, with its 95 % interval, which is made for a best chosen from the data",
            )
        )
    if any(row.aside for row in table.rows):
        lines.append(
            ("references", "take no place; their difference is to the first ranked row, compared with that one alone")
        )
    if table.missing:
        missing = ", ".join(table.missing)
        lines.append(("missing data", f"{missing}; means without them are partial, not ranked beside complete ones"))
    lines += source_notes(table)
    for group in groups(table):
        kind = "comparable" if group.known else "not known to be comparable"
        lines.append((f"{kind} ({group.title})", ", ".join(row.label for row in group.rows)))
    return lines


def _intervals(table: Table) -> list[tuple[str, str]]:
    """Return what intervals are over, each with the columns or rows that have it.

    None are named if there is one alone and the ranks rest on it. That column is named where it has none.
    """
    bases: dict[str, dict[str, None]] = {}
    rows: dict[str, dict[str, None]] = {}
    for row in table.rows:
        for value in row.values:
            if value.basis:
                bases.setdefault(value.basis, {})[f"{value.metric} {value.subset}"] = None
                rows.setdefault(value.basis, {})[row.label] = None
    if not bases:
        return [("interval", NONE)]
    texts = {basis: f"{basis}, of the mean; other sources of spread are not in it" for basis in sorted(bases)}
    primary = f"{table.primary.metric} {table.primary.subset}"
    ranked = any(primary in columns for columns in bases.values())
    if ranked and len(bases) == 1:
        return [("interval", text) for text in texts.values()]
    apart = len({name for names in bases.values() for name in names}) == sum(map(len, bases.values()))
    # Where columns have several, it is the rows that differ, as those of one seed alone.
    where = bases if apart else rows
    without = [] if ranked else [(f"interval of {primary}", NONE)]
    return [*without, *((f"interval of {named(list(where[basis]))}", text) for basis, text in texts.items())]


def reasons(table: Table) -> dict[str, list[str]]:
    """Return the labels of the rows that might have a place and have none, by the reason that they share."""
    by_reason: dict[str, list[str]] = {}
    for label, reason in unranked(table):
        by_reason.setdefault(reason, []).append(label)
    return by_reason


def unranked(table: Table) -> list[tuple[str, str]]:
    """Return the rows that might have a place and have none, with the reason."""
    return [(row.label, row.unranked) for row in table.rows if row.unranked]
