"""What a broken package gets wrong is recorded, says where it comes from, and stops nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.registry import Plugin, Registry, load_registry

BROKEN = {
    "broken_argument": ("import", "Argument(s) {'registry'}"),
    "broken_base": ("suite_register_methods(broken_base.NoMethod)", "derives from suite.contracts.method.Method"),
    "broken_click": ("suite_register_methods", "Exit: 4"),
    "broken_duplicate": ("suite_register_methods", "already registered by plugin 'ood-methods' (basin-suite "),
    "broken_exit": ("import", "SystemExit: this module is a script"),
    "broken_half": ("suite_register_methods", "RuntimeError: gave up half-way"),
    "broken_import": ("import", "ModuleNotFoundError: No module named 'a_package_that_is_not_installed'"),
    "broken_marker": ("import", "suite_register_methods has no mark: write @suite.hookimpl above it"),
    "broken_raise": ("suite_register_methods", "RuntimeError: the hook gave up"),
    "broken_spelling": ("import", "Did you mean 'suite_register_methods'"),
    "broken_string": ("suite_register_methods('broken_string:Missing')", "AttributeError: "),
}


@pytest.fixture
def registry(broken_site: Path) -> Registry:
    return load_registry()


def plugin(registry: Registry, module: str) -> Plugin:
    (found,) = (plugin for plugin in registry.plugins if plugin.origin == module)
    return found


def test_every_broken_package_is_expected_here(registry: Registry) -> None:
    found = {plugin.origin for plugin in registry.plugins if plugin.distribution.startswith("broken-")}
    assert found == set(BROKEN)


@pytest.mark.parametrize("module", BROKEN)
def test_the_first_failure_says_what_where_and_whose(registry: Registry, module: str) -> None:
    stage, reason = BROKEN[module]
    distribution = module.replace("_", "-")
    failure = plugin(registry, module).failures[0]
    assert failure.plugin == f"{distribution}:plugin"
    assert (failure.distribution, failure.version, failure.origin) == (distribution, "1.2.3", module)
    assert failure.stage == stage
    assert reason in failure.message
    assert failure.traceback.startswith("Traceback (most recent call last)")
    assert failure.message.splitlines()[0] in failure.traceback


def test_our_own_plugins_are_whole_beside_broken_ones(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    without_any = load_registry(disabled=tuple(f"{module.replace('_', '-')}:plugin" for module in BROKEN))
    own = [plugin for plugin in registry.plugins if plugin.distribution == "basin-suite"]
    assert [(plugin.name, plugin.registered, plugin.failures) for plugin in own] == [
        (plugin.name, plugin.registered, []) for plugin in without_any.plugins
    ]
    assert {entry.name for entry in registry.tasks} == {entry.name for entry in without_any.tasks}


def test_only_plugins_that_registered_something_are_partial(registry: Registry) -> None:
    assert {module: plugin(registry, module).status for module in BROKEN} == {
        module: "partial" if module == "broken_duplicate" else "failed" for module in BROKEN
    }
    assert plugin(registry, "broken_duplicate").registered == ["method ood/honest"]


def test_a_name_stays_with_the_plugin_that_had_it_first(registry: Registry) -> None:
    assert registry.method("ood", "msp").plugin.distribution == "basin-suite"
    (failure,) = plugin(registry, "broken_duplicate").failures
    assert "'ood/msp' was already registered" in failure.message


def test_what_a_hook_registers_before_it_raises_is_kept_out(registry: Registry) -> None:
    assert "ood/half" not in registry.methods
    assert plugin(registry, "broken_half").registered == []


def test_every_wrong_registration_of_a_hook_is_a_failure_of_its_own(registry: Registry) -> None:
    no_method, no_detector = plugin(registry, "broken_base").failures
    assert "got broken_base.NoMethod" in no_method.message
    assert "suite.tracks.ood.contract.Detector" in no_detector.message
    stages = [failure.stage for failure in plugin(registry, "broken_string").failures]
    assert stages == [
        "suite_register_methods('broken_string:Missing')",
        "suite_register_methods('broken_string_that_is_not_there:Missing')",
        "suite_register_methods('no reference at all')",
    ]


def test_a_plugin_that_could_not_be_imported_has_no_hooks(registry: Registry) -> None:
    assert {module: plugin(registry, module).hooks for module in BROKEN if BROKEN[module][0] == "import"} == {
        module: [] for module in ("broken_argument", "broken_exit", "broken_import", "broken_marker", "broken_spelling")
    }


def test_a_disabled_plugin_is_not_even_imported(broken_site: Path) -> None:
    registry = load_registry(disabled=("broken-import:plugin",))
    assert "broken_import" not in {plugin.origin for plugin in registry.plugins}
    assert "broken_raise" in {plugin.origin for plugin in registry.plugins}


def test_an_own_plugin_can_be_disabled_and_what_needs_it_fails_with_a_reason() -> None:
    registry = load_registry(disabled=("ood-track",))
    (methods,) = (plugin for plugin in registry.plugins if plugin.name == "ood-methods")
    assert methods.status == "failed"
    assert "unknown track 'ood'" in methods.failures[0].message
    assert registry.methods_of("ood") == []
