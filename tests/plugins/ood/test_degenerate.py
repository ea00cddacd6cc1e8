"""Networks that are not perfect: every ranked detector of features and logits scores finitely; samples stay apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch

from suite import Context
from suite.plugins.ood.fdbd import FDBD
from suite.plugins.ood.she import SHE
from suite.plugins.ood.temperature_scaling import TemperatureScaling
from suite.registry import load_registry
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainingSet

CLASSES, EACH, WIDTH = 4, 60, 16


@dataclass(frozen=True)
class World:
    """Training and test features of four classes, and a head that tells them apart."""

    train: torch.Tensor
    test: torch.Tensor
    labels: torch.Tensor
    head: LinearHead

    def training(self) -> TrainingSet:
        known = Labelled(self.train, self.head(self.train), self.labels)
        return TrainingSet(**vars(known), head=self.head, validation=known)

    def scores(self, detector: Detector) -> torch.Tensor:
        detector.fit(self.training(), Context(seed=0))
        return detector.score(Batch(self.test, self.head(self.test)))


def world(scale: float = 1.0) -> World:
    generator = torch.Generator().manual_seed(0)
    centres = 3 * torch.randn(CLASSES, WIDTH, generator=generator)
    labels = torch.arange(CLASSES).repeat_interleave(EACH)
    train, test = ((centres[labels] + torch.randn(len(labels), WIDTH, generator=generator)).relu() for _ in range(2))
    means = torch.stack([train[labels == label].mean(dim=0) for label in range(CLASSES)])
    head = LinearHead(means / 1.0, -means.square().sum(dim=1) / 2 * scale)
    return World(train * scale, test * scale, labels, head)


def never_said(before: World) -> World:
    bias = before.head.bias.clone()
    bias[2] -= 1e6
    return replace(before, head=LinearHead(before.head.weight, bias))


def never_seen(before: World) -> World:
    kept = before.labels != 2
    return replace(before, train=before.train[kept], labels=before.labels[kept])


def equal_rows(before: World) -> World:
    weight, bias = before.head.weight.clone(), before.head.bias.clone()
    weight[3], bias[3] = weight[2], bias[2]
    return replace(before, head=LinearHead(weight, bias))


WORLDS: dict[str, Callable[[], World]] = {
    "as it should be": world,
    "a class that is never said": lambda: never_said(world()),
    "a class without training samples": lambda: never_seen(world()),
    "two equal rows of the head": lambda: equal_rows(world()),
    "large logits": lambda: world(1e4),
}


def detectors() -> list[type[Detector]]:
    methods = [entry.value for entry in load_registry().methods_of("ood")]
    return [each for each in methods if issubclass(each, Detector) and not each.needs and each.standing == "ranked"]


@pytest.mark.parametrize("name", WORLDS)
def test_every_detector_scores_finitely(name: str) -> None:
    found = {each.name: WORLDS[name]().scores(each()) for each in detectors()}
    assert len(found) >= 15
    assert {name for name, scores in found.items() if not scores.isfinite().all()} == set()


def test_what_is_predicted_as_a_class_without_a_pattern_has_no_energy() -> None:
    odd = never_seen(world())
    scores = odd.scores(SHE())
    assert torch.equal(scores == 0, odd.head(odd.test).argmax(dim=1) == 2)
    wrong = replace(odd, labels=(odd.labels + 1) % CLASSES)
    with pytest.raises(ValueError, match="no training sample of any class is rightly predicted"):
        wrong.scores(SHE())


def test_classes_without_a_boundary_between_them_are_left_out() -> None:
    plain, doubled = world(), world()
    weight, bias = (torch.cat([part, part[3:]]) for part in (plain.head.weight, plain.head.bias))
    doubled = replace(doubled, head=LinearHead(weight, bias))
    elsewhere = plain.head(plain.test).argmax(dim=1) == 3  # the fourth class has a twin, and no boundary with it
    assert torch.allclose(doubled.scores(FDBD())[elsewhere], plain.scores(FDBD())[elsewhere])
    flat = replace(plain, head=LinearHead(torch.ones(CLASSES, WIDTH), torch.arange(CLASSES).float()))
    with pytest.raises(ValueError, match="no two classes of the head have different weights"):
        flat.scores(FDBD())


def test_no_temperature_makes_ties_that_the_logits_have_not() -> None:
    certain = world(10.0)
    certain = replace(certain, labels=certain.head(certain.train).argmax(dim=1))
    detector = TemperatureScaling()
    scores = certain.scores(detector)
    assert detector.temperature == 0.01, "nothing is misclassified"
    assert len(scores.unique()) == len(scores)
    gaps = certain.head(certain.test).double().topk(2, dim=1).values.diff(dim=1)[:, 0].neg()
    assert torch.equal(scores.argsort(), gaps.argsort()), "at such a T only the second largest logit counts"
    with pytest.raises(ValueError, match="one class"):
        detector.score(Batch(certain.test, torch.zeros(len(certain.test), 1)))
