"""The audit: what a method holds on to, wherever it hides it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.tracks.replay.audit import SLACK, SLACK_PER_CLASS, OverBudget, check_budget, kept_bytes


class Holder:
    def __init__(self, **kept: object) -> None:
        self.__dict__.update(kept)


EMPTY = kept_bytes(Holder())


@pytest.mark.parametrize(
    "kept",
    [
        torch.zeros(1000),
        torch.zeros(1000)[:1],
        np.zeros(500),
        np.zeros(500)[:1],
        {"images": [torch.zeros(1000)]},
        Holder(images=(np.zeros(500),)),
        b"x" * 4000,
        [bytes(2000), bytes(2000)],
        iter([np.zeros(500)]),
    ],
)
def test_what_is_kept_is_found(kept: object) -> None:
    assert 3800 <= kept_bytes(Holder(kept=kept)) - EMPTY <= 5500


def test_slots_are_no_hiding_place() -> None:
    class Slotted:
        __slots__ = ("kept",)

    slotted = Slotted()
    slotted.kept = torch.zeros(1000)
    assert kept_bytes(slotted) >= 4000


def test_the_same_memory_counts_once() -> None:
    data = torch.zeros(1000)
    once, twice = kept_bytes(Holder(one=data)), kept_bytes(Holder(one=data, other=data.view(10, 100)))
    assert twice - once < 300


def test_code_and_the_buffers_own_memory_do_not_count() -> None:
    column = torch.zeros(1000)
    assert kept_bytes(Holder(call=np.linalg.norm, kind=Holder, module=np)) - EMPTY < 500
    assert kept_bytes(Holder(column=column), [column]) - EMPTY < 500


def test_over_budget_is_an_error_that_says_by_how_much() -> None:
    slack = SLACK + 10 * SLACK_PER_CLASS
    check_budget("m", 1000, slack, 1000, 10)
    with pytest.raises(OverBudget, match=r"m keeps 1,001 bytes\. The limit is 1,000\. The buffer has 1,001"):
        check_budget("m", 1001, 0, 1000, 10)
    with pytest.raises(OverBudget, match=r"m keeps 1,500 bytes\. The limit is 1,000"):
        check_budget("m", 1000, slack + 500, 1000, 10)
