"""The queue of uploads: one entry an upload, checked once, whoever dies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from claimants import together

from suite.store.intake import ATTEMPTS, Entry, Queue
from suite.store.tokens import Token, Tokens

ADA = "a" * 64


@pytest.fixture
def token(url: str) -> Token:
    return Tokens(url).new("ada", "submitter", None)[0]


def put(queue: Queue, token: Token, sha256: str = ADA) -> tuple[Entry, bool]:
    return queue.put(token, sha256, 10, lambda name: None)


def states(queue: Queue, entry: Entry) -> list[str]:
    return [event.state for event in queue.history(entry)]


def test_the_same_upload_twice_is_one_entry(url: str, token: Token) -> None:
    queue, kept = Queue(url), []
    first = queue.put(token, ADA, 10, kept.append)
    second = queue.put(token, ADA, 10, kept.append)
    assert (first[1], second[1]) == (True, False)
    assert first[0] == second[0]
    assert kept == [first[0].id]


def test_the_same_bytes_of_somebody_else_are_an_entry_of_theirs(url: str, token: Token) -> None:
    queue, ben = Queue(url), Tokens(url).new("ben", "submitter", None)[0]
    mine, theirs = put(queue, token)[0], put(queue, ben)[0]
    assert mine.id != theirs.id
    assert queue.entry(mine.id, "ben") is None
    assert queue.entry(mine.id, None) == mine
    assert queue.entries("ben", state=None, before=None, limit=9) == [theirs]


def test_an_entry_is_not_seen_before_its_file_is_kept(url: str, token: Token) -> None:
    queue = Queue(url)

    def fails(name: str) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        queue.put(token, ADA, 10, fails)
    assert queue.entries(None, state=None, before=None, limit=9) == []


def test_uploads_are_taken_in_the_order_of_their_arrival(url: str, token: Token) -> None:
    queue = Queue(url)
    entries = [put(queue, token, f"{number:064}")[0] for number in range(3)]
    assert [queue.place(entry) for entry in entries] == [1, 2, 3]
    assert queue.waiting("ada") == queue.waiting() == 3
    for entry in entries:
        claimed = queue.claim()
        assert claimed is not None
        assert claimed.id == entry.id
        assert queue.end(claimed, "refused", "because")
    assert queue.claim() is None
    assert queue.waiting() == 0
    told = queue.entry(entries[0].id, "ada")
    assert told is not None
    assert (told.state, told.reason, queue.place(told)) == ("refused", "because", None)
    assert states(queue, told) == ["waiting", "checking", "refused"]


def test_a_page_of_entries_follows_another(url: str, token: Token) -> None:
    queue = Queue(url)
    entries = [put(queue, token, f"{number:064}")[0] for number in range(5)]
    page = queue.entries("ada", state=None, before=None, limit=3)
    rest = queue.entries("ada", state="waiting", before=page[-1].number, limit=3)
    assert [*page, *rest] == entries[::-1]
    assert queue.entries("ada", state="accepted", before=None, limit=3) == []


def test_a_worker_that_lost_its_lease_has_no_say(
    url: str, token: Token, execute: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = Queue(url), Queue(url)
    quick.owner = "elsewhere:1:1.00"
    put(slow, token)
    claimed = slow.claim()
    assert claimed is not None
    assert quick.claim() is None
    execute("UPDATE intake SET lease_until = '2026-01-01 00:00:00'")
    taken = quick.claim()
    assert taken is not None
    assert taken.attempts == 2
    assert not slow.end(claimed, "refused", "late")
    assert not slow.reserve(claimed, "name")
    assert quick.end(taken, "accepted", None)
    assert states(quick, taken) == ["waiting", "checking", "waiting", "checking", "accepted"]


def test_a_renewed_lease_is_kept(url: str, token: Token, execute: Callable[..., list[Any]]) -> None:
    queue, other = Queue(url), Queue(url)
    other.owner = "elsewhere:1:1.00"
    put(queue, token)
    claimed = queue.claim()
    assert claimed is not None
    execute("UPDATE intake SET lease_until = '2026-01-01 00:00:00'")
    queue.renew(claimed)
    assert other.claim() is None


def test_an_upload_over_which_workers_die_stops_nobody(url: str, token: Token) -> None:
    queue = Queue(url)
    entry = put(queue, token)[0]
    behind = put(queue, token, "b" * 64)[0]
    host = queue.owner.partition(":")[0]
    for _ in range(ATTEMPTS):
        queue.owner = f"{host}:999999999:1.00"  # a process of this machine that is gone
        claimed = queue.claim()
        assert claimed is not None
        assert claimed.id == entry.id
    following = queue.claim()
    assert following is not None
    assert following.id == behind.id
    told = queue.entry(entry.id, None)
    assert told is not None
    assert (told.state, told.reason) == ("failed", f"the worker died {ATTEMPTS} times over it")


def test_an_upload_whose_check_failed_may_come_again(url: str, token: Token) -> None:
    queue, kept = Queue(url), []
    entry = put(queue, token)[0]
    claimed = queue.claim()
    assert claimed is not None
    queue.end(claimed, "failed", "the disk was full")
    again, new = queue.put(token, ADA, 10, kept.append)
    assert (again.id, again.state, again.reason, new, kept) == (entry.id, "waiting", None, False, [entry.id])


def test_giving_an_upload_back_is_no_attempt(url: str, token: Token) -> None:
    queue = Queue(url)
    put(queue, token)
    for _ in range(ATTEMPTS + 2):
        claimed = queue.claim()
        assert claimed is not None
        assert claimed.attempts == 1
        assert queue.end(claimed, "waiting", "the worker was stopped")


def test_one_of_two_uploads_gets_a_name(url: str, token: Token) -> None:
    queue = Queue(url)
    for sha256 in (ADA, "b" * 64, "c" * 64):
        put(queue, token, sha256)
    one, two, three = queue.claim(), queue.claim(), queue.claim()
    assert one is not None
    assert two is not None
    assert three is not None
    assert queue.reserve(one, "name")
    assert queue.reserve(one, "name")
    assert not queue.reserve(two, "name")
    assert queue.end(one, "accepted", None)
    assert not queue.reserve(three, "name")
    assert queue.reserve(three, "other")


def test_several_workers_check_each_upload_once(url: str, token: Token, tmp_path: Path) -> None:
    queue = Queue(url)
    entries = {put(queue, token, f"{number:064}")[0].id for number in range(30)}
    checked = [identifier for said in together("check", url, 3) for identifier in said]
    assert sorted(checked) == sorted(entries)
    assert len(queue.entries(None, state="accepted", before=None, limit=99)) == 30
