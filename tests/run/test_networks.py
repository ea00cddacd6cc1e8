"""Networks of users' own: cells, tables and commands of their own, beside those of the task's network."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.torch import save_file

from suite.api import scores
from suite.benchmarks.ood.digits import DigitsTask
from suite.cache import Cache
from suite.contracts import Resources, TaskContext
from suite.errors import SuiteError
from suite.registry import load_registry
from suite.run.networks import recall

from ..cli.test_errors import one_error
from ..support.command import Suite

RUN = ("run", "-t", "ood/digits", "-s", "0", "--executor", "inline")


@pytest.fixture
def file(tmp_path: Path, resources: Resources) -> Path:
    """The weights of the reference model of ``ood/digits``, seed 0, as somebody's own."""
    path = tmp_path / "my.safetensors"
    save_file(DigitsTask().model(0).load(resources).state_dict(), path)
    return path


@pytest.fixture
def at_home(suite: Suite, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """The command line with the shared cache."""
    monkeypatch.setenv("SUITE_CACHE", str(shared_cache))
    return suite


@pytest.mark.slow
def test_its_rows_are_a_table_of_their_own(at_home: Suite, file: Path) -> None:
    at_home.printed(*RUN, "-m", "msp", "-m", "random")
    told = at_home.printed(*RUN, "-m", "msp", "--model", str(file), "--architecture", "small-cnn")
    assert "1 cell run" in told
    values = scores("ood/digits", "msp")
    (setting,) = set(values["setting"]) - {""}
    assert setting.startswith("network=small-cnn-")
    standard, own = (values[values["setting"] == each] for each in ("", setting))
    assert standard["protocol"].iloc[0] != own["protocol"].iloc[0]
    assert standard["value"].tolist() == own["value"].tolist(), "the same weights, the same scores, in another table"
    shown = at_home.printed("board", "-t", "ood/digits")
    assert "random" in shown
    assert f"ood/digits has results in other settings: {setting}" in shown
    shown = at_home.printed("board", "-t", "ood/digits", "--setting", setting)
    assert "random" not in shown
    assert "network: small-cnn, classes=6; 8x8 grey" in shown


@pytest.mark.slow
def test_a_cell_names_all_that_its_answers_depend_on_and_can_be_asked_for_again(at_home: Suite, file: Path) -> None:
    at_home.printed(*RUN, "-m", "msp", "--model", str(file), "--architecture", "small-cnn")
    (row,) = at_home.json("board", "--runs")
    identity = at_home.json("show", row["run"])["cell"]["identity"]
    assert identity["network"]["architecture"] == "small-cnn"
    assert identity["network"]["arguments"] == {"classes": 6}
    assert len(identity["network"]["sha256"]) == 64
    assert f"model/{row['setting'].partition('=')[2]}" in identity["ingredients"]
    assert "1 equal" in at_home.printed("reproduce", row["run"], "--executor", "inline")
    again = at_home.printed(*RUN, "-m", "msp", "-m", "energy", "--setting", row["setting"])
    assert "1 cell run" in again
    file.unlink()
    assert "is missing" in at_home(*RUN, "-m", "knn", "--setting", row["setting"]).stderr


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("--model", "{file}", "--architecture", "lenet"), "the weights do not fit the architecture 'lenet'"),
        (("--architecture", "small-cnn"), "no file of weights is given"),
        (("--model", "{file}", "--architecture", "small-cnn", "--transform", "size"), "'size' is not NAME=VALUE"),
        (("--setting", "network=resnet18-0123456789ab"), "Its file was never given"),
    ],
)
def test_what_is_wrong_is_one_error_and_nothing_runs(
    at_home: Suite, file: Path, arguments: tuple[str, ...], cause: str
) -> None:
    done = at_home(*RUN, "-m", "msp", *(each.format(file=file) for each in arguments))
    assert cause in one_error(done)["cause"]


def test_a_task_that_asks_no_classifier_takes_no_network(at_home: Suite, file: Path) -> None:
    done = at_home("run", "-t", "basins/d50", "--model", str(file), "--architecture", "small-cnn")
    assert "basins/d50 cannot use your own network" in one_error(done)["cause"]


def test_a_method_that_trains_is_declined(at_home: Suite, file: Path) -> None:
    done = at_home(*RUN, "-m", "logitnorm", "--model", str(file), "--architecture", "small-cnn")
    assert "a network of your own has no recipe to train it again by" in one_error(done)["cause"]


def test_a_network_that_knows_no_more_than_chance_is_refused(tmp_path: Path, resources: Resources) -> None:
    """As one whose classes are in another order."""
    from suite.models.brought import Brought, bring

    state = DigitsTask().model(0).load(resources).state_dict()
    for name in ("linear.weight", "linear.bias"):
        state[name] = state[name].roll(1, dims=0).contiguous()
    save_file(state, tmp_path / "my.safetensors")
    task = load_registry().tasks["ood/digits"]()
    task.substitute = bring(Brought(tmp_path / "my.safetensors", "small-cnn"), task.replaceable())
    with pytest.raises(SuiteError, match=r"% of 60 held-out images\. Guessing is right on 16\.7 %"):
        task.prepare(TaskContext(0, resources))


def test_a_network_is_known_by_its_name_alone_where_it_was_brought(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="is not known here"):
        recall("small-cnn-0123456789ab", Cache(tmp_path))
