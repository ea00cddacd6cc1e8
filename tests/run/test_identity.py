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
from suite.run.identity import known_ingredients, make_cell
from suite.run.partners import Partner
from suite.run.selection import MethodChoice
from suite.source import _sources, source_digest
from suite.store.rows import CellRow
from suite.store.writing import Writer


@pytest.fixture
def plugin(tmp_path: Path, bench) -> Path:
    """A copy of the fast plugin that can be edited."""
    return Path(shutil.copy(bench.plugin, tmp_path / "edited_plugin.py"))


@pytest.fixture
def identify(bench, plugin: Path):
    """Make the cell of ``constant``, having changed what is asked for."""

    def make(change=lambda method, task: None, seed=0, task="fast/count", setting=None, **settings) -> CellRow:
        registry = load_registry((plugin,))
        entry, cls = registry.methods.entry("fast/constant"), registry.tasks[task]
        change(entry.value, cls)
        given = bench.settings(**settings)
        ingredients = known_ingredients(cls(), seed, Resources(given, Cache(given.cache_folder), given.device))
        choice = MethodChoice(entry, entry.value().parameters.model_dump(mode="json"))
        return make_cell(cls(), cls().setting(setting or {}), choice, seed, ingredients)

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


def test_another_setting_is_another_cell_and_another_protocol(identify) -> None:
    plain, large = identify(task="fast/varied"), identify(task="fast/varied", setting={"size": "large"})
    assert large.id != plain.id
    assert large.protocol != plain.protocol
    assert json.loads(large.identity)["setting"] == {"size": "large"}
    assert large.setting == {"size": "large", "hint": "none"}


def test_the_default_setting_is_in_no_identity_so_that_a_task_can_gain_an_axis(identify) -> None:
    def without_axes(method, task) -> None:
        task.axes = ()

    before, after = identify(without_axes, task="fast/varied"), identify(task="fast/varied")
    assert (before.id, before.protocol) == (after.id, after.protocol)
    assert (before.setting, after.setting) == ({}, {"size": "small", "hint": "none"})


def test_a_partner_its_version_source_and_parameters_are_in_the_identity(bench, plugin: Path) -> None:
    def cell(value=None, version="1") -> CellRow:
        registry = load_registry((plugin,))
        task, partner = registry.tasks["fast/varied"](), registry.methods.entry("fast/constant")
        partner.value.version = version
        partners = {} if value is None else {"beside": Partner(partner, {"value": value, "seconds": 0.0})}
        choice = MethodChoice(registry.methods.entry("fast/paired"), {"value": 0.5}, partners, {"beside": "constant"})
        return make_cell(task, task.setting({}), choice, 0, known_ingredients(task, 0, bench.resources()))

    assert len({cell().id, cell(0.5).id, cell(0.9).id, cell(0.9, "2").id}) == 4
    assert "partners" not in json.loads(cell().identity)
    stored = json.loads(cell(0.9).identity)["partners"]["beside"]
    assert stored.pop("source") == json.loads(cell(0.9).identity)["method_source"]
    assert stored == {"method": "fast/constant", "version": "1", "parameters": {"value": 0.9, "seconds": 0.0}}
    assert cell(0.9).parameters == {"value": 0.5, "beside": "constant"}
    assert cell().protocol == cell(0.9).protocol


def test_other_data_is_another_cell_and_another_protocol(identify, bench) -> None:
    before = identify()
    (bench.home / "numbers.txt").write_text("1 2 3")
    assert identify().id != before.id
    assert identify().protocol != before.protocol


def test_an_edit_of_a_file_with_method_and_task_is_another_cell_of_another_protocol(identify, plugin: Path) -> None:
    before = identify()
    plugin.write_text(plugin.read_text() + "\n# edited\n")
    assert identify().id != before.id
    assert identify().protocol != before.protocol


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
    with pytest.raises(SuiteError, match=r"cell \w+ has another identity in the store"):
        writer.claim(cell, [])


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a method and modules that it uses in different ways, and one that it does not."""
    folder = tmp_path / "some_package"
    (folder / "inner").mkdir(parents=True)
    for name in ("__init__", "inner/__init__"):
        (folder / f"{name}.py").touch()
    for name in ("function", "constant", "late", "relative", "deep", "whole", "unused", "inner/sibling"):
        (folder / f"{name}.py").write_text("VALUE = 1\n\n\ndef value():\n    return 1\n")
    (folder / "relative.py").write_text("from . import deep\n\nVALUE = deep.VALUE\n")
    (folder / "inner" / "method.py").write_text(
        "import some_package.whole\n"
        "from some_package.constant import VALUE\n"
        "from some_package.function import value\n"
        "from ..relative import VALUE as RELATIVE\n"
        "from . import sibling\n\n\n"
        "class Some:\n"
        "    def answer(self):\n"
        "        from some_package.late import VALUE\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("some_package")]:
        del sys.modules[name]


def _entry(distribution: str) -> Entry:
    from some_package.inner.method import Some

    return Entry("fast/some", Some, Plugin("some", distribution, "1", "some_package.inner.method"))


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("function", True),
        ("constant", True),
        ("late", True),
        ("relative", True),
        ("deep", True),
        ("whole", True),
        ("inner/sibling", True),
        ("unused", False),
    ],
)
def test_the_source_covers_every_module_that_the_method_imports(package: Path, name: str, used: bool) -> None:
    import some_package.unused

    assert some_package.unused.VALUE
    before = source_digest(_entry("(file)"))
    file = package / f"{name}.py"
    file.write_text(file.read_text() + "\nVALUE = 2\n")
    assert (source_digest(_entry("(file)")) != before) == used


def test_the_source_of_a_built_in_method_covers_constants_of_its_helpers() -> None:
    from suite.plugins.basins import kmeans

    names = {path.name for path in _sources(kmeans.__name__, "suite.plugins")}
    assert "_cluster_count.py" in names
    assert not any("tracks" in path.parts for path in _sources(kmeans.__name__, "suite.plugins"))


def test_a_released_plugin_is_named_by_its_version_alone(package: Path) -> None:
    assert source_digest(_entry("numpy")) is None
