"""Checking: what is fine is fine, and each thing that is wrong is one clear message, with nothing written."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suite.hashing import file_digest
from suite.store.submission import read_submissions
from suite.store.submission.history import FILE as HISTORY
from suite.store.submission.reading import FILE
from suite.submit.states import record

from ..support.command import Suite
from .desk import Desk


def test_what_was_packed_is_fine(desk: Desk) -> None:
    report = desk.check()
    assert report.problems == ()
    assert report.submission is not None
    assert report.submission.name == "energy-again"
    assert report.results is not None
    assert len(report.results.runs) == 1


def first(field: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.__setitem__(field, value)


def claim(**changed: Any) -> Callable[[dict[str, Any]], object]:
    about = {"task": "ood/digits", "method": "ood/energy", "metric": "auroc", "subset": "near"}
    return first("claims", [{**about, "value": 0.5, "tolerance": 0.5, **changed}])


EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "javascript": (first("paper", "javascript:alert(1)"), "line 11 (paper): it should be an https address"),
    "markup": (first("title", "=HYPERLINK(1)"), "(title): it should be a title that starts with no sign of a formula"),
    "control": (first("title", "A\x1b[31mred"), "(title): it has a control character"),
    "direction": (first("authors", [{"name": "A\u202eda"}]), "(authors.0.name): it has a control character"),
    "huge": (first("title", "x" * 10_000), "(title): String should have at most 120 characters"),
    "orcid": (
        lambda document: document["authors"][0].__setitem__("orcid", "0000-0002-1825-0098"),
        "(authors.0.orcid): its last digit is wrong",
    ),
    "licence": (first("licence", "Free for all"), "(licence): this is not an SPDX licence"),
    "contact": (first("contact", "ask me"), "(contact): it should be a mail address, or an https address"),
    "unknown": (first("colour", "blue"), "(colour): Extra inputs are not permitted"),
    "number": (
        lambda document: document["methods"][0].__setitem__("version", 1.0),
        "(methods.0.version): Input should be a valid string; a number becomes a text by quotes",
    ),
    "traversal": (
        lambda document: document["methods"][0].__setitem__("source", {"file": "../x.whl", "sha256": "0" * 64}),
        "(methods.0.source.file): it should be source/NAME-VERSION-py3-none-any.whl",
    ),
    "placeholder": (
        lambda document: document["methods"][0].update(
            declared={"ood/energy": {"card": {"title": "x", "status": "baseline", "authors": "PLACEHOLDER: you"}}}
        ),
        "(methods: ood/energy: card.authors): it still says 'PLACEHOLDER: you'",
    ),
    "absent": (
        lambda document: document["methods"][0].__setitem__("source", {"file": "source/x.whl", "sha256": "0" * 64}),
        "source/x.whl: it is missing",
    ),
    "task": (claim(task="ood/nothing"), "(claims.0): its task or method is not in the submission"),
    "metric": (claim(metric="auroq"), "(claims.0): ood/digits has no metric 'auroq'. Did you mean 'auroc'"),
    "bounds": (claim(value=1.5, tolerance=2.0), "(claims.0): auroc = 1.5 is outside the metric's bounds"),
    "claim": (claim(value=0.1, tolerance=0.01), "± 0.01, and the results give 0."),
    "seeds": (
        lambda document: document["runs"][0].__setitem__("seeds", [0, 1]),
        "1 cells that submission.yaml names have no run: ood/digits energy seed 1",
    ),
    "not asked": (
        lambda document: document["runs"][0].update(seeds=[0], settings=[{"near": "x"}]),
        "(runs.0): ood/digits has no axis 'near'",
    ),
    "distribution": (
        lambda document: document["methods"][0].__setitem__("distribution", "another"),
        "the method ood/energy is a built-in one",
    ),
    "version": (
        lambda document: document["methods"][0].__setitem__("version", "9.9"),
        "the method came from version 0.1.0 of basin-suite, not 9.9",
    ),
    "manifest": (first("results", {"manifest": "0" * 64}), "not the one that submission.yaml names"),
    "name": (first("name", "another"), "(name): the folder has another name, 'energy-again'"),
}
EXPECTED_BESIDE = {"absent": 2, "metric": 2, "bounds": 1, "not asked": 2, "distribution": 2}


@pytest.mark.parametrize("name", EDITS)
def test_each_edit_is_told(desk: Desk, name: str) -> None:
    change, cause = EDITS[name]
    desk.edit(change)
    before = desk.state()
    problems = [str(problem) for problem in desk.check().problems]
    assert any(cause in problem for problem in problems), problems
    assert len(problems) <= EXPECTED_BESIDE.get(name, 1), problems
    assert all("\n" not in problem and "next: " in problem and problem.isprintable() for problem in problems)
    assert desk.state() == before


def test_all_problems_are_told_at_once(desk: Desk) -> None:
    desk.edit(lambda document: document.update(title="", paper="http://x", licence="?", contact=""))
    assert len(desk.check().problems) == 4


def test_yaml_that_is_more_than_plain_is_one_problem(desk: Desk) -> None:
    desk.write("name: !!python/object:os.system x\n")
    assert "submission.yaml, line 1: it has a tag" in desk.refused()


def test_a_link_is_refused_and_not_followed(desk: Desk) -> None:
    (desk.folder / "README.md").symlink_to("/etc/hostname")
    assert "'README.md' is a link, no plain file" in desk.refused()


def test_a_fifo_is_refused_and_not_opened(desk: Desk) -> None:
    os.mkfifo(desk.folder / "results" / "runs.pipe")
    assert "is a special file" in desk.refused()


def test_a_submission_that_is_a_link_is_refused(desk: Desk) -> None:
    other = desk.folder.with_name("other")
    other.symlink_to(desk.folder)
    assert [str(p) for p in Desk(other, desk.registry).check().problems] == [
        "other: it is not a folder; next: remove it, then check again"
    ]


@pytest.mark.parametrize("name", ["weights.pt", ".git", "a b.md", "-rf", "con\u202eexe.md"])
def test_a_stray_file_is_refused(desk: Desk, name: str) -> None:
    (desk.folder / name).write_bytes(b"x")
    assert "weights.pt does not belong here" in desk.refused() or "other signs than letters" in desk.refused()


def test_ten_thousand_files_are_one_problem(desk: Desk) -> None:
    (desk.folder / "results" / "samples").mkdir(exist_ok=True)
    for number in range(5_100):
        (desk.folder / "results" / "samples" / f"{number}.parquet").touch()
    assert "it has more than 5000 files" in desk.refused()


def test_a_deep_folder_is_refused(desk: Desk) -> None:
    (desk.folder / "results/a/b/c/d").mkdir(parents=True)
    assert any("lies too deep" in str(problem) for problem in desk.check().problems)


def test_a_changed_result_is_seen(desk: Desk) -> None:
    with (desk.folder / "results" / "scores.parquet").open("ab") as file:
        file.write(b"x")
    assert "results: the results in results are refused" in desk.refused()


def test_results_from_the_future_are_refused(desk: Desk) -> None:
    file = desk.folder / "results" / "manifest.json"
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=400)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"written": ahead.isoformat()}))
    desk.edit(first("results", {"manifest": file_digest(file)}))
    assert "the results were written in the future" in desk.refused()


def test_a_name_that_another_submission_has_is_taken(desk: Desk, tmp_path: Any) -> None:
    others = tmp_path / "published"
    shutil.copytree(desk.folder, others / desk.folder.name)
    assert "the name 'energy-again' is taken by another submission" in desk.refused(beside=others)
    assert desk.check().ok


def of_distribution(desk: Desk, distribution: str) -> None:
    """Make it a submission of code, of a method that is nobody's yet."""
    methods = [{"distribution": distribution, "version": "1", "names": ["ood/new-method"]}]
    shutil.rmtree(desk.folder / "results")
    about = {"name": desk.folder.name, "tier": "code", "methods": methods, "runs": [{"task": "ood/digits"}]}
    desk.edit(lambda document: [document.update(about), document.pop("results")])


def test_a_method_that_another_submission_has_is_taken(desk: Desk) -> None:
    theirs = Desk(desk.folder.with_name("first-come"), desk.registry)
    shutil.copytree(desk.folder, theirs.folder)
    of_distribution(theirs, "theirs")
    of_distribution(desk, "mine")
    assert len(read_submissions(desk.folder.parent)) == 2
    assert "the method ood/new-method is that of the submission 'first-come', from theirs" in desk.refused()
    of_distribution_again = desk.document["methods"][0] | {"distribution": "theirs"}
    desk.edit(first("methods", [of_distribution_again]))
    assert desk.check().ok


def test_an_edit_after_the_history_is_seen(desk: Desk) -> None:
    text = (desk.folder / FILE).read_text()
    (desk.folder / FILE).write_text(text.replace("Energy again", "Energy for ever"))
    assert "is about: it was edited since" in desk.refused()


def test_a_history_must_go_on_from_the_one_before(desk: Desk, tmp_path: Any) -> None:
    before = tmp_path / "before"
    shutil.copytree(desk.folder, before)
    rows = desk.rows()
    assert desk.check(before=before).ok
    desk.history(*rows, rows[0] | {"state": "validated"})
    assert "only a maintainer says that a submission is validated" in desk.refused(before=before)
    desk.history(rows[0] | {"by": "Eve"})
    assert "rows of the history were changed or removed" in desk.refused(before=before)
    desk.history(*rows, rows[0] | {"state": "disputed", "reason": "I doubt it"})
    assert desk.check(before=before).ok


def test_without_a_history_nothing_is_fine(desk: Desk, tmp_path: Any) -> None:
    """Else whoever deletes the file makes a withdrawn submission whole again."""
    before = tmp_path / "before"
    record(desk.folder, "withdrawn", by="Ada", reason="a fault")
    shutil.copytree(desk.folder, before)
    for delete in ((desk.folder / HISTORY).unlink, lambda: (desk.folder / HISTORY).write_text("")):
        delete()
        assert "history.jsonl: it has no row" in desk.refused(before=before)
        assert "history.jsonl: it has no row" in desk.refused(before=before, anew=True)
        assert "history.jsonl: it has no row" in desk.refused()


def test_new_and_edited_files_are_submitted_by_the_command(desk: Desk, suite: Suite) -> None:
    command = ("submit", "check", str(desk.folder), "--record", "--by", "Bob")
    (desk.folder / HISTORY).unlink()
    assert suite("submit", "check", str(desk.folder)).returncode == 1
    suite.printed(*command)
    with (desk.folder / FILE).open("a") as file:
        file.write("# better\n")
    suite.printed(*command)
    suite.printed(*command)
    assert [row["state"] for row in desk.rows()] == ["submitted", "submitted", "validated"]


def test_the_command_line(desk: Desk, suite: Suite) -> None:
    assert "energy-again is fine: results, 1 method, 1 run" in suite.printed("submit", "check", str(desk.folder))
    told = suite.json("submit", "check", str(desk.folder))
    assert (told["ok"], told["name"], told["runs"]) == (True, "energy-again", 1)
    suite.printed("submit", "check", str(desk.folder), "--record", "--by", "Bob")
    assert [row["state"] for row in desk.rows()] == ["submitted", "validated"]
    desk.edit(first("paper", "javascript:alert(1)"))
    done = suite("submit", "check", str(desk.folder))
    assert done.returncode == 1
    assert "1 problem" in done.stdout
