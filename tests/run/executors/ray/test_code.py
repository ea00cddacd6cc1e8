"""What has to be the same on every node, and how a difference is told."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from suite.run.executors.ray.code import code, differences
from suite.settings import Settings


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return code(Settings())


def test_versions_are_of_what_cells_import_and_not_of_pages_or_tools(here: dict[str, str]) -> None:
    assert {name: here[name] for name in ("torch", "numpy")} == {name: version(name) for name in ("torch", "numpy")}
    assert not {"streamlit", "typer", "pytest", "mypy"} & here.keys()


def test_the_same_code_has_no_differences_and_more_packages_do_no_harm(here: dict[str, str]) -> None:
    assert differences(here, {**here, "something-else": "1"}) == []


@pytest.mark.parametrize(
    ("name", "there", "told"),
    [
        ("numpy", "0.1", "numpy is 0.1 there and {}"),
        ("torch", None, "torch is missing there and {}"),
        ("the source of basin-suite", "0" * 64, "the source of basin-suite is 000000000000… there and {}"),
    ],
)
def test_each_difference_is_named(here: dict[str, str], name: str, there: str | None, told: str) -> None:
    other = {key: value for key, value in here.items() if key != name} | ({name: there} if there else {})
    (said,) = differences(here, other)
    assert said.startswith(told.format(here[name][:12]))


def test_a_changed_file_of_the_suite_is_another_source(here: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    import suite.run.executors.ray.code as module

    monkeypatch.setattr(module, "file_digest", lambda file: "changed" if file.name == "text.py" else "same")
    changed = code(Settings())["the source of basin-suite"]
    monkeypatch.setattr(module, "file_digest", lambda file: "same")
    assert len({changed, code(Settings())["the source of basin-suite"], here["the source of basin-suite"]}) == 3
