"""``suite check``: the contract tests of a registered method, without a test file of its author."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ..support.command import Done, Suite
from .test_errors import one_error

METHODS = '''
import os
import random

import torch
from pydantic import Field
from suite import Card, hookimpl
from suite.tracks.ood import Batch, Detector


class Sound(Detector):
    """The largest logit, times a number that nobody sees."""

    name, version, card = "sound", "1", Card(title="Sound", status="baseline")

    class Parameters(Detector.Parameters):
        unseen: int = Field(3, description="a number that nobody sees")

    def score(self, batch):
        print("a method may print")
        return batch.logits.amax(dim=1)


class Batchwise(Sound):
    """Its scores depend on the batch, and it seeds a global generator."""

    name = "batchwise"

    def score(self, batch):
        random.seed(0)
        return batch.logits.amax(dim=1) - batch.logits.mean()


class Shapeless(Sound):
    name = "shapeless"

    def score(self, batch):
        return batch.logits


class Wordless(Sound):
    name = "wordless"

    def score(self, batch):
        return None


class Failing(Sound):
    name = "failing"

    def fit(self, train, context):
        raise ValueError("\\x1b[31mno luck\\x1b[0m")


class Dying(Sound):
    name = "dying"

    def score(self, batch):
        os._exit(0)


@hookimpl
def suite_register_methods(register):
    for method in (Sound, Batchwise, Shapeless, Wordless, Failing, Dying):
        register(method)
'''
Checked = Callable[..., Done]


@pytest.fixture
def check(suite: Suite, tmp_path: Path, shared_cache: Path) -> Checked:
    """Run ``suite check`` with the methods of this page at hand."""
    (tmp_path / "methods.py").write_text(METHODS)

    def run(*arguments: str) -> Done:
        cache = str(shared_cache / "check")
        return suite("check", *arguments, "--plugin", str(tmp_path / "methods.py"), SUITE_TEST_CACHE=cache)

    return run


def failed(done: Done) -> dict[str, str]:
    """Return the message of each check that failed."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = [line.removeprefix("  failed  ") for line in done.stdout.splitlines() if line.startswith("  failed  ")]
    return dict(line.partition(": ")[::2] for line in lines)


def test_a_method_that_is_asked_nothing_is_checked_for_what_it_declares(check: Checked) -> None:
    done = check("joint")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "replay/joint: DeclarationContract",
        "  its track has no contract tests of its kind; these hold for every method",
        "  passed  it is complete",
        "  passed  its card names its authors",
        "  passed  its card is honest",
        "  passed  its parameters are described and checked",
        "  passed  an unknown parameter is refused",
        "replay/joint: 5 passed",
    ]


@pytest.mark.slow
def test_what_is_wrong_is_said_in_a_line_a_check(check: Checked) -> None:
    done = check("batchwise")
    assert failed(done) == {
        "a score does not depend on its batch": "the scores of some samples depend on which others share their batch",
        "one sample has the score that it has among others": (
            "the scores of some samples depend on which others share their batch"
        ),
        "global state is left as it was": "the method changed Python's global generator",
    }
    assert "ood/batchwise: DetectorContract" in done.stdout
    assert "  passed  the same seed gives the same answer\n" in done.stdout
    assert done.stdout.endswith("ood/batchwise: 3 failed, 11 passed, 2 skipped\n")


@pytest.mark.slow
def test_a_sound_method_passes_and_a_parameter_without_a_visible_effect_is_named(check: Checked) -> None:
    done = check("sound")
    assert done.returncode == 0, done.stdout
    assert "skipped every parameter has an effect: no effect was seen of unseen" in done.stdout
    assert "a method may print" not in done.stdout
    assert failed(check("sound", "--change", "unseen=4")) == {
        "every parameter has an effect": "the answer is the same with unseen=4"
    }


@pytest.mark.slow
def test_a_wrong_shape_is_said_as_such(check: Checked) -> None:
    wrong = failed(check("shapeless"))
    assert wrong["scores are finite and one a sample"].startswith("scores of shape [")


@pytest.mark.slow
def test_what_is_no_answer_is_said_in_the_contracts_words(check: Checked) -> None:
    said = list(failed(check("wordless")).values())
    assert len(said) >= 5
    wanted = r"score of wordless returned None; its contract wants a tensor \[\d+\] of finite real numbers"
    assert [each for each in said if not re.fullmatch(wanted, each)] == []


@pytest.mark.slow
def test_an_error_of_the_method_is_said_with_its_line_and_drives_no_terminal(check: Checked) -> None:
    wrong = failed(check("failing"))
    line = (
        METHODS.splitlines().index('        raise ValueError("\\\\x1b[31mno luck\\\\x1b[0m")'.replace("\\\\", "\\")) + 1
    )
    assert wrong["the same seed gives the same answer"] == f"ValueError: no luck (methods.py:{line})"


@pytest.mark.slow
def test_a_process_that_dies_has_failed(check: Checked) -> None:
    done = check("dying", "--format", "json")
    assert done.returncode == 1
    *_, last = json.loads(done.stdout)
    assert last["outcome"] == "failed"
    assert last["message"] == "the process ended with 0; the checks after this one did not run"


@pytest.mark.slow
@pytest.mark.parametrize("method", ["msp", "reservoir", "aser", "trajectory-mean-ward", "rtn-minmax"])
def test_built_in_methods_pass(check: Checked, method: str) -> None:
    done = check(method)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


WRONG = {
    "an unknown method": (("suond",), "unknown method or task 'suond'. Did you mean 'sound'"),
    "an unknown parameter": (("sound", "--set", "unsene=1"), "Did you mean 'unseen'?"),
    "no pair": (("sound", "--change", "unseen"), "'unseen' is not NAME=VALUE"),
    "a wrong value": (("sound", "--set", "unseen=many"), "parameter 'unseen' of method 'sound'"),
}


@pytest.mark.parametrize(("arguments", "cause"), WRONG.values(), ids=WRONG)
def test_a_wrong_question_is_refused_before_anything_starts(
    check: Checked, arguments: tuple[str, ...], cause: str
) -> None:
    assert cause in one_error(check(*arguments))["cause"]


def test_without_pytest_the_extra_is_named(check: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.extras.find_spec", lambda name: None)
    assert one_error(check("sound"))["next"] == "pip install pytest"
