"""What lists say of a table in short: who leads, how many are not told apart from the best, how complete it is."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from suite.board.model import Entry

from .columns import TIE, arrow, title, unit
from .links import href, table_href
from .prose import fill, join, link, text

BEST = (
    "The first of each field in the default setting, by the metric that ranks: ↑ higher is better, ↓ lower is better. "
    "“with” names what methods are given besides; such methods are ranked apart from those that do without."
)


def current(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Return the tables of today's protocols by task, that of the default setting first where it has results."""
    tasks: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.current:
            tasks.setdefault(entry.task, []).append(entry)
    return {task: sorted(tables, key=lambda entry: not is_default(entry)) for task, tables in tasks.items()}


def is_default(entry: Entry) -> bool:
    """Return whether a table is of the default setting."""
    return all(entry.setting.get(axis.name, axis.values[0]) == axis.values[0] for axis in entry.axes)


def leaders(entry: Entry) -> Markup:
    """Return the first of each field, linked, with metric and value, and how many are not told apart from the best."""
    lines = []
    for access, results in entry.ranked.items():
        first = results[0]
        tied = sum(result.tied for result in results)
        parts = [link(first.label, href("method", method=first.method))]
        if first.mean is not None:
            ranks = f"{title(entry.primary)} {arrow(entry.metric)}"
            parts.append(text(f"{ranks} {entry.metric.shown(first.mean):.2f} {unit(entry.metric)}"))
        if access:
            parts.append(text(f"with {', '.join(access)}"))
        if tied > 1:
            parts.append(text(f"{TIE} {tied} of {len(results)} are not told apart from the best"))
        lines.append(fill('<div class="said">{}</div>', join(parts, ", ")))
    return join(lines) if lines else text("no complete row yet")


def coverage(entry: Entry) -> str:
    """Return how many cells are done of those wanted, in per cent, and how many failed."""
    share = f"{100 * entry.done / entry.wanted:.0f} %" if entry.wanted else "–"
    return f"{share}, {entry.failed} failed" if entry.failed else share


def day(entry: Entry) -> str:
    """Return the day on which the last run of a table ended."""
    return (entry.ended or "")[:10]


def tables(entries: Sequence[Entry]) -> Markup:
    """Return links to the tables of a task, by setting."""
    return join([link(str_of(entry), table_href(entry)) for entry in entries], ", ")


def str_of(entry: Entry) -> str:
    """Return a table's setting in words, as ``AXIS VALUE``; ``table`` for a task without axes."""
    return ", ".join(f"{axis} {value}" for axis, value in entry.setting.items()) or "table"
