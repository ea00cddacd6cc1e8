"""The protocol hashes of a task. As a script it prints those that another process finds; it imports no test library."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from suite.cache import Cache
from suite.contracts import Resources, Task
from suite.registry import load_registry
from suite.run.identity import known_ingredients, protocol_digest
from suite.settings import load_settings


def protocols(module: str, name: str, task: str, folder: str) -> dict[str, str]:
    """Return the protocol of a task by setting, from the data and models that a cache knows.

    The task is the registered one, or else the class of that name in the module.
    """
    made = _class(module, name, task)()
    resources = Resources(load_settings(home=folder, cache=folder, hub=False), Cache(Path(folder)))
    ingredients = known_ingredients(made, made.seeds[0], resources)
    assert ingredients is not None, "data and models are known once a seed is prepared"
    return {str(setting): protocol_digest(made, setting, ingredients) for setting in made.settings()}


def _class(module: str, name: str, task: str) -> type[Task]:
    settings = load_settings()
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    if task in registry.tasks:
        return registry.tasks[task]
    found: type[Task] = getattr(import_module(module), name)
    return found


if __name__ == "__main__":
    print(json.dumps(protocols(*json.loads(sys.argv[1]))))
