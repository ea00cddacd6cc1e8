"""Documents that fail the build when they drift from the code."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from suite.board import model
from suite.cli.main import command as command_line
from suite.contracts import Column, Requirements, Resources, TaskContext
from suite.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> list[tuple[str, str]]:
    """Return (page, command) of every ``suite ...`` line in the console blocks."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```(?:console|bash|sh)\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.splitlines():
                for part in line.removeprefix("$ ").split("&&"):
                    words = re.sub(r"\s#.*", "", part).strip()
                    words = re.sub(r"^(?:\w+=\S+ )+(?=suite )", "", words)
                    if words.startswith("suite "):
                        found.append((page.name, words))
    return found


@pytest.mark.parametrize(("page", "command"), commands())
def test_every_command_can_be_parsed(page: str, command: str) -> None:
    parser: Any = command_line()
    context = parser.make_context("suite", shlex.split(command)[1:])  # raises what the command line would print
    while hasattr(parser, "resolve_command") and (words := [*context._protected_args, *context.args]):
        name, parser, words = parser.resolve_command(context, words)
        context = parser.make_context(name, words, parent=context)
    assert not context.args


def test_the_readme_shows_its_commands() -> None:
    assert len([page for page, _ in commands() if page == "README.md"]) >= 10


def test_the_first_pages_type_no_result() -> None:
    for name in ("README.md", *(f"docs/{name}.md" for name in ("index", "first-board", "first-method", "commands"))):
        text = re.sub(r"```.*?```|`[^`]*`", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert set(re.findall(r"(?<![-\w])\d+\.\d+", text)) <= {"3.11"}, name  # the oldest Python


def test_ci_runs_the_readmes_test_command() -> None:
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (command,) = [line for block in blocks for line in block.splitlines() if "pytest" in line]
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_method_of_the_readme_is_a_plugin(tmp_path: Path) -> None:
    from suite.registry import load_registry

    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    file = tmp_path / "my_method.py"
    file.write_text(code)
    registry = load_registry((file,))
    assert registry.failures == []
    assert "ood/my-feature-norm" in registry.methods


def test_the_examples_of_the_basins_page_work(tmp_path: Path, resources: Resources) -> None:
    from suite.registry import load_registry
    from suite.tracks.basins.dynamics.embedding import Embedding
    from suite.tracks.basins.protocol import BasinTask

    detector, system = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "basins.md").read_text(), re.DOTALL)
    file = tmp_path / "nearest_means.py"
    file.write_text(detector)
    registry = load_registry((file,))
    assert registry.failures == []

    class OneProblem(BasinTask):
        id, systems, embeddings = "basins/one", ("quadruple-well",), (Embedding("linear", 50),)

    context = TaskContext(0, resources, OneProblem().setting({}))
    samples = OneProblem().evaluate(registry.methods["basins/nearest-means"](), context).samples
    assert samples.value(OneProblem.primary).value == 1  # ARI

    found: dict[str, Any] = {}
    exec(system, found)
    assert found["trajectories"].shape == (4, 24, 2)


def test_the_example_of_the_memorization_page_works(tmp_path: Path, resources: Resources) -> None:
    from suite.registry import load_registry
    from suite.testing.memorization import digits_case

    examples = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "memorization.md").read_text(), re.DOTALL)
    files = (tmp_path / "rising.py", tmp_path / "late.py")
    for file, text in zip(files, examples, strict=True):
        file.write_text(text)
    registry = load_registry(files)
    assert registry.failures == []
    case, method = digits_case(resources), registry.methods["memorization/rising"]()
    sampler = case.experiment.sampler()
    plan = case.planned(method, 1.0, sampler)
    assert plan.scales[:, 0].tolist() == pytest.approx([3 * step / 5 for step in range(5)])
    path = sampler.sample(plan)
    assert path.final.isfinite().all()
    assert registry.methods["memorization/late"]().score(path, None).shape == (len(path.final),)


def test_the_example_of_the_temperature_page_works(tmp_path: Path, resources: Resources) -> None:
    from suite.registry import load_registry
    from suite.testing.temperature import circle_case

    (square_root,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "temperature.md").read_text(), re.DOTALL)
    file = tmp_path / "square_root.py"
    file.write_text(square_root)
    registry = load_registry((file,))
    assert registry.failures == []
    walkers = circle_case(resources).annealed(registry.methods["temperature/square-root"]())
    assert walkers.left == 0
    assert walkers.record.betas[125] == pytest.approx(0.1 + 7.9 / 2)


def test_the_example_of_the_learning_rate_page_works(tmp_path: Path, resources: Resources) -> None:
    from suite.registry import load_registry
    from suite.testing.learning_rate import digits_case

    _, decay = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "learning-rate.md").read_text(), re.DOTALL)
    file = tmp_path / "power_decay.py"
    file.write_text(decay)
    registry = load_registry((file,))
    assert registry.failures == []
    weights, trainer = digits_case(resources).trained(registry.methods["learning-rate/power-decay"]())
    assert trainer.left == 0
    assert weights.shape == trainer.start.shape


@pytest.mark.slow  # its network is trained for half a minute
def test_the_examples_of_the_quantization_page_work(tmp_path: Path, resources: Resources) -> None:
    from suite.benchmarks.quantization.digits_vit import DigitsViTTask
    from suite.registry import load_registry

    quantizer, integers = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "quantization.md").read_text(), re.DOTALL)
    file = tmp_path / "shared_range.py"
    file.write_text(quantizer)
    registry = load_registry((file,))
    assert registry.failures == []

    task, method = DigitsViTTask(), registry.methods["quantization/shared-range"]()
    five, two = (
        task.evaluate(method, TaskContext(0, resources, task.setting({"precision": precision}))).samples
        for precision in ("W5A5", "W2A8")
    )
    accuracy, mismatches = (Column(metric=metric, subset="test") for metric in ("accuracy", "mismatches"))
    assert five.value(accuracy).value > 0.9
    assert five.value(mismatches).value == two.value(mismatches).value == 0

    example: dict[str, Any] = {}
    exec(integers, example)
    assert example["error"] < 0.2


def test_the_examples_of_the_replay_page_work(tmp_path: Path, resources: Resources) -> None:
    from suite.benchmarks.replay.split_digits import SplitDigitsTask
    from suite.registry import load_registry

    selector, update = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "replay.md").read_text(), re.DOTALL)
    file = tmp_path / "nearest_other.py"
    file.write_text(selector)
    registry = load_registry((file,))
    assert registry.failures == []
    example: dict[str, Any] = {}
    exec(update, example)

    class Short(SplitDigitsTask):
        per_task = 60

    for method in (registry.methods["replay/nearest-other"], example["FirstCome"]):
        outcome = Short().evaluate(method(), TaskContext(0, resources))
        size, accuracy = (outcome.samples.value(Column(metric=m, subset="all")) for m in ("buffer_bytes", "accuracy"))
        assert size.value == 3600
        assert 0 < accuracy.value < 1


def test_the_worked_example_of_the_replay_page_is_what_the_metrics_give() -> None:
    import numpy as np

    from suite.tracks.replay.stream.accuracy import backward_transfer, forgetting

    text = (ROOT / "docs" / "replay.md").read_text()
    rows = re.findall(r"^after \d +(.*)$", text, re.MULTILINE)
    matrix = np.zeros((4, 4))
    for number, row in enumerate(rows):
        matrix[number, : number + 1] = [float(value) for value in row.split()]
    stated = {
        name: float(value) for name, value in re.findall(r"^\| `(\w+)` here.*?\| (-?[\d.]+) \|", text, re.MULTILINE)
    }
    assert stated == {
        "forgetting": round(forgetting(matrix), 4),
        "backward_transfer": round(backward_transfer(matrix), 4),
    }


def blocks(page: str) -> list[str]:
    """Return the Python of a page, block by block."""
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


RUN_IN = {
    "README.md": "tests/test_docs.py",
    "docs/basins.md": "tests/test_docs.py",
    "docs/first-method.md": "tests/test_tutorial.py",
    "docs/leaderboard.md": "tests/leaderboard/test_app.py",
    "docs/memorization.md": "tests/test_docs.py",
    "docs/notebooks.md": "tests/test_api.py",
    "docs/plugins.md": "tests/registry/test_plugin_documentation.py",
    "docs/quantization.md": "tests/test_docs.py",
    "docs/replay.md": "tests/test_docs.py",
    "docs/temperature.md": "tests/test_docs.py",
}
"""Pages whose Python another test runs, with that test; the Python of all other pages runs below."""
SLOW = ("docs/adaptation.md", "docs/generalization.md")
"""These read every published score, in three CPU seconds."""
OTHERS = [name for page in PAGES if (name := str(page.relative_to(ROOT))) not in RUN_IN and blocks(name)]


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=[pytest.mark.slow] if page in SLOW else []) for page in OTHERS]
)
def test_the_python_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from suite.board.ready import READY
    from suite.tracks.learning_rate.protocol import TrainingTask

    monkeypatch.setenv("SUITE_HOME", str(tmp_path))
    monkeypatch.setenv("SUITE_PUBLISHED", "true")
    monkeypatch.setattr(TrainingTask, "survey", lambda self, context: {})  # it trains for minutes
    shutil.copytree(READY, tmp_path / "board")
    for block in blocks(page):
        exec(block, {"Requirements": Requirements})


def test_the_python_of_every_other_page_is_run_by_the_test_that_is_named() -> None:
    for page, test in RUN_IN.items():
        assert blocks(page), page
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), page


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `SUITE_(\w+)` \|", text, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


PARTS = (model.Index, model.Entry, model.Table, model.Row, model.Place, model.Value)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_of_the_board_is_documented(part: type[model.Model]) -> None:
    section = (ROOT / "docs" / "board.md").read_text().split(f"## {part.__name__}")[1].split("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.*?) \|", section, re.MULTILINE))))
    assert named == {*part.model_fields, *part.model_computed_fields}
