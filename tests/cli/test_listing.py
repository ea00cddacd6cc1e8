"""Lists that are kept from one command to the next, and made again when anything has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from suite.cli import listing

from ..support.command import Suite

PLUGIN = Path(__file__).parent.parent / "assets" / "demo_plugin.py"


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a plugin that every command loads."""
    copy = tmp_path / "plugins" / "demo_plugin.py"
    copy.parent.mkdir()
    shutil.copy(PLUGIN, copy)
    monkeypatch.setenv("SUITE_PLUGINS", str(copy))
    return copy


@pytest.mark.parametrize("command", ["methods", "tasks"])
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_second_list_is_the_first_and_loads_nothing(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, command: str, form: str
) -> None:
    first = suite.printed(command, "--format", form)

    def load(strict: bool) -> None:
        raise AssertionError("it was kept")

    monkeypatch.setattr(listing, "load", load)
    assert suite.printed(command, "--format", form) == first


def test_an_edited_plugin_is_listed_anew(suite: Suite, plugin: Path) -> None:
    assert "demo/constant" not in suite.printed("methods")
    before = suite.printed("tasks")
    text = plugin.read_text()
    old = next(line for line in text.splitlines() if line.strip().startswith("title = "))
    plugin.write_text(text.replace(old, old[: old.index("=")] + '= "Another title"', 1))
    after = suite.printed("methods") + suite.printed("tasks")
    assert "Another title" in after
    assert "Another title" not in before


def test_a_plugin_that_fails_is_told_each_time(suite: Suite, plugin: Path) -> None:
    plugin.write_text("raise RuntimeError('spoilt')")
    for _ in range(2):
        done = suite("methods")
        assert done.returncode == 0
        assert "spoilt" in done.stderr
    assert suite("methods", "--strict").returncode == 1


def test_another_choice_of_plugins_is_another_list(suite: Suite, plugin: Path) -> None:
    assert "demo" in suite.printed("tasks")
    assert "demo" not in suite.printed("tasks", SUITE_PLUGINS="")
