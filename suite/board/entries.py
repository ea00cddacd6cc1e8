"""A table in short: what the board's index says of it."""

from __future__ import annotations

import re

from suite.board.model import Entry, Result, Row, Table
from suite.hashing import digest

SLUG_SIGNS = 80
"""How much of a file's name tells people what is in it; the digest after it tells tables apart."""


def file_name(table: Table) -> str:
    """Return the name of a table's files without the ending: letters, digits, dots and dashes; no two alike.

    It is made of task, setting and protocol, and so stays when the table's rows change.
    """
    words = re.sub(r"[^a-z0-9.]+", "-", "-".join([table.task, *table.setting.values()]).lower())
    slug = re.sub(r"\.{2,}", ".", words)[:SLUG_SIGNS].strip("-.")
    return f"{slug}-{digest([table.task, table.setting, table.protocol])[:12]}"


def make_entry(table: Table, stamp: str, scores_stamp: str) -> Entry:
    """Return what the index says of a table whose files have these stamps."""
    return Entry(
        file=file_name(table),
        stamp=stamp,
        scores_stamp=scores_stamp,
        task=table.task,
        setting=table.setting,
        axes=table.axes,
        version=table.version,
        track=table.track,
        tier=table.tier,
        title=table.title,
        protocol=table.protocol,
        current=table.current,
        primary=table.primary,
        metric=table.metric(table.primary.metric),
        seeds=table.seeds,
        missing=table.missing,
        wanted=len(table.rows) * len(table.seeds),
        done=sum(seed in table.seeds for row in table.rows for seed in row.seeds),
        failed=sum(sum(row.failed.values()) for row in table.rows),
        ended=table.ended,
        results=tuple(_result(table, row) for row in table.rows),
    )


def _result(table: Table, row: Row) -> Result:
    value = row.value(table.primary)
    rank = row.rank
    return Result(
        method=row.method,
        label=row.label,
        standing=row.standing,
        access=row.access,
        place=rank and rank.place,
        best=rank and rank.best,
        worst=rank and rank.worst,
        tied=rank is not None and rank.tied,
        mean=value and value.mean,
        low=value and value.low,
        high=value and value.high,
        partial=value is not None and value.partial,
        seeds=len(row.seeds),
        failed=sum(row.failed.values()),
        unranked=row.unranked,
        cost=row.cost,
        source=row.source,
        state=row.state,
        verdict=row.again.verdict if row.again and row.again.proves else "",
    )
