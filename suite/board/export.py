"""The board as flat rows, CSV and short texts: what the terminal and the app show alike."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from suite.board.badges import badge
from suite.board.ties import tied
from suite.text import clean

if TYPE_CHECKING:
    from suite.board.model import Index, Row, Table, Value
    from suite.contracts import Metric

MEASURED = ("wall_seconds", "peak_memory_bytes")
"""What is measured of every run, besides the costs that its task states."""


def json_parts(index: Index, tables: Iterable[Table]) -> Iterator[str]:
    """Yield the JSON of a board with these tables, piece by piece: it may be larger than what fits into memory."""
    about = index.model_dump(mode="json", exclude={"built_from", "entries"})
    yield json.dumps(about, indent=1, ensure_ascii=False).removesuffix("\n}") + ',\n "tables": ['
    for number, table in enumerate(tables):
        yield (",\n" if number else "\n") + table.model_dump_json(indent=1)
    yield "\n ]\n}\n"


def to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Return CSV with one header, of every name that a row has; texts and names are cleaned as `suite.text` does.

    What a spreadsheet would take for a formula is quoted with an apostrophe.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    if rows:
        writer = csv.writer(text)
        writer.writerow(map(_cell, names))
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue()


def flat_rows(table: Table) -> list[dict[str, Any]]:
    """Return the rows with one entry per column, for CSV.

    ``tied`` says whether a row is not told apart from the best, ``field`` how many rows are ranked with it.
    """
    sizes = {access: len(rows) for access, rows in table.fields.items()}
    columns, costs = table.columns, (*stated_costs(table), "wall_seconds")
    return [
        {
            "task": table.task,
            "setting": table.condition,
            "protocol": table.protocol[:12],
            "access": ", ".join(row.access),
            "standing": row.standing,
            "place": row.rank and row.rank.place,
            "best": row.rank and row.rank.best,
            "worst": row.rank and row.rank.worst,
            "tied": row.rank and row.rank.tied,
            "field": row.rank and sizes[() if table.one_field else row.access],
            "best everywhere": row.rank and row.rank.everywhere[0],
            "worst everywhere": row.rank and row.rank.everywhere[1],
            "method": row.label,
            "version": row.version,
            "status": row.card.status if row.card else None,
            "seeds": len(row.seeds),
            "runs": row.source,
            "submission": ", ".join(origin.name for origin in row.origins if origin.kind == "published"),
            "state": row.state,
            "isolation": row.isolation,
            "run again": badge(row),
            **{name: table.facts.get(name, row.facts.get(name)) for name in table.comparable_by},
            **{
                f"{column}{part}": entry for column in columns for part, entry in _flat_value(row.value(column)).items()
            },
            **_flat_difference(row),
            **{name: row.cost.get(name) for name in costs},
            "unranked": row.unranked,
        }
        for row in table.rows
    ]


def flat_axis(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Return a row for each method with its primary value and place under each value of an axis, for CSV."""
    entries: list[dict[str, Any]] = []
    for label, rows in _by_label(tables).items():
        entries.append({"task": next(iter(tables.values())).task, "method": label})
        for key, table in tables.items():
            value = rows[key].value(table.primary) if key in rows else None
            entries[-1] |= {f"{key}{part}": entry for part, entry in _flat_value(value).items()}
            rank = rows[key].rank if key in rows else None
            entries[-1] |= {f"{key} place": rank and rank.place, f"{key} tied": rank and rank.tied}
    return entries


def shown_axis(tables: Mapping[str, Table], *, everywhere: bool = False) -> list[dict[str, str]]:
    """Return a row for each method, its texts by value of an axis: ``87.73 ±1.52, 3 (1–5)``."""
    marked = {key: tied(table) for key, table in tables.items()}
    return [
        {"method": label}
        | {
            key: f"{shown_value(table.metric(table.primary.metric), row.value(table.primary))}, "
            f"{shown_rank(row, marked[key], everywhere=everywhere)}"
            if (row := rows.get(key))
            else "–"
            for key, table in tables.items()
        }
        for label, rows in _by_label(tables).items()
    ]


def stated_costs(table: Table) -> list[str]:
    """Return the names of the costs that the task states of at least one row, sorted, as ``fit_seconds``."""
    return sorted({name for row in table.rows for name in row.cost}.difference(MEASURED))


def shown_cost(name: str) -> str:
    """Return a cost's name with its unit, as ``fit s``."""
    stem = name.removesuffix("_seconds")
    return (stem if stem == name else f"{stem} s").replace("_", " ")


def shown_rank(row: Row, tied: Container[str], *, everywhere: bool = False) -> str:
    """Return ``3 (1–5) =``, ``reference``, or a dash for a row that is not ranked.

    The equals sign marks a row that is one of several not told apart from the best, as `suite.board.ties.tied` names
    them. With ``everywhere`` the interval is the one that holds for all rows at once.
    """
    if row.rank is None:
        return "–" if row.unranked else row.standing
    best, worst = row.rank.everywhere if everywhere else (row.rank.best, row.rank.worst)
    places = f" ({best}–{worst})" if best != worst else ""
    return f"{row.rank.place}{places}{' =' if row.label in tied else ''}"


def shown_value(metric: Metric, value: Value | None) -> str:
    """Return ``87.73 ±1.52``, the half-width of the interval where there is one."""
    return "–" if value is None else f"{metric.shown(value.mean):.2f}{_half_width(metric, value)}"


def shown_difference(metric: Metric, row: Row) -> str:
    """Return the row's difference to the best one, as ``-3.21 [-3.80, -2.40]``; nothing where there is none to tell."""
    difference = row.difference
    if difference is None:
        return ""
    mean = f"{metric.shown(difference.mean) + 0.0:+.2f}"
    ends = difference.ends(lambda value: _signed(metric.shown(value)))
    return f"{mean} [{', '.join(ends)}]" if ends else mean


def _signed(value: float) -> str:
    return "0" if abs(value) < 0.005 else f"{value:+.2f}"


def _half_width(metric: Metric, value: Value) -> str:
    if value.low is None or value.high is None:
        return ""
    return f" ±{metric.shown(max(value.high - value.mean, value.mean - value.low)):.2f}"


def _flat_difference(row: Row) -> dict[str, Any]:
    parts = {"": "mean", " low": "low", " high": "high", " p": "p", " basis": "basis"}
    return {f"difference{name}": getattr(row.difference, part, None) for name, part in parts.items()}


def _cell(value: Any) -> Any:
    value = " ".join(map(str, value)) if isinstance(value, list | tuple) else value
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _flat_value(value: Value | None) -> dict[str, Any]:
    parts = {"": "mean", " low": "low", " high": "high", " partial": "partial"}
    return {name: getattr(value, part, None) for name, part in parts.items()}


def _by_label(tables: Mapping[str, Table]) -> dict[str, dict[str, Row]]:
    rows: dict[str, dict[str, Row]] = {}
    for key, table in tables.items():
        for row in table.rows:
            rows.setdefault(row.label, {})[key] = row
    return rows
