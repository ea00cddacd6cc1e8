"""Claims: whoever tries, a cell has one run at a time, and none once it is done."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from claimants import together
from sample_rows import cell, done
from sqlalchemy.exc import IntegrityError

from suite.errors import SuiteError
from suite.store.owner import this_process
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult
from suite.store.writing import Writer

CLAIMANTS = 8
CELLS = 200


def test_eight_processes_claim_every_cell_exactly_once(url: str) -> None:
    Writer(url).close()
    said = together("claim", url, CLAIMANTS, CELLS)
    assert sorted(seed for each in said for seed in each["taken"]) == list(range(CELLS))
    runs = Reader(url).latest_runs()
    assert Counter(run.state for run in runs) == {"done": CELLS}
    assert all(len(run.scores) == 1 for run in runs)


def test_a_taken_or_done_cell_cannot_be_claimed(url: str) -> None:
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    assert run is not None
    assert writer.claim(cell(0), []) is None
    writer.end(run, done())
    assert writer.claim(cell(0), []) is None


def test_the_database_itself_refuses_two_taken_runs(url: str, execute) -> None:
    writer = Writer(url)
    writer.claim(cell(0), [])
    for state in ("running", "done"):
        with pytest.raises(IntegrityError):
            execute(
                "INSERT INTO run (id, cell, attempt, state, owner) VALUES ('x', :cell, 9, :state, 'o')",
                cell=cell(0).id,
                state=state,
            )
    execute("INSERT INTO run (id, cell, attempt, state, owner) VALUES ('x', :cell, 9, 'failed', 'o')", cell=cell(0).id)


def test_a_failed_or_released_cell_can_be_claimed_again(url: str) -> None:
    writer = Writer(url)
    for number, end in enumerate((lambda run: writer.end(run, RunResult("failed")), writer.release), start=1):
        run = writer.claim(cell(0), [])
        assert run is not None
        assert Reader(url).run(run).attempt == number
        end(run)
    assert writer.claim(cell(0), []) is not None


def test_a_cell_that_somebody_else_tried_since_the_plan_is_left_to_them(url: str) -> None:
    mine, other = Writer(url), Writer(url)
    other.end(other.claim(cell(0), []), RunResult("failed"))
    assert mine.claim(cell(0), [], attempts=0) is None
    assert mine.claim(cell(0), [], attempts=1) is not None, "the caller knew of that attempt and wants another"


def test_a_cell_that_somebody_else_gave_back_since_the_plan_is_free(url: str) -> None:
    mine, other = Writer(url), Writer(url)
    other.release(other.claim(cell(0), []))
    assert mine.claim(cell(0), [], attempts=0) is not None


def test_a_dead_owners_claim_is_taken_over_at_once(url: str) -> None:
    program = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from sample_rows import cell
from suite.store.writing import Writer
print(Writer({url!r}).claim(cell(0), []), flush=True)
"""
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    writer = Writer(url)
    run = writer.claim(cell(0), [])
    assert run is not None
    reader = Reader(url)
    assert reader.run(killed).state == "stale"
    assert reader.run(run).attempt == 2


def test_a_living_owners_claim_is_respected_and_a_foreign_one_until_its_lease_ends(url: str, execute) -> None:
    writer = Writer(url)
    theirs = writer.claim(cell(0), [])
    execute("UPDATE run SET owner = 'elsewhere:1:1.00'")
    assert writer.claim(cell(0), []) is None
    execute("UPDATE run SET lease_until = '2001-01-01 00:00:00'")
    assert writer.claim(cell(0), []) is not None
    assert Reader(url).run(theirs).state == "stale"


def test_renewing_extends_the_leases_of_this_process_alone(url: str, execute) -> None:
    writer = Writer(url)
    mine, theirs = writer.claim(cell(0), []), writer.claim(cell(1), [])
    execute("UPDATE run SET lease_until = '2001-01-01 00:00:00'")
    execute("UPDATE run SET owner = 'elsewhere:1:1.00' WHERE id = :id", id=theirs)
    writer.renew_leases()
    valid = execute("SELECT id FROM run WHERE lease_until > CURRENT_TIMESTAMP")
    assert [row.id for row in valid] == [mine]


def test_another_identity_under_the_same_hash_is_refused(url: str) -> None:
    writer = Writer(url)
    writer.release(writer.claim(cell(0), []))
    forged = CellRow(**{**vars(cell(0)), "identity": cell(1).identity})
    with pytest.raises(SuiteError, match=r"cell \w+ has another identity in the store"):
        writer.claim(forged, [])
    assert Reader(url).states([cell(0).id]) == {cell(0).id: ("stale", 1)}


def test_the_owner_is_this_process_on_this_host(url: str) -> None:
    writer = Writer(url)
    run = Reader(url).run(writer.claim(cell(0), ["run", "-m", "constant"]))
    assert run.owner == this_process()
    assert run.owner.startswith(f"{platform.node()}:{os.getpid()}:")
    assert run.command == ["run", "-m", "constant"]
