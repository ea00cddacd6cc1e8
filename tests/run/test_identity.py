"""Identity: whatever a score depends on makes another cell, and nothing else does."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from suite.cache import Cache
from suite.contracts import Resources
from suite.errors import SuiteError
from suite.hashing import canonical_json, digest
from suite.registry import Entry, Plugin, load_registry
from suite.run.identity import known_ingredients, make_cell, source_digest
from suite.store.rows import CellRow
from suite.store.writing import Writer


@pytest.fixture
def plugin(tmp_path: Path, bench) -> Path:
    """A copy of the fast plugin that can be edited."""
    return Path(shutil.copy(bench.plugin, tmp_path / "edited_plugin.py"))


@pytest.fixture
def identify(bench, plugin: Path):
    """Make the cell of ``constant``, having changed what is asked for."""

    def make(change=lambda method, task: None, seed: int = 0, **settings) -> CellRow:
        registry = load_registry((plugin,))
        entry, task = registry.methods.entry("fast/constant"), registry.tasks["fast/count"]
        change(entry.value, task)
        given = bench.settings(**settings)
        ingredients = known_ingredients(task(), seed, Resources(given, Cache(given.cache_folder), given.device))
        return make_cell(task(), entry, entry.value().parameters.model_dump(mode="json"), seed, ingredients)

    return make


def _metric_version(method, task) -> None:
    task.metrics = (task.metrics[0].model_copy(update={"version": "2"}),)


def _default(method, task) -> None:
    class Parameters(method.Parameters):
        value: float = 0.75

    method.Parameters = Parameters


@pytest.mark.parametrize(
    "change",
    [
        lambda method, task: setattr(method, "version", "2"),
        lambda method, task: setattr(task, "version", "2"),
        _metric_version,
        _default,
    ],
    ids=["method version", "task version", "metric version", "default parameter"],
)
def test_another_version_or_parameter_is_another_cell(identify, change) -> None:
    assert identify(change).id != identify().id


def test_another_seed_is_another_cell_of_the_same_protocol(identify) -> None:
    assert identify(seed=1).id != identify().id
    assert identify(seed=1).protocol == identify().protocol


def test_other_data_is_another_cell_and_another_protocol(identify, bench) -> None:
    before = identify()
    (bench.home / "numbers.txt").write_text("1 2 3")
    assert identify().id != before.id
    assert identify().protocol != before.protocol


def test_an_edit_of_the_source_is_another_cell_of_the_same_protocol(identify, plugin: Path) -> None:
    before = identify()
    plugin.write_text(plugin.read_text() + "\n# edited\n")
    assert identify().id != before.id
    assert identify().protocol == before.protocol


@pytest.mark.parametrize("settings", [{"workers": 7}, {"device": "cpu"}, {"time_limit": 1.0}, {"memory_limit": 1.0}])
def test_how_it_is_run_is_no_part_of_it(identify, settings) -> None:
    assert identify(**settings) == identify()


def test_the_same_file_elsewhere_is_the_same_method(identify, plugin: Path, bench) -> None:
    before = identify()
    plugin.write_bytes(bench.plugin.read_bytes())
    assert identify() == before


def test_the_identity_is_stored_with_its_hash(identify) -> None:
    cell = identify()
    identity = json.loads(cell.identity)
    assert cell.id == digest(identity)
    assert cell.identity == canonical_json(identity)
    assert identity["metrics"] == ["accuracy@1"]
    assert identity["parameters"] == {"value": 0.5, "seconds": 0.0}
    assert len(identity["method_source"]) == 64


def test_a_cell_changed_by_hand_is_refused(identify, bench) -> None:
    cell = identify()
    writer = Writer(bench.settings().database_url)
    writer.claim(CellRow(**{**vars(cell), "identity": "{}"}), [])
    with pytest.raises(SuiteError, match="another identity under cell"):
        writer.claim(cell, [])


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a method, a module that it uses and one that it does not."""
    folder = tmp_path / "some_package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "used.py").write_text("def value():\n    return 1\n")
    (folder / "unused.py").write_text("OTHER = 1\n")
    (folder / "method.py").write_text("from some_package.used import value\n\n\nclass Some:\n    answer = value\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("some_package")]:
        del sys.modules[name]


def _entry(distribution: str) -> Entry:
    from some_package.method import Some

    return Entry("fast/some", Some, Plugin("some", distribution, "1", "some_package.method"))


def test_the_source_covers_the_modules_that_the_method_uses(package: Path) -> None:
    import some_package.unused

    assert some_package.unused.OTHER
    before = source_digest(_entry("(file)"))
    (package / "unused.py").write_text("OTHER = 2\n")
    assert source_digest(_entry("(file)")) == before
    (package / "used.py").write_text("def value():\n    return 2\n")
    assert source_digest(_entry("(file)")) != before


def test_a_released_plugin_is_named_by_its_version_alone(package: Path) -> None:
    assert source_digest(_entry("numpy")) is None
