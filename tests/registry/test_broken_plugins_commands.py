"""Every command goes on beside broken packages, warns once, and with ``--strict`` refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..support.command import Done, Suite

ASSETS = Path(__file__).resolve().parent.parent / "assets"
BROKEN = len(list((ASSETS / "broken-plugins").glob("*.py")))
TASK = ASSETS / "example-plugin" / "basin_suite_example" / "gaussians.py"
RUN = ("run", "--plugin", str(TASK), "--task", "ood/example-gaussians", "--method", "msp", "--seed", "0")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(("methods",), "virtual-logit"), (("tasks",), "ood/digits"), (("methods", "show", "energy"), "temperature")],
    ids=" ".join,
)
def test_lists_go_on_and_warn_once(suite: Suite, broken_site: Path, arguments: tuple[str, ...], expected: str) -> None:
    done = suite(*arguments)
    assert done.returncode == 0
    assert expected in done.stdout.lower()
    assert_warned_once(done)


def test_a_run_and_its_board_go_on_and_warn_once(suite: Suite, broken_site: Path) -> None:
    done = suite(*RUN)
    assert done.returncode == 0, done.stderr
    assert "1 cell run" in done.stdout
    assert_warned_once(done)

    board = suite("board", "--format", "json", SUITE_PLUGINS=str(TASK))
    assert board.returncode == 0
    (table,) = json.loads(board.stdout)["tables"]
    assert [row["name"] for row in table["rows"]] == ["msp"]
    assert_warned_once(board)


def test_help_does_not_load_plugins(suite: Suite, broken_site: Path) -> None:
    done = suite("board", "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_plugins_lists_every_failure_with_its_distribution_version_and_origin(suite: Suite, broken_site: Path) -> None:
    done = suite("plugins", "--format", "json")
    assert done.returncode == 0
    rows = {row["plugin"]: row for row in json.loads(done.stdout)}
    assert len([name for name in rows if name.startswith("broken-")]) == BROKEN
    assert rows["broken-raise:plugin"] == {
        "plugin": "broken-raise:plugin",
        "status": "failed",
        "distribution": "broken-raise",
        "version": "1.2.3",
        "origin": "broken_raise",
        "hooks": ["suite_register_methods"],
        "registered": [],
        "failures": ["suite_register_methods: RuntimeError: the hook gave up"],
    }
    assert rows["ood-methods"]["status"] == "ok"


def test_tracebacks_name_the_line_of_the_plugin(suite: Suite, broken_site: Path) -> None:
    without, done = (suite("plugins", *more) for more in ((), ("--traceback",)))
    assert without.returncode == done.returncode == 0
    assert "Traceback" not in without.stdout
    assert "broken-raise:plugin, suite_register_methods (broken-raise 1.2.3, broken_raise)" in done.stdout
    assert f'File "{broken_site / "broken_raise.py"}", line 8, in suite_register_methods' in done.stdout
    assert 'raise RuntimeError("the hook gave up")' in done.stdout


@pytest.mark.parametrize(
    "arguments", [("plugins",), ("methods",), ("tasks",), ("board",), RUN], ids=lambda some: some[0]
)
def test_strict_refuses_with_status_1(suite: Suite, broken_site: Path, arguments: tuple[str, ...]) -> None:
    done = suite(*arguments, "--strict")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "cells run" not in done.stdout


@pytest.mark.parametrize("verb", ["plugins", "methods"])
def test_strict_is_content_where_nothing_failed(suite: Suite, verb: str) -> None:
    done = suite(verb, "--strict")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_disabled_plugin_is_neither_listed_nor_warned_of(suite: Suite, broken_site: Path) -> None:
    disabled = "broken-raise:plugin, broken-import:plugin"
    done = suite("plugins", "--format", "json", SUITE_DISABLED_PLUGINS=disabled)
    names = {row["plugin"] for row in json.loads(done.stdout)}
    assert not names & {"broken-raise:plugin", "broken-import:plugin"}
    assert "broken-half:plugin" in names
    warned = suite("methods", SUITE_DISABLED_PLUGINS=disabled)
    assert f"{BROKEN - 2} plugins failed" in warned.stderr
    assert "broken-raise" not in warned.stderr


def assert_warned_once(done: Done) -> None:
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning:")]
    assert len(warnings) == 1, done.stderr
    assert f"{BROKEN} plugins failed, the rest goes on" in warnings[0]
    assert "broken-half:plugin: RuntimeError: gave up half-way" in warnings[0]
    assert "Traceback" not in done.stderr
