"""Settings from the environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from suite.errors import SuiteError
from suite.settings import Settings, load_settings


def test_every_setting_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        "HOME": "here",
        "DATA": str(tmp_path),
        "WORKERS": "3",
        "TIME_LIMIT": "1.5",
        "PLUGINS": os.pathsep.join(["a.py", "b.py"]),
        "DISABLED_PLUGINS": "one, two",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"SUITE_{name}", value)
    found = load_settings()
    assert found.home == tmp_path / "here"
    assert found.database_url == f"sqlite:///{tmp_path / 'here' / 'suite.db'}"
    assert (found.workers, found.time_limit) == (3, 1.5)
    assert found.plugins == (Path("a.py"), Path("b.py"))
    assert found.disabled_plugins == ("one", "two")


@pytest.mark.parametrize(("data", "hub", "allowed"), [(None, None, True), ("x", None, False), ("x", True, True)])
def test_a_mirror_turns_the_hub_off(data: str | None, hub: bool | None, allowed: bool) -> None:
    assert load_settings(data=data, hub=hub).hub_allowed is allowed


def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_WORKERS", "none")
    with pytest.raises(SuiteError, match="'workers' has a wrong value: 'none' is not a whole number") as error:
        load_settings()
    assert error.value.next == "unset SUITE_WORKERS"


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
