"""A table as Markdown and LaTeX: what it says, and that nothing which a plugin says becomes markup."""

from __future__ import annotations

import re
from typing import Any

import pytest

from suite.board.latex import latex
from suite.board.markup import as_latex, as_markdown, markdown
from suite.board.model import Difference, Place, Row, Table, Value
from suite.contracts import Column, Metric

MARKUP = "a|b `c` [d](javascript:e) <f> $g$ \\input{h} & 50% #i _j_ ^k ~l :m: @n www.o.org"
LIFTED = re.compile(r"\\(?:text[a-z]+\{\}|ensuremath\{\\?[^{}]*\}|[$&#%_])")


def row(name: str, place: int | None, mean: float, **changes: Any) -> Row:
    values = [
        Value(
            metric="auroc", subset=subset, mean=mean, low=mean - 0.01, high=mean + 0.01, basis="t", n=5, partial=False
        )
        for subset in ("near", "far")
    ]
    difference = Difference(mean=mean - 0.9, low=mean - 0.93, high=0.0, p=0.01, basis="paired") if mean < 0.9 else None
    rank = None
    if place:
        rank = Place(place=place, best=1, worst=place, everywhere=(1, 3), tied=mean > 0.85, difference=difference)
    full = Row(
        method=f"track/{name}",
        name=name,
        version="1",
        parameters={},
        changed={},
        chosen={},
        card=None,
        access=(),
        standing="ranked" if place else "reference",
        rank=rank,
        aside=None if place else difference,
        unranked="",
        seeds=(0, 1),
        failed={},
        values=tuple(values),
        cost={},
        facts={},
        runs=(),
    )
    return full.model_copy(update=changes)


def table(*rows: Row, **changes: Any) -> Table:
    metric = Metric(name="auroc", direction="higher", unit="fraction", definition="The area under the curve.")
    full = Table(
        task="track/some",
        setting={},
        axes=(),
        version="2",
        track="track",
        tier="embedded",
        title="Some task",
        summary="",
        protocol="f" * 64,
        current=True,
        primary=Column(metric="auroc", subset="near"),
        metrics=(metric,),
        subsets=("near", "far", "near/one"),
        missing=(),
        seeds=(0, 1),
        ingredients={},
        facts={},
        comparable_by=(),
        comparison="paired t over seeds",
        ended=None,
        rows=rows or (row("knn", 1, 0.9), row("energy", 2, 0.88), row("msp", 3, 0.7), row("chance", None, 0.5)),
    )
    return full.model_copy(update=changes)


def test_markdown_has_values_intervals_differences_and_the_tie_group() -> None:
    caption, _, head, rule, *lines = as_markdown(table()).splitlines()
    assert "2 of 3" in caption
    assert "not told apart from the best" in caption
    assert head == "| rank | method | auroc near ↑ (%) | auroc far ↑ (%) | difference to the best (%) |"
    assert set(rule) <= set("| :-")
    assert lines[0].startswith(r"| 1 = | knn | **90.00 \[89.00, 91.00\]** | 90.00 \[")
    assert "**88.00" in lines[1]
    assert lines[2] == r"| 3 (1–3) | msp | 70.00 \[69.00, 71.00\] | 70.00 \[69.00, 71.00\] | -20.00 \[-23.00, \< 0\] |"
    assert lines[3].startswith("| reference | chance | 50.00")


def test_latex_has_the_same_rows_for_booktabs() -> None:
    text = as_latex(table())
    assert text.count(r"\\") == 5
    assert r"\textbf{88.00 [87.00, 89.00]}" in text
    assert [part in text for part in (r"\toprule", r"\midrule", r"\bottomrule")] == [True] * 3
    assert r"90.00 [89.00, 91.00] & {" not in text
    assert "{3 (1--3)} & msp & 70.00" in text


def test_columns_can_be_chosen_and_what_a_row_lacks_is_a_dash() -> None:
    shown = as_markdown(table(row("knn", 1, 0.9, values=())), [Column(metric="auroc", subset="far")])
    assert "| auroc far ↑ (%) |" in shown
    assert "| 1 | knn | – |" in shown


def test_access_and_seeds_are_said_where_they_differ() -> None:
    given = row("given", 1, 0.95, access=("labels",), seeds=(0,))
    shown = as_markdown(table(row("knn", 1, 0.9), given))
    assert "| access | seeds |" in shown
    assert "| labels | 1 |" in shown
    assert "1 of 1 without privileges; 1 of 1 given labels" in shown


@pytest.mark.parametrize("text", [MARKUP, "[*] first", "* star", "a--b ''c'' ?`", "new\nline \u202e turned"])
def test_texts_of_plugins_stay_texts(text: str) -> None:
    hostile = table(row(text, 1, 0.9), title=text)
    shown = as_markdown(hostile)
    lines = shown.splitlines()
    assert len(lines) == 5
    assert len(re.findall(r"(?<!\\)\|", lines[-1])) == 5  # four cells, whatever bars are in them
    assert not re.search(r"(?<!\\)[<$]", re.sub(r"(`+) .*? \1", "", shown))
    typeset = as_latex(hostile)
    assert typeset.count("\n") == as_latex(table(row("plain", 1, 0.9))).count("\n")
    assert r"\input" not in typeset
    assert "\u202e" not in shown + typeset


def test_latex_leaves_no_sign_that_commands() -> None:
    every = "".join(map(chr, range(32, 127)))
    assert not set(LIFTED.sub("", latex(every)).replace("{}", "")) & set("\\{}$&#%_^~")
    assert latex("Noé–Müller ≤ 3 ±1") == r"Noé--Müller \ensuremath{\le} 3 \ensuremath{\pm}1"


def test_what_a_renderer_would_link_is_code() -> None:
    assert markdown("see http://x.org") == "` see http://x.org `"
    assert markdown("a@b `c`") == "`` a@b `c` ``"
    assert markdown("knn (k=5)") == "knn (k=5)"
