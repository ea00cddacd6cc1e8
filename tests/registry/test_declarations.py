"""A class that would break the commands of others is refused when it registers, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from suite.registry import load_registry

METHOD = """
from suite import Card, Parameters, hookimpl
from suite.tracks.ood import Detector

class Sound(Detector):
    name, version, card = "sound", "1", Card(title="Sound", status="baseline")
    def score(self, batch): ...

class Wrong({base}):
    name, version, card = "wrong", "1", Card(title="Wrong", status="baseline")
    {line}

@hookimpl
def suite_register_methods(register):
    register(Wrong)
"""
TASK = """
from suite import Axis, Column, Cost, Metric, Task, hookimpl

class Sound(Task):
    id, version, tier, title, summary = "ood/sound", "1", "embedded", "Sound", "Nothing."
    metrics = (Metric(name="auroc", direction="higher", unit="fraction", definition="An example."),)
    primary, subsets, seeds = Column(metric="auroc", subset="near"), ("near",), (0,)
    def evaluate(self, method, context): ...

class Wrong({base}):
    id = "ood/wrong"
    {line}

@hookimpl
def suite_register_tasks(register):
    register(Wrong)
"""
METHODS = {
    "card is text": ("Sound", "card = 'a title'", "card"),
    "version is a number": ("Sound", "version = 2", "version"),
    "score is missing": ("Detector", "", "score"),
    "parameter without default": ("Sound", "class Parameters(Parameters): k: int", "'k'"),
    "parameters of another kind": ("Sound", "Parameters = dict", "Parameters"),
    "name ends in a newline": ("Sound", "name = 'wrong\\n'", "not a method name"),
    "needs are a list": ("Sound", "needs = ['images']", "needs is ['images'], not a frozenset"),
    "access is unknown": ("Sound", "needs = frozenset({'labels'})", "has no access 'labels'"),
    "standing is unknown": ("Sound", "standing = 'first'", "the standing is 'first'"),
    "tour is a number": ("Sound", "tour = 2", "tour is 2, not a bool"),
    "partner is text": ("Sound", "partners = {'beside': 'Sound'}", "'beside' is 'Sound'. It must be a class"),
    "partners are a list": ("Sound", "partners = ['beside']", "partners"),
    "partner is a parameter": (
        "Sound",
        "partners = {'k': Sound}\n    class Parameters(Parameters): k: int = 1",
        "k is a parameter and also a partner",
    ),
}
TASKS = {
    "evaluate is missing": (
        "Sound",
        "from abc import abstractmethod; evaluate = abstractmethod(lambda self: 0)",
        "evaluate",
    ),
    "version is a number": ("Sound", "version = 2", "version"),
    "title is missing": ("Sound", "title = None", "title"),
    "comparable_by is text": ("Sound", "comparable_by = ('trained on')", "comparable_by"),
    "tier is unknown": ("Sound", "tier = 'tiny'", "tier"),
    "seeds are a number": ("Sound", "seeds = 3", "seeds"),
    "no seed": ("Sound", "seeds = ()", "seeds"),
    "negative seed": ("Sound", "seeds = (0, -1)", "seeds"),
    "primary subset is not declared": ("Sound", "primary = Column(metric='auroc', subset='far')", "'far'"),
    "name ends in a newline": ("Sound", "id = 'ood/wrong\\n'", "not a name"),
    "samples are text": ("Sound", "samples = 'Samples'", "samples is 'Samples'"),
    "gives are a list": ("Sound", "gives = ['images']", "gives is ['images'], not a frozenset"),
    "gives what is unknown": ("Sound", "gives = frozenset({'labels'})", "has no access 'labels'"),
    "axis is text": ("Sound", "axes = ('size',)", "axes"),
    "two axes of one name": ("Sound", "axes = (Axis('size', ('a',)), Axis('size', ('b',)))", "with different names"),
    "axis without values": ("Sound", "axes = (Axis('size', ()),)", "'size' are ()"),
    "values are numbers": ("Sound", "axes = (Axis('size', (1, 3)),)", "'size' are (1, 3)"),
    "values are one text": ("Sound", "axes = (Axis('size', '13'),)", "'size' are '13'"),
    "a value that no command can say": ("Sound", "axes = (Axis('size', ('a=b, c',)),)", "'size' are"),
    "a pattern that is none": ("Sound", "axes = (Axis('size', ('a',), pattern='[0-9'),)", "pattern of its axis 'size'"),
    "a cost that is a number": ("Sound", "cost = 3.0", "its cost is 3.0. It must be a suite.Cost"),
    "a cost of no time": ("Sound", "cost = Cost(preparation=1.0, cell=0.0)", "its cost is"),
    "a tour without its cost": ("Sound", "seeds, tour = (0, 1), ({},)", "its tour is ({},)"),
    "a tour of one seed": ("Sound", "cost, tour = Cost(1.0, 1.0), ({},)", "two seeds or more"),
    "a tour of no axis": (
        "Sound",
        "seeds, cost, tour = (0, 1), Cost(1.0, 1.0), ({'size': 'a'},)",
        "'size'",
    ),
    "gives under no value": (
        "Sound",
        "axes = (Axis('size', ('a',), gives={'b': frozenset()}),)",
        "'size' has no value b",
    ),
}


def refusal(path: Path, text: str) -> str:
    """Return why the plugin file was refused; it registered nothing."""
    path.write_text(text)
    registry = load_registry((path,))
    assert registry.plugins[-1].registered == []
    (failure,) = registry.failures
    return failure.message


@pytest.mark.parametrize(("base", "line", "reason"), METHODS.values(), ids=METHODS)
def test_methods(tmp_path: Path, base: str, line: str, reason: str) -> None:
    assert reason in refusal(tmp_path / "wrong_method.py", METHOD.format(base=base, line=line or "pass"))


@pytest.mark.parametrize(("base", "line", "reason"), TASKS.values(), ids=TASKS)
def test_tasks(tmp_path: Path, base: str, line: str, reason: str) -> None:
    assert reason in refusal(tmp_path / "wrong_task.py", TASK.format(base=base, line=line))


def test_an_error_that_cannot_be_printed_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "silent.py"
    path.write_text("class Silent(Exception):\n    def __str__(self): raise RuntimeError('no text')\nraise Silent\n")
    (failure,) = load_registry((path,)).failures
    assert failure.message.startswith("Silent: ")
