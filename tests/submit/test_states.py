"""States: who says what of which files; an edit is seen, and everybody reads the same."""

from __future__ import annotations

import pytest

from suite.errors import SuiteError
from suite.store.submission import listed, read_submissions
from suite.submit.damage import damage
from suite.submit.states import record

from ..support.command import Suite
from .desk import Desk


def test_a_reproduction_says_first_that_the_files_were_checked(desk: Desk) -> None:
    record(desk.folder, "reproduced", by="Bob", evidence={"cells": 1})
    assert [row["state"] for row in desk.rows()] == ["submitted", "validated", "reproduced"]
    found = listed(desk.folder)
    assert (found.state, found.edited, found.authors) == ("reproduced", False, ("Ada Lovelace",))
    assert found.history[-1].evidence == {"cells": 1}


def test_an_edit_takes_the_state_away(desk: Desk) -> None:
    record(desk.folder, "reproduced", by="Bob")
    with (desk.folder / "submission.yaml").open("a") as file:
        file.write("# better\n")
    found = listed(desk.folder)
    assert (found.state, found.edited) == ("submitted", True)
    record(desk.folder, "validated", by="Bob")
    assert [row["state"] for row in desk.rows()][3:] == ["submitted", "validated"]
    assert not listed(desk.folder).edited


def test_what_is_withdrawn_may_come_again(desk: Desk) -> None:
    record(desk.folder, "withdrawn", by="Ada", reason="a fault")
    with pytest.raises(SuiteError, match="without a reason"):
        record(desk.folder, "disputed", by="Bob")
    record(desk.folder, "submitted", by="Ada")
    assert listed(desk.folder).state == "submitted"


def test_a_damaged_history_is_left_alone(desk: Desk) -> None:
    (desk.folder / "history.jsonl").write_text("{}\n")
    assert "history.jsonl: row 1" in listed(desk.folder).problem
    with pytest.raises(SuiteError, match="the history is damaged"):
        record(desk.folder, "validated", by="Bob")
    assert (desk.folder / "history.jsonl").read_text() == "{}\n"


def test_one_broken_submission_hides_no_other(desk: Desk) -> None:
    broken = desk.folder.with_name("a-broken-one")
    broken.mkdir()
    (broken / "submission.yaml").write_text("name: [")
    found = read_submissions(desk.folder.parent)
    assert [bool(each.problem) for each in found] == [True, False]
    assert read_submissions(desk.folder / "nowhere") == []


@pytest.mark.parametrize("name", ["results/scores.parquet", "results/manifest.json", "results/samples"])
def test_results_that_are_not_what_their_hashes_say_are_damaged(desk: Desk, suite: Suite, name: str) -> None:
    assert damage(desk.folder) == ""
    path = desk.folder / name
    path = next(path.iterdir()) if path.is_dir() else path
    with path.open("ab") as file:
        file.write(b"\n")
    assert path.name in damage(desk.folder)
    (told,) = suite.json("submit", "status", str(desk.folder))
    assert path.name in told["problem"]
    assert "damaged" in suite.printed("submit", "status", str(desk.folder))


def test_a_wheel_that_is_not_there_is_damage(desk: Desk) -> None:
    source = {"file": "source/x-1-py3-none-any.whl", "sha256": "0" * 64}
    desk.edit(lambda document: document["methods"][0].__setitem__("source", source))
    assert damage(desk.folder) == "source/x-1-py3-none-any.whl is not what its hash says"


def test_the_command_line(desk: Desk, suite: Suite) -> None:
    folder = str(desk.folder)
    assert suite("submit", "dispute", folder, "--reason", "not\x1b[31m named", "--by", "Eve").returncode == 2
    assert len(desk.rows()) == 1
    suite.printed("submit", "dispute", folder, "--reason", "The split is not named", "--by", "Eve")
    assert "disputed by Eve: The split is not named" in suite.printed("submit", "status", folder)
    (told,) = suite.json("submit", "status", str(desk.folder.parent))
    assert (told["state"], len(told["history"])) == ("disputed", 2)
    suite.printed("submit", "withdraw", folder, "--reason", "Right", "--by", "Ada")
    assert suite.json("submit", "status", folder)[0]["state"] == "withdrawn"
    assert suite("submit", "status", str(desk.folder / "none")).returncode == 2
