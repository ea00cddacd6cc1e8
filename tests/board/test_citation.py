"""BibTeX: complete, with safe keys, and nothing in a text that ends a field or runs a command."""

from __future__ import annotations

import re
from typing import Any

import pytest

from suite.board import citation
from suite.board.model import Entry, Index
from suite.contracts import Card, Column, Metric

EVIL = '} , @misc{x, \\write18{rm} % " # 100% \u202eold'


def card(**about: Any) -> Card:
    known = {"title": "KNN", "status": "paper", "paper": "Out-of-Distribution Detection with Deep Nearest Neighbors"}
    known |= {"authors": "Yiyou Sun, Yifei Ming, Xiaojin Zhu, Yixuan Li", "year": 2022}
    return Card(**{**known, **about})


INDEX = Index(suite="1.2", built="2026-11-29T05:06:07+00:00", stamp="ab" * 32, tracks=(), entries=())


def entry(**about: Any) -> Entry:
    metric = Metric(name="auroc", direction="higher", unit="fraction", definition="The area under the curve.")
    full = Entry(
        file="ood-digits",
        stamp="cd" * 32,
        task="ood/digits",
        setting={},
        axes=(),
        version="3",
        track="ood",
        tier="embedded",
        title="Digits against other digits",
        protocol="e" * 64,
        current=True,
        primary=Column(metric="auroc", subset="near"),
        metric=metric,
        seeds=(0,),
        missing=(),
        wanted=1,
        done=1,
        failed=0,
        ended="2026-11-28T00:00:00+00:00",
        results=(),
    )
    return full.model_copy(update=about)


def parsed(text: str) -> tuple[str, str, dict[str, str]]:
    """Read an entry as BibTeX does: a value ends where its braces do, and a brace behind a backslash counts too."""
    head = re.match(r"@(\w+)\{([^,{}\s]+),\n", text)
    assert head
    fields, rest = {}, text[head.end() :]
    while field := re.match(r"\s*(\w+)\s*=\s*\{", rest):
        depth, at = 1, field.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[at], 0)
            at += 1
        fields[field[1]], rest = rest[field.end() : at - 1], rest[at:].removeprefix(",")
    assert rest.strip() == "}"
    return head[1], head[2], fields


def test_a_paper_has_title_authors_year_and_what_its_address_says() -> None:
    kind, key, fields = parsed(citation.paper(card(url="https://arxiv.org/abs/2204.06507v2")))
    assert (kind, key) == ("misc", "sun-2022-out")
    assert fields["author"] == "Yiyou Sun and Yifei Ming and Xiaojin Zhu and Yixuan Li"
    assert fields["title"] == "{Out-of-Distribution Detection with Deep Nearest Neighbors}"
    assert (fields["year"], fields["eprint"], fields["archiveprefix"]) == ("2022", "2204.06507", "arXiv")


def test_families_alone_and_others_are_authors_too() -> None:
    assert parsed(citation.paper(card(authors="Noé, Müller and Wu")))[2]["author"] == "Noé and Müller and Wu"
    assert parsed(citation.paper(card(authors="Takeda, et al.")))[2]["author"] == "Takeda and others"
    assert parsed(citation.paper(card(authors="Noé, Wu", year=None)))[1] == "noe-out"


def test_a_method_without_a_paper_has_no_entry() -> None:
    assert citation.paper(None) == ""
    assert citation.paper(Card(title="Chance", status="baseline")) == ""


def test_board_and_table_have_date_and_content_hash() -> None:
    kind, key, fields = parsed(citation.board(INDEX))
    assert (kind, key, fields["date"], fields["year"]) == ("misc", "basin-suite-board-2026-11-29", "2026-11-29", "2026")
    assert "abababababababab" in fields["note"]
    _, key, fields = parsed(citation.table(entry(setting={"precision": "W8A8"}), INDEX))
    assert key == "basin-suite-ood-digits-2026-11-28"
    assert "(precision=W8A8)" in fields["title"]
    assert "cdcdcdcdcdcdcdcd" in fields["note"]
    assert "protocol eeeeeeeeeeee" in fields["note"]


def test_a_task_has_an_entry_without_results() -> None:
    assert parsed(citation.task("ood/digits", "Digits", "3", "1.2"))[1] == "basin-suite-ood-digits"


@pytest.mark.parametrize("make", ["paper", "table", "task"])
def test_no_text_ends_its_field(make: str) -> None:
    entries = {
        "paper": lambda: citation.paper(card(paper=f"x {EVIL}", authors=f"A {EVIL}, B")),
        "table": lambda: citation.table(entry(title=EVIL, task=f"ood/{EVIL}", setting={EVIL: EVIL}), INDEX),
        "task": lambda: citation.task(EVIL, EVIL, EVIL, "1"),
    }
    _, key, fields = parsed(entries[make]())
    assert re.fullmatch(r"[a-z0-9-]+", key)
    assert r"\write" not in str(fields)
    assert "\u202e" not in str(fields)


def test_an_address_keeps_its_field_whole() -> None:
    assert parsed(citation.paper(card(url="https://a.org/{x}_%20#y")))[2]["url"] == "https://a.org/%7Bx%7D_%20#y"
