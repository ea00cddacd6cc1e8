"""Precision and calibration as axes: what they accept, what is declined, and what a failure costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from suite.benchmarks.quantization.digits_vit import DigitsViTTask
from suite.contracts import Resources, TaskContext
from suite.errors import SuiteError
from suite.plugins.quantization.gplq import GPLQ
from suite.plugins.quantization.mse import MSE
from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.run.summary import Summary
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunRow
from suite.testing.quantization import digits_network
from suite.tracks.quantization import Calibration, Quantizer, Spec
from suite.tracks.quantization.fake.quantizer import MOST_BITS
from suite.tracks.quantization.spec import PRECISION

PLUGIN = """
from pathlib import Path

import numpy as np

from suite import Card, hookimpl
from suite.benchmarks.quantization.digits_vit import DigitsViTTask
from suite.plugins.quantization.rtn_minmax import RTNMinMax
from suite.testing.quantization import briefly_trained

BROKEN = Path(__file__).with_name("broken")


class Few(DigitsViTTask):
    id = "quantization/few-digits"
    title = "A tenth of the test images, and a network that is trained for seconds"

    def model(self):
        return briefly_trained(super().model())

    def test(self, resources):
        return super().test(resources).part(np.arange(60), resources)


class Fragile(RTNMinMax):
    name = "fragile"
    card = Card(title="Fails at four bits", status="baseline")

    def quantize(self, model, calibration, spec, context):
        if spec.weight_bits == 4 and BROKEN.exists():
            raise ValueError("cannot do that")
        return super().quantize(model, calibration, spec, context)


@hookimpl
def suite_register_methods(register):
    register(Fragile)


@hookimpl
def suite_register_tasks(register):
    register(Few)
"""


class Silent:
    """A reporter that keeps the messages alone."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def stage(self, title: str, total: int) -> None:
        pass

    def began(self, run: str, cell: CellRow) -> None:
        """Nothing to remember."""

    def step(self, text: str, state: str, detail: str = "", left: float | None = None, **_: Any) -> None:
        pass

    def message(self, text: str) -> None:
        self.messages.append(text)


class EightBits(Quantizer):
    """Knows eight bits alone."""

    name = "eight-bits"
    version = "1"

    @classmethod
    def supports(cls, spec: Spec) -> str:
        return "" if spec.name == "W8A8" else f"it does W8A8, not {spec.name}"

    def quantize(self, model, calibration: Calibration, spec: Spec, context):
        return model


@pytest.mark.parametrize(
    ("precision", "accepted"),
    [("W5A5", True), ("W16A1", True), ("W4A32", True), ("W17A4", False), ("W0A4", False), ("4", False)],
)
def test_a_precision_that_nobody_wrote_down_may_be_asked_for(precision: str, accepted: bool) -> None:
    task = DigitsViTTask()
    if not accepted:
        with pytest.raises(SuiteError, match="is not a value of precision"):
            task.setting({"precision": precision})
        return
    assert Spec.of(task.setting({"precision": precision, "calibration": "7"})) == Spec(
        *map(int, precision[1:].split("A")), calibration=7
    )


def test_every_bit_count_of_a_code_is_accepted_and_no_other() -> None:
    accepted = {bits for bits in range(64) if PRECISION.accepts(f"W{bits}A{bits}")}
    assert accepted == {*range(1, MOST_BITS + 1), 32}


def test_other_calibration_sizes_are_listed_at_the_default_precision_alone() -> None:
    settings = [(setting["precision"], setting["calibration"]) for setting in DigitsViTTask().settings()]
    assert settings[0] == ("W4A4", "128")
    assert set(settings) == {
        *((precision, "128") for precision in ("W4A4", "W8A8", "W6A6", "W4A8", "W3A3")),
        ("W4A4", "32"),
        ("W4A4", "1000"),
    }
    assert DigitsViTTask().setting({"precision": "W3A3", "calibration": "32"})  # it may be asked for


@pytest.mark.parametrize(("count", "accepted"), [("1", True), ("1000", True), ("1001", False), ("0", False)])
def test_calibration_images_are_as_many_as_the_training_split_has(count: str, accepted: bool) -> None:
    assert DigitsViTTask.axes[1].accepts(count) is accepted


def test_what_a_method_does_not_support_is_declined(resources: Resources) -> None:
    task = DigitsViTTask()
    assert task.declines(EightBits, task.setting({})) == "it does W8A8, not W4A4"
    assert task.declines(EightBits, task.setting({"precision": "W8A8"})) == ""
    assert task.declines(GPLQ, task.setting({})) == ""
    with pytest.raises(ValueError, match="it does W8A8, not W4A4"):
        task.evaluate(EightBits(), TaskContext(0, resources, task.setting({})))


def test_methods_that_train_are_declined_where_there_is_nothing_to_train_on() -> None:
    class Closed(DigitsViTTask):
        gives = frozenset()

    task = Closed()
    assert task.declines(GPLQ, task.setting({})) == "it gives no training images"
    assert task.declines(MSE, task.setting({})) == ""


@pytest.fixture
def runner(tmp_path: Path, resources: Resources) -> tuple[Runner, Silent, Settings]:
    digits_network(resources)  # trained by one thread: the runner would take all cores
    plugin = tmp_path / "fragile.py"
    plugin.write_text(PLUGIN)
    cache = resources.settings.cache
    settings = Settings(home=tmp_path / "home", cache=cache, hub=False, plugins=(plugin,), workers=2)
    reporter = Silent()
    return Runner(load_registry((plugin,)), settings, reporter, "inline"), reporter, settings


def runs(settings: Settings) -> dict[str, RunRow]:
    reader = Reader(settings.database_url)
    try:
        return {run.cell.setting.get("precision", "W4A4"): run for run in reader.latest_runs()}
    finally:
        reader.close()


def test_a_failure_at_one_precision_is_a_failed_cell_and_can_be_retried(
    runner: tuple[Runner, Silent, Settings], tmp_path: Path
) -> None:
    run, _, settings = runner
    both = (("precision", "W4A4"), ("precision", "W8A8"))

    def again(retry_failed: bool) -> Summary:
        request = Request(("quantization/few-digits",), ("fragile",), (0,), settings=both, retry_failed=retry_failed)
        return run.run(request)

    (tmp_path / "broken").touch()
    assert again(retry_failed=False).states == {"failed": 1, "done": 1}
    first = runs(settings)
    assert first["W4A4"].state == "failed"
    assert first["W4A4"].error is not None
    assert "cannot do that" in first["W4A4"].error
    assert first["W8A8"].state == "done"
    assert {score.subset for score in first["W8A8"].scores} == {"test"}
    assert first["W8A8"].cost["quantize_seconds"] > 0
    (tmp_path / "broken").unlink()
    assert again(retry_failed=False).states == {}
    assert again(retry_failed=True).states == {"done": 1}
    last = runs(settings)
    assert last["W4A4"].state == "done"
    assert last["W8A8"].id == first["W8A8"].id


def test_a_former_task_is_a_setting_of_todays(runner: tuple[Runner, Silent, Settings]) -> None:
    """Without CIFAR-10 nothing runs; what matters is what the name is taken for."""
    run, reporter, _ = runner
    summary = run.run(Request(("quantization/cifar10-vit-w8a8",), ("mse",), (0,)))
    assert any("quantization/cifar10-vit --setting precision=W8A8" in message for message in reporter.messages)
    assert [dict(setting)["precision"] for setting in summary.asked["quantization/cifar10-vit"]] == ["W8A8"]
