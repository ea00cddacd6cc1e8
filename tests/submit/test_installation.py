"""What pip is told that this Python has: one version of each distribution, the one that is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.submit.installation import lacking, visible


def test_of_a_distribution_that_is_there_twice_the_first_one_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, name, version in (("behind", "Twice.Seen", "1.0"), ("before", "twice_seen", "2.0")):
        metadata = tmp_path / folder / f"twice_seen-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        monkeypatch.syspath_prepend(str(tmp_path / folder))
    found = visible()
    assert [each for each in found if each.startswith("twice")] == ["twice-seen==2.0"]
    assert len({each.partition("==")[0] for each in found}) == len(found)
    assert {*found} - {*visible({"twice-seen"})} == {"twice-seen==2.0"}


def test_what_packages_lack_is_what_neither_they_nor_this_python_have(tmp_path: Path) -> None:
    needs = {
        "one": ("numpy>=1", "Two_Of.Them==1.0", 'nowhere; extra == "test"', 'nowhere; python_version < "3"'),
        "two-of-them": ("numpy<1", "nowhere", "packaging[nothing]"),
    }
    for name, texts in needs.items():
        metadata = tmp_path / f"{name}-1.0.dist-info" / "METADATA"
        metadata.parent.mkdir()
        requires = "".join(f"Requires-Dist: {text}\n" for text in texts)
        metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
    assert sorted(lacking(tmp_path)) == ["nowhere", "numpy<1", "packaging[nothing]"]
