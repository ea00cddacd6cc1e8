"""The matrix of a track: what methods have in common, and that nothing is filled in."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from suite.board.matrix import common_tables, matrix
from suite.board.model import Entry, Result
from suite.contracts import Column, Metric


def result(label: str, place: int | None, mean: float | None, **about: Any) -> Result:
    known = {"method": f"t/{label}", "label": label, "standing": "ranked", "access": (), "place": place, "best": place}
    known |= {"worst": place, "tied": place == 1, "mean": mean, "low": None, "high": None, "partial": False}
    return Result(**{**known, "seeds": 5, "failed": 0, "unranked": "", "cost": {}, **about})


def entry(file: str, *results: Result, direction: str = "higher") -> Entry:
    metric = Metric(name="auroc", direction=direction, unit="fraction", definition="The area under it.")
    return Entry(
        file=file,
        stamp="",
        task=f"t/{file}",
        setting={},
        axes=(),
        version="1",
        track="t",
        tier="embedded",
        title=file,
        protocol="p" * 64,
        current=True,
        primary=Column(metric="auroc", subset="near"),
        metric=metric,
        seeds=(0,),
        missing=(),
        wanted=0,
        done=0,
        failed=0,
        ended=None,
        results=results,
    )


def ranked(**means: float) -> list[Result]:
    by_mean = sorted(means, key=lambda label: -means[label])
    return [result(label, 1 + by_mean.index(label), mean) for label, mean in means.items()]


def test_the_mean_rank_is_among_those_who_have_the_common_tables() -> None:
    made = matrix([entry("one", *ranked(a=0.9, b=0.8, c=0.95)), entry("two", *ranked(a=0.5, b=0.7))])
    assert made.common == ("one", "two")
    lines = {line.label: line for line in made.lines}
    assert (lines["a"].mean_rank, lines["b"].mean_rank) == (1.5, 1.5)  # c does not count on table one
    assert (lines["a"].wins, lines["b"].wins) == (1, 1)
    assert (lines["c"].mean_rank, lines["c"].placed, lines["c"].wins) == (None, 1, 0)
    assert "two" not in lines["c"].results
    assert [line.label for line in made.lines] == ["a", "b", "c"]
    assert made.ranked == 2


def test_lower_is_better_where_the_metric_says_so_and_equals_share() -> None:
    made = matrix([entry("one", result("a", 1, 0.1), result("b", 1, 0.1), result("c", 3, 0.2), direction="lower")])
    assert {line.label: (line.mean_rank, line.wins) for line in made.lines} == {
        "a": (1.5, 1),
        "b": (1.5, 1),
        "c": (3.0, 0),
    }


def test_each_access_is_a_field_of_its_own() -> None:
    given_more = result("given", 1, 0.99, access=("labels",))
    made = matrix([entry("one", *ranked(a=0.9, b=0.8), given_more)])
    assert [(line.label, line.mean_rank) for line in made.lines] == [("a", 1), ("b", 2), ("given", 1)]


def test_references_and_failures_have_no_mean_rank() -> None:
    chance = result("chance", None, 0.5, standing="reference")
    lame = result("lame", None, None, unranked="seeds 1 are not done", failed=1)
    made = matrix([entry("one", *ranked(a=0.9), chance, lame)])
    assert [(line.label, line.mean_rank, line.placed) for line in made.lines] == [
        ("a", 1.0, 1),
        ("chance", None, 0),
        ("lame", None, 0),
    ]


def test_nothing_ranked_has_nothing_in_common() -> None:
    assert matrix([]).lines == ()
    assert matrix([entry("one", result("a", None, 0.5))]).common == ()


def test_one_narrow_method_does_not_take_the_others_tables_away() -> None:
    wide = [frozenset("abcd")] * 5
    assert common_tables([*wide, frozenset("a")]) == frozenset("abcd")
    assert common_tables([frozenset("ab"), frozenset("bc"), frozenset("bd")]) == frozenset("b")


@given(st.lists(st.frozensets(st.sampled_from("abcde")), max_size=7))
def test_common_tables_have_the_most_places_of_all_that_two_methods_share(covered: list[frozenset[str]]) -> None:
    chosen = common_tables(covered)
    shared = [one & other for one in covered for other in covered]

    def places(tables: frozenset[str]) -> int:
        return len(tables) * sum(tables <= each for each in covered)

    assert places(chosen) == max((places(tables) for tables in shared), default=0)
    assert bool(chosen) == any(covered)
