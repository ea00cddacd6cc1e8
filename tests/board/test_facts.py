"""A fact is the table's only where no row says otherwise."""

from __future__ import annotations

from suite.board.facts import Stated, split_facts

MODEL = "reference model"
SCALES = "weight scales"


def test_what_all_rows_state_is_the_tables_and_by_seed_where_seeds_differ() -> None:
    row = {0: {MODEL: "a", "images": "256"}, 1: {MODEL: "b", "images": "256"}}
    assert split_facts([row, row]) == ({MODEL: "seed 0: a; seed 1: b", "images": "256"}, [{}, {}])


def test_what_rows_state_differently_is_each_rows_own_in_any_order() -> None:
    channel, tensor = ({seed: {MODEL: "a", SCALES: kind} for seed in (0, 1)} for kind in ("per-channel", "per-tensor"))
    own = [{SCALES: "per-channel"}, {SCALES: "per-tensor"}]
    assert split_facts([channel, tensor]) == ({MODEL: "a"}, own)
    assert split_facts([tensor, channel]) == ({MODEL: "a"}, own[::-1])


def test_a_difference_at_one_seed_is_enough() -> None:
    one, other = {0: {SCALES: "x"}, 1: {SCALES: "x"}}, {0: {SCALES: "x"}, 1: {SCALES: "y"}}
    assert split_facts([one, other]) == ({}, [{SCALES: "x"}, {SCALES: "seed 0: x; seed 1: y"}])


def test_what_one_row_alone_states_is_its_own() -> None:
    assert split_facts([{0: {MODEL: "a"}}, {0: {MODEL: "a", "failed": "why"}}]) == (
        {MODEL: "a"},
        [{}, {"failed": "why"}],
    )


def test_rows_are_held_together_at_the_seeds_that_both_have() -> None:
    rows: list[Stated] = [{0: {MODEL: "a"}, 1: {MODEL: "b"}}, {1: {MODEL: "b"}}, {}]
    assert split_facts(rows) == ({MODEL: "seed 0: a; seed 1: b"}, [{}, {}, {}])
