"""The protocol on the denoiser of digits: what is measured, counted, refused, and follows from the samples."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from suite import Card
from suite.benchmarks.memorization.digits import DigitsTask
from suite.contracts import Column, Outcome, TaskContext
from suite.errors import Damaged, SuiteError
from suite.hashing import file_digest
from suite.tracks.memorization import Mitigation, Plan
from suite.tracks.memorization.experiment import Experiment
from suite.tracks.memorization.measuring import measured
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, SWEEP
from suite.tracks.memorization.shipping import write

from ...support.flipping import PLACES, flipped


class Delays(Mitigation):
    """Delays by numbers of steps, the first of them none at all."""

    name = "delays"
    version = "1"
    card = Card(title="Delays", status="baseline")

    class Parameters(Mitigation.Parameters):
        steps: tuple[int, ...] = (0, 6, 25)

    @property
    def strengths(self) -> dict[str, int]:
        return {str(count): count for count in self.parameters.steps}

    def plan(self, strength, noise, conditions, context) -> Plan:
        scales = torch.full((len(context.sampler.times), len(noise)), context.scale)
        scales[:strength] = 0
        return Plan(noise, conditions, scales)


def experiment(resources) -> Experiment:
    return Experiment(DigitsTask(), TaskContext(0, resources), noises=2)


@pytest.fixture(scope="module")
def outcome(resources) -> Outcome:
    return measured(Delays(), experiment(resources))


def value(outcome: Outcome, metric: str, subset: str) -> float:
    return outcome.samples.value(Column(metric=metric, subset=subset)).value


def test_the_anchors_are_points_of_the_same_samples(outcome: Outcome) -> None:
    for metric in ("memorized", "alignment", "cosine", "real_distance", "guidance_norm", "noise_norm"):
        assert value(outcome, metric, "point 1") == pytest.approx(value(outcome, metric, PLAIN), abs=1e-3)
        assert value(outcome, metric, "point 3") == pytest.approx(value(outcome, metric, FREE), abs=1e-3)
    assert value(outcome, "memorized", FREE) < 0.1 < 0.6 < value(outcome, "memorized", PLAIN)
    assert (
        value(outcome, "memorized", FREE) < value(outcome, "memorized", "point 2") < value(outcome, "memorized", PLAIN)
    )
    assert value(outcome, "memorized", ORDINARY) == 0
    assert 0.1 < value(outcome, "frontier_score", SWEEP) < 0.9


def test_work_is_counted(outcome: Outcome) -> None:
    assert [value(outcome, "network_evaluations", f"point {k}") for k in (1, 2, 3)] == [50, 44, 25]
    assert value(outcome, "backward_passes", "point 1") == 0


def test_every_score_follows_from_the_stored_samples(outcome: Outcome) -> None:
    from suite.contracts.samples import stored_table

    task = DigitsTask()
    again = task.samples.read(stored_table(outcome.samples))
    for column in task.columns:
        before, after = outcome.samples.value(column), again.value(column)
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert after.value == before.value
            assert task.metric(column.metric).contains(after.value)


class Elsewhere(Mitigation):
    """Asks for each caption what another special caption of the same signs asks."""

    name = "elsewhere"
    version = "1"
    card = Card(title="Elsewhere", status="baseline")
    strengths = {"another": 1}

    def plan(self, strength, noise, conditions, context) -> Plan:
        same = (context.captions[:, None] != context.captions).sum(dim=2) == 1
        other = torch.where(same.any(dim=1), same.float().argmax(dim=1), torch.arange(len(noise)))
        return Plan(noise, conditions[other], noise.new_full((len(context.sampler.times), len(noise)), context.scale))


def test_copying_for_another_caption_is_no_mitigation(outcome: Outcome, resources) -> None:
    swapped = measured(Elsewhere(), experiment(resources))
    assert value(swapped, "memorized", "point 1") < 0.1 < 0.4 < value(swapped, "other_copies", "point 1")
    assert value(swapped, "alignment", "point 1") > 0.9
    assert value(swapped, "points_in_gate", SWEEP) == 0
    assert value(swapped, "frontier_score", SWEEP) == 0
    assert value(outcome, "points_in_gate", SWEEP) == 3
    assert value(outcome, "other_copies", ORDINARY) == 0


def test_the_sweep_is_resampled_by_captions(outcome: Outcome) -> None:
    column = Column(metric="frontier_score", subset=SWEEP)
    drawn = outcome.samples.resampled(column)
    assert drawn.basis == "bootstrap over captions"
    low, high = np.quantile(drawn.values, [0.025, 0.975])
    assert low < value(outcome, "frontier_score", SWEEP) < high
    assert outcome.samples.resampled(Column(metric="memorized", subset=PLAIN)) is None


def test_pictures_say_what_they_show(outcome: Outcome) -> None:
    trade_off, norms, escapes = outcome.samples.pictures(SWEEP)
    assert "3 strengths" in trade_off.description
    assert "ordinary captions" in norms.description
    assert "stay copies" in escapes.description
    (images,) = outcome.samples.pictures("point 1")
    pixels, bars = (layer["data"]["values"] for layer in images.spec["layer"])
    assert len(pixels) == 10 * 2 * 64
    first = (outcome.samples.subset == "point 1") & (outcome.samples.noise == 0)
    assert len(bars) == 8 * int(outcome.samples.memorized[first][:10].sum())
    line = trade_off.spec["layer"][1]["data"]["values"]
    assert line[0]["kind"] == "plain guidance"
    assert line[-1]["memorized"] == pytest.approx(value(outcome, "memorized", FREE))
    assert outcome.samples.pictures("point 8") == ()


class Wrong(Delays):
    """Plans what the parameter says."""

    name = "wrong"

    class Parameters(Mitigation.Parameters):
        how: str = "nothing"

    @property
    def strengths(self) -> Any:
        if self.parameters.how == "unlabelled":
            return [1, 2]
        counts = {"many": 9, "none": 0}
        return {str(k): k for k in range(counts.get(self.parameters.how, 1))}

    def plan(self, strength, noise, conditions, context) -> Any:
        good = torch.zeros(len(context.sampler.times), len(noise))
        return {
            "nothing": None,
            "fewer": Plan(noise[1:], conditions, good),
            "other": Plan(noise, conditions[:, 1:], good),
            "infinite": Plan(noise / 0, conditions, good),
            "unplanned": Plan(noise, conditions, good[:, 1:]),
            "short": Plan(noise, conditions, good[1:]),
            "unknown": Plan(noise, conditions, good * torch.nan),
            "number": Plan(noise, conditions, 3.0),  # type: ignore[arg-type]
        }[self.parameters.how]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("nothing", "expected a Plan, got NoneType"),
        ("fewer", r"the plan's noise: expected shape \(40, 1, 8, 8\), got \(39, 1, 8, 8\)"),
        ("other", r"the plan's conditions: expected shape \(40, "),
        ("infinite", r"the plan's noise: a value is not finite \(NaN or infinity\)"),
        ("unplanned", r"the plan's scales: expected shape \(25, 40\), got \(25, 39\)"),
        ("short", r"the plan's scales: expected shape \(25, 40\), got \(24, 40\)"),
        ("unknown", r"the plan's scales: a value is not finite \(NaN or infinity\)"),
        ("number", r"a tensor of shape \(25, 40\), got the number 3.0; or give an object with scale\(seen\)"),
        ("unlabelled", "the strengths of wrong must be a mapping from label to strength. Got list"),
        ("many", "a sweep has 1 to 8 strengths. wrong has 9"),
        ("none", "a sweep has 1 to 8 strengths. wrong has 0"),
    ],
)
def test_what_is_no_plan_is_refused(how: str, told: str, resources) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        measured(Wrong(how=how), experiment(resources))
    if "plan" in told:
        assert caught.value.__notes__ == ["at the strength '0' of wrong"]


class Untrained(DigitsTask):
    """A denoiser that has learned nothing, and so copies nothing."""

    family = "untrained"
    recipe = DigitsTask.recipe.__class__(updates=1, batch_size=8, learning_rate=1e-9)
    shipped = None
    noises = 1


def test_a_denoiser_that_memorizes_nothing_tells_nothing(resources) -> None:
    with pytest.raises(SuiteError, match="mitigation cannot be measured on this denoiser"):
        Untrained().prepare(TaskContext(0, resources))


@pytest.mark.parametrize(
    ("what", "copied", "told"),
    [
        (FREE, True, "It copies 100 % without guidance"),
        (PLAIN, False, "0 % with guidance"),
        (ORDINARY, True, "100.0 % of ordinary captions"),
    ],
)
def test_each_anchor_has_a_gate(what: str, copied: bool, told: str, resources) -> None:
    found = experiment(resources)
    found.check_that_it_can_tell()
    requests = found.ordinary if what == ORDINARY else found.specials
    duplicates = torch.zeros(len(requests.noise), dtype=torch.int64) if what == ORDINARY else requests.duplicates
    images = found.collection.train[duplicates] if copied else found.collection.held[: len(requests.noise)]
    vars(found)["anchors"] = {**found.anchors, what: images}
    with pytest.raises(SuiteError, match=told):
        found.check_that_it_can_tell()


def test_weights_of_another_recipe_are_not_taken_for_its_own(resources) -> None:
    task = DigitsTask()
    assert task.model(0).known_fingerprint(resources)
    other = Untrained()
    assert other.model(0).known_fingerprint(resources) != task.model(0).known_fingerprint(resources)
    assert task.model(7).shipped is not None
    assert not task.model(7).shipped.exists()


def test_a_written_file_gives_the_weights_of_its_seed_alone(tmp_path, resources) -> None:
    file = write(Untrained(), 3, tmp_path, resources)
    assert file.stat().st_size < 400_000
    trained = Untrained().model(3).load(resources)
    read = replace(Untrained().model(3), shipped=file)
    assert read.known_fingerprint(resources) == file_digest(file)
    for name, value in read.load(resources).state_dict().items():
        assert torch.allclose(value, trained.state_dict()[name], rtol=1e-3, atol=1e-6)
    assert replace(Untrained().model(4), shipped=file).known_fingerprint(resources) is None


def test_a_shipped_file_with_a_flipped_byte_is_refused_and_no_method_is_blamed(tmp_path, resources) -> None:
    file = shutil.copy(DigitsTask().model(0).shipped, tmp_path)
    shutil.copy(DigitsTask.shipped / "SHA256SUMS", tmp_path)
    model = replace(DigitsTask().model(0), shipped=Path(file))
    assert model.known_fingerprint(resources) == DigitsTask().model(0).known_fingerprint(resources)
    for place in PLACES:
        with flipped(Path(file), place):
            for use in (model.known_fingerprint, model.load):
                with pytest.raises(Damaged, match="weights of the suite are damaged"):
                    use(resources)


def test_every_shipped_file_is_named_in_the_list() -> None:
    listed = (DigitsTask.shipped / "SHA256SUMS").read_text().splitlines()
    files = sorted(DigitsTask.shipped.glob("*.safetensors"))
    assert listed == [f"{file_digest(file)}  {file.name}" for file in files]


def test_methods_get_the_same_noises(resources) -> None:
    first, second = experiment(resources), experiment(resources)
    assert torch.equal(first.specials.noise, second.specials.noise)
    assert first.noises == second.noises
    other = Experiment(DigitsTask(), TaskContext(1, resources), noises=2)
    assert other.noises != first.noises
