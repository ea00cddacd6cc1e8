"""Classes in turn, against a plain loop."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.plugins.replay._round_robin import in_turns, shares, turns

labels = st.lists(st.integers(0, 5), min_size=1, max_size=40)


def test_a_small_case() -> None:
    given_labels = torch.tensor([1, 1, 0, 1, 2])
    assert turns(given_labels).tolist() == [0, 1, 0, 2, 0]
    assert in_turns(torch.tensor([3, 4, 1, 0, 2]), given_labels).tolist() == [2, 3, 4, 1, 0]
    assert shares(given_labels, 4) == {0: 1, 1: 2, 2: 1}
    assert shares(given_labels, 2) == {0: 1, 1: 1}


@given(labels, st.randoms(use_true_random=False))
def test_it_is_what_a_loop_does(found: list[int], random: object) -> None:
    order = list(range(len(found)))
    random.shuffle(order)
    queues = {label: [place for place in order if found[place] == label] for label in sorted(set(found))}
    expected = []
    while any(queues.values()):
        expected += [queue.pop(0) for queue in queues.values() if queue]
    assert in_turns(torch.tensor(order), torch.tensor(found)).tolist() == expected
