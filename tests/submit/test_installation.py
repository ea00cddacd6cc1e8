"""What pip is told that this Python has: one version of each distribution, the one that is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.submit.installation import visible


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
