"""Whatever a score follows from makes another cell, alone and together with all else; what it does not, makes none."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suite.contracts import Resources
from suite.discovery import plugin_files
from suite.registry import Registry, complete_registry
from suite.run.identity import known_ingredients, make_cell
from suite.run.partners import Partner
from suite.run.selection import MethodChoice
from suite.store.rows import CellRow

FILES = {
    "contract.py": "from suite import Method\nclass Guesser(Method):\n    track = 'guessing'\n",
    "track.py": (
        "from contract import Guesser\nfrom suite import Track, hookimpl\n"
        "@hookimpl\ndef suite_register_tracks(register):\n"
        "    register(Track(name='guessing', title='G', question='Who?', contract=Guesser))\n"
    ),
    "method.py": (
        "from contract import Guesser\nfrom helper import DEPTH\nfrom suite import Card, Parameters, hookimpl\n"
        "TABLE = 'tables/table.json'\n"
        "class Mean(Guesser):\n    name, version, card = 'mean', '1', Card(title='Mean', status='baseline')\n"
        "    partners = {'beside': Guesser}\n"
        "    class Parameters(Parameters):\n"
        "        value: float = 0.5\n        tags: frozenset[str] = frozenset()\n"
        "        weights: dict[str, float] = {}\n"
        "    def guess(self):\n        import late\n        from kit.inner import TOOL\n"
        "@hookimpl\ndef suite_register_methods(register):\n    register(Mean)\n"
    ),
    "partner.py": (
        "from contract import Guesser\nfrom suite import Card, Parameters, hookimpl\n"
        "class Zero(Guesser):\n    name, version, card = 'zero', '1', Card(title='Zero', status='baseline')\n"
        "    class Parameters(Parameters):\n        value: float = 0.0\n"
        "@hookimpl\ndef suite_register_methods(register):\n    register(Zero)\n"
    ),
    "task.py": (
        "import hashlib\nfrom pathlib import Path\nfrom suite import Axis, Column, Metric, Task, hookimpl\n"
        "from suite.contracts import Ingredient\nfrom throws import SIDES\n"
        "class Numbers(Ingredient):\n    kind, name = 'data', 'numbers'\n"
        "    def known_fingerprint(self, resources):\n"
        "        return hashlib.sha256((resources.settings.home / 'numbers').read_bytes()).hexdigest()\n"
        "    make = known_fingerprint\n"
        "class Dice(Task):\n"
        "    id, version, tier, title, summary = 'guessing/dice', '1', 'embedded', 'Dice', 'Throws.'\n"
        "    metrics = (\n"
        "        Metric(name='error', version='1', direction='lower', unit='pips', definition='How far off it is.'),\n"
        "    )\n"
        "    primary, subsets, seeds = Column(metric='error', subset='all'), ('all',), (0,)\n"
        "    axes = (Axis('size', ('small', 'large')),)\n    notes = Path(__file__).with_name('notes.csv')\n"
        "    def requires(self, seed):\n        return (Numbers(),)\n    def evaluate(self, method, context): ...\n"
        "@hookimpl\ndef suite_register_tasks(register):\n    register(Dice)\n"
    ),
    "helper.py": "from deeper import DEPTH\n",
    "deeper.py": "DEPTH = 1\n",
    "late.py": "",
    "kit/__init__.py": "",
    "kit/inner.py": "TOOL = 1\n",
    "tables/table.json": "[1]",
    "throws.py": "SIDES = 6\n",
    "notes.csv": "1,2\n",
    "numbers": "1 2 3",
    "README.md": "of no matter",
    "unused.py": "of_no_matter = True\n",
}
PLUGINS = ("track.py", "method.py", "partner.py", "task.py")
MODULES = {file.removesuffix(".py").partition("/")[0] for file in FILES if file.endswith(".py")}


@dataclass(frozen=True)
class World:
    """All that a cell could depend on: files by name, and what is asked for."""

    files: dict[str, str] = field(default_factory=lambda: dict(FILES))
    parameters: dict[str, Any] = field(default_factory=lambda: {"tags": {"a", "b"}, "weights": {"x": 1, "y": 2}})
    grid: dict[str, list[float]] = field(default_factory=dict)
    partner: float | None = 0.25
    setting: dict[str, str] = field(default_factory=dict)
    seed: int = 0


def edited(file: str, old: str = "", new: str = "# edited\n") -> Callable[[World], World]:
    def edit(world: World) -> World:
        before = world.files[file]
        assert old in before
        return replace(world, files={**world.files, file: before.replace(old, new) if old else before + new})

    return edit


def asked(**values: Any) -> Callable[[World], World]:
    return lambda world: replace(world, **values)


def given_parameter(name: str, value: Any) -> Callable[[World], World]:
    return lambda world: replace(world, parameters={**world.parameters, name: value})


MATTERS: dict[str, Callable[[World], World]] = {
    "the method's file": edited("method.py"),
    "what its contract is": edited("contract.py"),
    "a helper": edited("helper.py"),
    "a helper's helper": edited("deeper.py", "1", "2"),
    "a helper that is imported late": edited("late.py"),
    "a module of a package beside": edited("kit/inner.py"),
    "a package's own file": edited("kit/__init__.py"),
    "a file that is named": edited("tables/table.json", "1", "2"),
    "the method's version": edited("method.py", "'mean', '1'", "'mean', '2'"),
    "a default": edited("method.py", "0.5", "0.75"),
    "the task's file": edited("task.py"),
    "the task's helper": edited("throws.py", "6", "1000"),
    "a file that the task names": edited("notes.csv", "1", "2"),
    "the task's version": edited("task.py", "'guessing/dice', '1'", "'guessing/dice', '2'"),
    "a metric's version": edited("task.py", "version='1'", "version='2'"),
    "the data": edited("numbers", "3", "4"),
    "the partner's file": edited("partner.py"),
    "the partner's parameter": asked(partner=0.5),
    "a number": given_parameter("value", 0.875),
    "a set": given_parameter("tags", {"a", "c"}),
    "a mapping": given_parameter("weights", {"x": 2, "y": 1}),
    "a grid": asked(grid={"value": [0.5, 1.0]}),
    "the setting": asked(setting={"size": "large"}),
    "the seed": asked(seed=1),
}
OF_NO_MATTER: dict[str, Callable[[World], World]] = {
    "nothing": lambda world: world,
    "a file that nobody names": edited("README.md"),
    "a module that nobody imports": edited("unused.py"),
    "the order of a set and a mapping": asked(parameters={"weights": {"y": 2, "x": 1}, "tags": ["b", "a"]}),
    "a default that is said": given_parameter("value", 0.5),
    "the default setting that is said": asked(setting={"size": "small"}),
}


@pytest.fixture(scope="module")
def cell_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., CellRow]]:
    from suite.cache import Cache
    from suite.settings import load_settings

    path, home = list(sys.path), tmp_path_factory.mktemp("world")

    def make(world: World, folder: Path = home, **changed: Any) -> CellRow:
        for file, text in world.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / file).is_file() or (folder / file).read_text() != text:
                (folder / file).write_text(text)
        for name in MODULES & sys.modules.keys():
            del sys.modules[name]
        sys.path[:] = [str(folder), *path]
        importlib.invalidate_caches()
        registry = complete_registry(Registry(), plugin_files([folder / file for file in PLUGINS]))
        assert not registry.failures, registry.failures
        resources = load_settings(home=folder, **changed)
        task, entry = registry.tasks["guessing/dice"](), registry.methods.entry("guessing/mean")
        parameters = entry.value(**world.parameters).parameters.model_dump(mode="json")
        partner = Partner(registry.methods.entry("guessing/zero"), {"value": world.partner})
        choice = MethodChoice(entry, parameters, {"beside": partner}, {"beside": "zero"}, world.grid)
        known = known_ingredients(task, world.seed, Resources(resources, Cache(folder / "cache")))
        assert known is not None
        return make_cell(task, task.setting(world.setting), choice, world.seed, known)

    yield make
    sys.path[:] = path
    for name in MODULES & sys.modules.keys():
        del sys.modules[name]


def test_there_are_mutations_of_every_ingredient(cell_of) -> None:
    assert len(MATTERS) >= 15
    identity = json.loads(cell_of(asked(grid={"value": [1.0]}, setting={"size": "large"})(World())).identity)
    assert identity.keys() == {
        *("schema", "task", "task_version", "task_source", "metrics", "setting", "ingredients", "method"),
        *("method_version", "method_source", "parameters", "seed", "grid", "partners"),
    }


@pytest.mark.parametrize("name", MATTERS)
def test_each_makes_another_cell(cell_of, name: str) -> None:
    assert cell_of(MATTERS[name](World())).id != cell_of(World()).id
    assert cell_of(World()).id == cell_of(World()).id, "and back it is the one before"


@pytest.mark.parametrize("name", OF_NO_MATTER)
def test_each_makes_no_other_cell(cell_of, name: str) -> None:
    assert cell_of(OF_NO_MATTER[name](World())) == cell_of(World())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sets(st.sampled_from(sorted(MATTERS))), second=st.sets(st.sampled_from(sorted(MATTERS))))
def test_two_ways_to_differ_are_two_cells(cell_of, first: set[str], second: set[str]) -> None:
    def cell(names: set[str]) -> CellRow:
        world = World()
        for name in sorted(names):
            world = MATTERS[name](world)
        return cell_of(world)

    assert (cell(first).id == cell(second).id) == (first == second)


def test_where_and_how_it_runs_is_of_no_matter(cell_of, tmp_path: Path) -> None:
    plain = cell_of(World())
    assert cell_of(World(), workers=7, device="cpu", time_limit=1.0, memory_limit=1.0) == plain
    moved = tmp_path / "site" / "of mine"
    assert cell_of(World(), moved) == plain
    for file in moved.rglob("*.py"):
        os.utime(file, (0, 0))
    assert cell_of(World(), moved) == plain
    shutil.rmtree(moved / "kit" / "__pycache__", ignore_errors=True)
    assert cell_of(World(), moved) == plain


def test_what_rows_share_changes_with_the_task_and_not_with_the_method(cell_of) -> None:
    same = {"the method's file", "a helper", "the partner's parameter", "a number", "the seed", "a grid"}
    other = {"the task's file", "the task's helper", "the data", "the setting", "a metric's version"}
    for name in same | other:
        assert (cell_of(MATTERS[name](World())).protocol == cell_of(World()).protocol) == (name in same), name
