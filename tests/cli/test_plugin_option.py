"""``--plugin``: what a file registers is known to every verb that names a method or a task, and to that call alone."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ..support.command import Suite

ASSET = Path(__file__).parent.parent / "assets" / "fast_plugin.py"


def test_every_verb_that_names_methods_takes_a_plugin(suite: Suite) -> None:
    option = ("--plugin", str(ASSET))
    run = ("run", "-t", "fast/count", "-m", "constant", "-s", "0", *option)
    suite.printed(*run, "--executor", "inline")
    suite.printed(*run, "--executor", "inline", "--set", "constant.value=0.3")
    compared = suite.json("compare", "fast/count", "constant", "constant (value=0.3)", *option)
    assert {row["first"] for row in compared} == {"constant"}
    assert suite.json("methods", "show", "constant", *option)["method"] == "constant"
    assert suite.json("tasks", "show", "fast/count", *option)["task"] == "fast/count"
    assert "constant (value=0.3)" in suite.printed("board", "-t", "fast/count", *option)
    again = suite.json("reproduce", "-m", "fast/constant", *option, "--executor", "inline")
    assert [each["verdict"] for each in again] == ["equal", "equal"]


@pytest.mark.parametrize(
    "verb",
    [
        ("methods", "show", "constant"),
        ("tasks", "landscape", "fast/count"),
        ("compare", "fast/count", "constant", "other"),
    ],
)
def test_a_plugin_file_that_is_not_there_is_one_error(suite: Suite, verb: tuple[str, ...]) -> None:
    done = suite(*verb, "--plugin", "nowhere.py")
    assert done.returncode == 2
    assert "the plugin file nowhere.py does not exist" in done.stderr


def test_of_a_plugin_file_that_fails_the_command_that_is_named_shows_why(suite: Suite, tmp_path: Path) -> None:
    broken = tmp_path / "my broken plugin.py"
    broken.write_text("raise RuntimeError('no luck today')\n")
    warned = suite("board", "--plugin", str(broken)).stderr
    command = warned.partition("see: suite ")[2].splitlines()[0]
    assert command == f"plugins --traceback --plugin {shlex.quote(str(broken))}"
    printed = suite.printed(*shlex.split(command))
    assert "RuntimeError: no luck today" in printed
    assert 'my broken plugin.py", line 1' in printed
