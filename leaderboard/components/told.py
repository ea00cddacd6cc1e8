"""A comparison in words: sentences, texts of a table, and rows for CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from suite.board.markup import Cell, Lines

from .columns import title, unit
from .duel import Duel
from .links import table_href
from .prose import fill, join, link
from .scope import named


def summary(made: Sequence[Duel], base: str, others: Sequence[str]) -> list[Markup]:
    """Return a sentence for each method on how it does against the base, in the columns that rank."""
    sentences = []
    for label in others:
        own = [duel for duel in made if (duel.a, duel.b) == (label, base) and duel.column == duel.entry.primary]
        better = [duel for duel in own if duel.apart and duel.better == label]
        worse = [duel for duel in own if duel.apart and duel.better == base]
        open_ = [duel for duel in own if not duel.apart]
        parts = [
            fill(
                "{} on {} ({})",
                word,
                len(chosen),
                join([link(named(d.entry), table_href(d.entry)) for d in chosen], ", "),
            )
            for word, chosen in (("better", better), ("worse", worse), ("not told apart", open_))
            if chosen
        ]
        tables = "one table" if len(own) == 1 else f"{len(own)} tables"
        said = join(parts, "; ") if parts else fill("{}", "no table has both")
        sentences.append(fill("<b>{}</b> against <b>{}</b>, on {} that both have: {}.", label, base, tables, said))
    return sentences


def flat(made: Sequence[Duel]) -> list[dict[str, Any]]:
    """Return a row for each pair, table and column, for CSV: values are as they are stored."""
    return [
        {
            "task": duel.entry.task,
            "setting": ", ".join(f"{axis}={value}" for axis, value in duel.entry.setting.items()),
            "protocol": duel.entry.protocol[:12],
            "metric": duel.column.metric,
            "subset": duel.column.subset,
            "direction": duel.metric.direction,
            "a": duel.a,
            "b": duel.b,
            "mean a": duel.means[0],
            "mean b": duel.means[1],
            "difference": duel.difference.mean,
            "low": duel.difference.low,
            "high": duel.difference.high,
            "p": duel.difference.p,
            "told apart": duel.apart,
            "seeds": duel.seeds,
            "basis": duel.difference.basis,
        }
        for duel in made
    ]


def lines_of(made: Sequence[Duel]) -> tuple[list[str], Lines]:
    """Return the comparison as a table of texts; differences that are told apart stand out."""
    headings = ["task", "column", "pair", "means", "difference", "p"]
    lines = [
        [
            Cell(named(duel.entry)),
            Cell(f"{title(duel.column)} ({unit(duel.metric)})"),
            Cell(f"{duel.a} − {duel.b}"),
            Cell(f"{duel.metric.shown(duel.means[0]):.2f}, {duel.metric.shown(duel.means[1]):.2f}"),
            Cell(reads(duel), duel.apart),
            Cell("" if duel.difference.p is None else f"{duel.difference.p:.2g}"),
        ]
        for duel in made
    ]
    return headings, lines


def reads(duel: Duel) -> str:
    """Return the difference with its interval, as ``+1.20 [0.40, 2.00]``."""
    shown, difference = duel.metric.shown, duel.difference
    text = f"{shown(difference.mean):+.2f}"
    if difference.low is None or difference.high is None:
        return text
    return f"{text} [{shown(difference.low):.2f}, {shown(difference.high):.2f}]"
