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


COMMIT = "0123456789abcdef"


def from_git(origin: str | None, **about: Any) -> dict[str, Any]:
    return {"editable": True, "git": {"origin": origin, "commit": COMMIT, "dirty": False}, **about}


def test_a_checkout_is_installed_from_its_commit_and_never_from_a_registry() -> None:
    recorded = made_with(suite=from_git(None), plugin=from_git(None, distribution="basin-suite"))
    first, second = install(recorded).splitlines()
    assert first.startswith(f"git checkout {COMMIT} && pip install .")
    assert second.startswith("pip install ")
    assert "basin-suite==" not in second
    assert "torch==2.9.1" in second


def test_a_known_origin_is_installed_by_its_address() -> None:
    recorded = made_with(suite=from_git("https://host.example/a/suite.git"))
    words = shlex.split(install(recorded))
    assert words[2] == f"basin-suite @ git+https://host.example/a/suite.git@{COMMIT}"
    assert "Other.Plugin==0.3" in words


@pytest.mark.parametrize("origin", ["/home/somebody/suite", "https://h/x;rm -rf ~", "--upload-pack=x", 3, ""])
def test_an_origin_that_is_no_address_of_https_is_not_typed(origin: Any) -> None:
    line = install(made_with(plugin=from_git(origin, distribution="other-plugin")))
    assert line.startswith(f"git checkout {COMMIT} && pip install .  # in a clone of other-plugin")
    assert not isinstance(origin, str) or not origin or origin not in line


def test_what_a_run_records_can_be_installed() -> None:
    from suite.registry import load_registry

    recorded = environment(load_registry(()).methods.entry("ood/knn"))
    commit, last = revision(recorded).partition(" ")[0], install(recorded).splitlines()[-1]
    assert (commit in install(recorded)) if commit else ("basin-suite==" in last)
    assert " torch==" in last
