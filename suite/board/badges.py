"""Whose a row is and what is proven of it, in words: what the terminal, the pages and the export show alike."""

from __future__ import annotations

from collections.abc import Sequence

from suite.board.model import Again, Elsewhere, Entry, Origin, Result, Row, Table
from suite.contracts import Metric

WHOSE = ("all", "own", "published")
"""Whose rows are shown: what was merged from a file is one's own, and a row of both kinds is either."""
ISOLATION = {
    "split": "the method ran in a process apart from labels and scores",
    "fast path": "a method of the suite itself, trusted beside labels and scores",
    "not split": "the method could reach labels and scores: nothing of it is proven",
    "mixed": "some of its runs were kept apart from labels and scores, some were not",
    "": "",
}


def is_of(row: Row | Result, whose: str) -> bool:
    """Tell whether a row is one's own or published, as asked for by one of `WHOSE`."""
    published = "published" in row.source
    return whose == "all" or (published if whose == "published" else row.source != "published")


def shown_source(row: Row | Result) -> str:
    """Return whose runs a row is made of, and what the submission is, if it says something: ``published, disputed``."""
    return f"{row.source}, {row.state}" if row.state and row.state != "submitted" else row.source


def badge(row: Row) -> str:
    """Return what came of running the row again, as ``equal`` or ``within tolerance, 3 of 5 seeds``; nothing if nobody
    did, or if it proves nothing.
    """
    again = row.again
    if again is None or not again.proves:
        return ""
    seeds = f", {again.seeds} of {len(row.seeds)} seeds" if again.seeds < len(row.seeds) else ""
    return f"{again.verdict}{seeds}"


def is_marked(table: Table | Entry) -> bool:
    """Tell whether some row is not simply one's own: a table of a store alone needs no column for it."""
    rows: Sequence[Row | Result] = table.rows if isinstance(table, Table) else table.results
    return any(row.source not in ("", "own") or _verdict(row) for row in rows)


def told(origin: Origin) -> str:
    """Return where runs come from: ``published in NAME by WHO, until DAY, on MACHINE (reproduced by WHO on DAY)``."""
    whence = {"own": "own runs", "merged": f"merged from {origin.name}", "published": f"published in {origin.name}"}
    parts = [f"{whence[origin.kind]}{f' by {origin.by}' if origin.by else ''}"]
    parts += [f"until {origin.ended}"] if origin.ended else []
    parts += [f"on {origin.machine}"] if origin.machine else []
    if not origin.state:
        return ", ".join(parts)
    by = f" by {origin.state_by}" if origin.state_by else ""
    day = f" on {origin.state_time[:10]}" if origin.state_time else ""
    reason = f": {origin.reason}" if origin.reason else ""
    return f"{', '.join(parts)} ({origin.state}{by}{day}{reason})"


def told_again(again: Again) -> str:
    """Return what came of running a row again: verdict, by whom, when, on what, and whether it proves anything."""
    by = f" by {again.by}" if again.by else ""
    day = f" on {again.made[:10]}" if again.made else ""
    machine = f", on {again.machine}" if again.machine else ""
    proves = "" if again.proves else "; no badge, as its method was not kept apart from labels and scores"
    return f"{again.verdict}, run again{by}{day}{machine} ({again.reason}){proves}"


def told_elsewhere(metric: Metric, other: Elsewhere) -> str:
    """Return by how much other runs of the same method differ, as ``NAME by WHO differs by 0.12 % at seeds 0, 1``."""
    who = f"{other.name} by {other.by}" if other.name else "own runs"
    seeds = f"{'seed' if len(other.seeds) == 1 else 'seeds'} {', '.join(map(str, other.seeds))}"
    if other.difference is None:
        return f"{who}, {seeds}: no value to compare"
    if other.difference == 0:
        return f"{who}, {seeds}: the same"
    return f"{who}, {seeds}: differs by {metric.shown(other.difference):.3g} {metric.shown_unit}"


def source_notes(table: Table) -> list[tuple[str, str]]:
    """Return whose the rows of a table are, each source once with its number of rows, and where others differ."""
    origins: dict[str, int] = {}
    for row in table.rows:
        for origin in row.origins:
            if origin.kind != "own":
                said = told(origin.model_copy(update={"seeds": ()}))
                origins[said] = origins.get(said, 0) + 1
    counted = [f"{count} {'row' if count == 1 else 'rows'} {said}" for said, count in origins.items()]
    lines = [("runs", "; ".join(counted))] if counted else []
    metric = table.metric(table.primary.metric)
    for row in table.rows:
        apart = [told_elsewhere(metric, other) for other in row.elsewhere if other.difference != 0]
        lines += [(f"{row.label} elsewhere", "; ".join(apart))] if apart else []
    return lines


def _verdict(row: Row | Result) -> str:
    if isinstance(row, Result):
        return row.verdict
    return row.again.verdict if row.again else ""
