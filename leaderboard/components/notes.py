"""What a table's numbers mean, said below it."""

from __future__ import annotations

from suite.board.comparable import groups
from suite.board.model import Table
from suite.leaderboard.components.escape import plain


def notes(table: Table) -> list[str]:
    """Return Markdown lines: the interval, the ranks, missing data, which rows are comparable."""
    bases = sorted({value.basis for row in table.rows for value in row.values if value.basis})
    lines = [f"**Interval:** {plain(basis)}, of the mean. Other sources of spread are not in it." for basis in bases]
    if not bases:
        lines.append("**Interval:** none; one seed says nothing of the spread over seeds.")
    lines.append(
        "**Rank (best–worst):** the place by mean, and the places that the data allow: after all methods that are "
        f"significantly better, before all that are significantly worse; tested {plain(table.comparison)}, "
        "Holm-corrected over all pairs. It depends on the field of methods; searching does not change it."
    )
    if len(table.leagues) > 1:
        lines.append(
            "**League:** methods of one kind. Each league is ranked by itself, unless the leagues are ranked together."
        )
    if table.missing:
        missing = ", ".join(map(plain, table.missing))
        lines.append(
            f"**Missing data:** {missing}. Means without them are marked partial and never ranked beside complete ones."
        )
    lines.append(
        f"**Comparable** are rows of one protocol alone, here {plain(table.protocol[:12])}: "
        "same task version, data, reference models and metrics."
    )
    lines += [
        f"**{'Comparable with each other' if group.known else 'Not known to be comparable'}** "
        f"({plain(group.title)}): {plain(', '.join(row.label for row in group.rows))}."
        for group in groups(table)
    ]
    return lines


def unranked(table: Table) -> list[str]:
    """Return a Markdown line for each row that is not ranked, with the reason."""
    return [f"{plain(row.label)}: {plain(row.unranked)}" for row in table.rows if row.place is None]
