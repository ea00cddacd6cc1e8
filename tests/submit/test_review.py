"""What a pull request changes: every change is checked, and its rows are compared with those that are there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from suite.registry import Registry
from suite.settings import Settings
from suite.store.reading import Reader
from suite.submit.pack import pack
from suite.submit.review import CHANGES, Review, review

from ..support.command import Suite
from .desk import ABOUT, Desk


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The folder of submissions as it is: none."""
    (tmp_path / "base").mkdir()
    return tmp_path / "base"


@pytest.fixture
def proposed(desk: Desk) -> Path:
    """The folder as somebody would have it: with one submission more."""
    return desk.folder.parent


def changes(found: Review) -> list[tuple[str, str, bool]]:
    return [(change.name, change.kind, change.report.ok) for change in found.changes]


def test_a_new_submission_is_checked_and_its_row_compared(base: Path, proposed: Path, registry: Registry) -> None:
    found = review(base, proposed, registry)
    assert changes(found) == [("energy-again", "added", True)]
    (row,) = found.changes[0].rows
    assert (row.task, row.method, row.rank) == ("ood/digits", "energy", "")
    assert "seed" in row.why
    assert found.ok


def test_a_row_that_is_there_already_is_not_new(
    base: Path, proposed: Path, packed: Path, shop: Settings, registry: Registry
) -> None:
    shutil.copytree(packed, base / packed.name)
    assert review(base, proposed, registry) == Review((), 0)
    reader = Reader(shop.database_url)
    runs = [reader.run(row.id) for row in reader.latest_runs()]
    reader.close()
    pack(runs, shop, registry, proposed / "energy-twice", ABOUT, version="0.1.0", by="Ben")
    found = review(base, proposed, registry)
    assert changes(found) == [("energy-twice", "added", True)]


def test_what_is_wrong_is_told_and_not_compared(base: Path, proposed: Path, desk: Desk, registry: Registry) -> None:
    desk.edit(lambda document: document.update(title="=1+1"))
    found = review(base, proposed, registry)
    assert changes(found) == [("energy-again", "added", False)]
    assert (found.ok, found.changes[0].rows) == (False, ())


def test_a_history_goes_on_and_says_nothing_that_is_a_maintainers(
    base: Path, proposed: Path, packed: Path, desk: Desk, registry: Registry
) -> None:
    shutil.copytree(packed, base / packed.name)
    row = desk.rows()[0]
    desk.history(row, row | {"state": "disputed", "reason": "the split is another one"})
    assert changes(review(base, proposed, registry)) == [("energy-again", "changed", True)]
    desk.history(row, row | {"state": "validated"})
    (change,) = review(base, proposed, registry).changes
    assert "only a maintainer says" in str(change.report.problems[0])
    desk.history(row | {"by": "Somebody else"})
    (change,) = review(base, proposed, registry).changes
    assert "were changed or removed" in str(change.report.problems[0])


def test_nothing_that_was_published_is_removed(base: Path, proposed: Path, packed: Path, registry: Registry) -> None:
    shutil.copytree(packed, base / packed.name)
    shutil.rmtree(proposed / packed.name)
    assert changes(review(base, proposed, registry)) == [("energy-again", "removed", False)]


def test_links_are_followed_nowhere(base: Path, proposed: Path, tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "submission.yaml").write_text("secret: words")
    (proposed / "linked").symlink_to(tmp_path / "secret")
    (proposed / "inside").mkdir()
    (proposed / "inside" / "submission.yaml").symlink_to(tmp_path / "secret" / "submission.yaml")
    found = review(base, proposed, registry)
    assert {name: ok for name, _, ok in changes(found)} == {"energy-again": True, "inside": False, "linked": False}
    assert "words" not in json.dumps(found.as_json())


def test_more_changes_than_one_looks_at_are_no_success(base: Path, proposed: Path, registry: Registry) -> None:
    for number in range(CHANGES):
        (proposed / f"a{number}").mkdir()
        (proposed / f"a{number}" / "submission.yaml").write_text("{}")
    found = review(base, proposed, registry)
    assert (len(found.changes), found.left, found.ok) == (CHANGES, 1, False)


def test_the_command_writes_all_of_it(suite: Suite, base: Path, proposed: Path, tmp_path: Path) -> None:
    file = tmp_path / "review.json"
    done = suite("submit", "review", str(base), str(proposed), "--output", str(file))
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "energy-again: added, fine"
    assert second.startswith("  ood/digits: energy ")
    written = json.loads(file.read_text())
    assert [change["name"] for change in written["changes"]] == ["energy-again"]
    (proposed / "empty").mkdir()
    assert suite("submit", "review", str(base), str(proposed)).returncode == 1
    (tmp_path / "link").symlink_to(proposed)
    assert suite("submit", "review", str(base), str(tmp_path / "link")).returncode == 2
