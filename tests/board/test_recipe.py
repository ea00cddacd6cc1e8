"""What to install before a run is made again: what was recorded, and nothing that a shell would run."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from suite.board.recipe import install, requirements, revision
from suite.run.provenance import environment

PACKAGES = {"basin-suite": "1.2", "torch": "2.9.1+cpu", "NumPy": "2.3", "left_pad": "1", "Other.Plugin": "0.3"}


def made_with(**about: Any) -> dict[str, Any]:
    return {"packages": PACKAGES, "plugin": {"distribution": "other-plugin"}, **about}


def test_suite_plugin_and_own_dependencies_are_pinned_without_local_versions() -> None:
    words = install(made_with()).split()
    assert words[:4] == ["pip", "install", "basin-suite==1.2", "Other.Plugin==0.3"]
    assert set(words[4:]) == {"torch==2.9.1", "NumPy==2.3"}


def test_requirements_hold_every_package() -> None:
    assert requirements(made_with()).splitlines() == [
        *("basin-suite==1.2", "torch==2.9.1", "NumPy==2.3", "left_pad==1", "Other.Plugin==0.3")
    ]


def test_what_is_no_name_or_version_is_left_out() -> None:
    odd = made_with(packages={"basin-suite": "1; rm -rf ~", "torch": "2.9", "a b": "1", "-r": "x", "$(x)": "2"})
    assert shlex.split(install(odd)) == ["pip", "install", "torch==2.9"]
    assert requirements(odd) == "torch==2.9\n"


@pytest.mark.parametrize("recorded", [{}, {"packages": None}, {"packages": {}}, {"packages": {"else": "1"}}])
def test_nothing_recorded_installs_nothing(recorded: dict[str, Any]) -> None:
    assert install(recorded) == ""


def test_the_commit_says_whether_files_differed() -> None:
    commit = "0123456789abcdef"
    assert revision({"suite": {"git": {"commit": commit, "dirty": False}}}) == commit
    assert revision({"suite": {"git": {"commit": commit, "dirty": True}}}).startswith(f"{commit} with changes")
    for git in (None, {}, {"commit": None}, {"commit": "<img>"}, "x"):
        assert revision({"suite": {"git": git}}) == ""
    assert revision({}) == revision({"suite": "0"}) == ""
    assert revision({"plugin": {"git": {"commit": commit}}}, "plugin") == commit


def test_what_a_run_records_can_be_installed() -> None:
    from suite.registry import load_registry

    recorded = environment(load_registry(()).methods.entry("ood/knn"))
    assert install(recorded).startswith("pip install basin-suite==")
    assert " torch==" in install(recorded)
