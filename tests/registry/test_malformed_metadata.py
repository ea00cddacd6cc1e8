"""A distribution whose metadata is damaged, ours or anybody's, stops no command."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.registry import load_registry

METADATA = b"Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"


def distribution(site: Path, name: str, files: dict[str, bytes]) -> None:
    folder = site / f"{name}.dist-info"
    folder.mkdir()
    for file, content in files.items():
        (folder / file).write_bytes(content)


@pytest.mark.parametrize(
    "entry_points",
    [b"[suite]\nno equals sign\n", b"[suite]\nplugin = \xff\xfe\n"],
    ids=["line-without-equals", "not-utf-8"],
)
def test_damaged_entry_points_are_a_failure_and_the_rest_loads(site: Path, entry_points: bytes) -> None:
    distribution(site, "damaged-1.0", {"METADATA": METADATA, "entry_points.txt": entry_points})
    registry = load_registry()
    (failure,) = registry.failures
    assert "damaged-1.0.dist-info" in failure.origin
    assert "ood/msp" in registry.methods


def test_a_distribution_without_name_does_not_stop_the_others(site: Path) -> None:
    (site / "sound_plugin.py").write_text("")
    for name in ("nameless-1.0", "named-1.0"):
        metadata = {"METADATA": b"Name: named\nVersion: 1.0\n"} if name == "named-1.0" else {}
        distribution(site, name, {**metadata, "entry_points.txt": b"[suite]\nplugin = sound_plugin\n"})
    registry = load_registry()
    assert "named:plugin" in {plugin.name for plugin in registry.plugins}
    assert "ood/msp" in registry.methods


def test_entry_points_of_other_groups_are_left_alone(site: Path) -> None:
    distribution(site, "other-1.0", {"METADATA": METADATA, "entry_points.txt": b"[pytest11]\nplugin = not_there\n"})
    assert load_registry().failures == []
