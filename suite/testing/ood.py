"""What every method of the OOD track holds, on the digits of ``ood/digits``."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import override

from suite.contracts import Context, Resources
from suite.contracts.returned import refuse
from suite.data.split import Split, SplitImages
from suite.lazy import torch
from suite.models.features import extract, linear_head
from suite.registry import load_registry
from suite.testing.method import Answer, Asked, MethodContract
from suite.testing.refusal import answered
from suite.testing.unusual_features import CHOICES, moved, rounded, unusual_training
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainedDetector, TrainingData, TrainingSet
from suite.tracks.ood.fitting import training_data
from suite.tracks.ood.metrics import auroc
from suite.tracks.ood.splits import Splits

SEED = 0
"""The seed of the splits and of the reference model."""


def _other_batch(found: str) -> str:
    return f"the scores of some samples depend on which others share their batch\n{found}"


@dataclass(frozen=True)
class Features:
    """A training set with images and network, and ID and near-OOD test batches."""

    train: TrainingSet
    inside: Batch
    outside: Batch

    def scores(self, detector: Detector) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the ID and OOD scores of a fitted detector."""
        return detector.score(self.inside).numpy(), detector.score(self.outside).numpy()

    def with_copy(self) -> Features:
        """Return the same with a network of its own."""
        return replace(self, train=replace(self.train, network=copy.deepcopy(self.train.network)))


@dataclass(frozen=True)
class Trainable:
    """What training methods get with outliers, and images to score.

    ``images`` are the ID test, with ``labels``; ``outside`` are OOD validation images, of the kind of the outliers.
    """

    data: TrainingData
    images: torch.Tensor
    labels: torch.Tensor
    outside: torch.Tensor

    def auroc(self, method: TrainedDetector) -> float:
        """Return the AUROC of a trained method, ID test images against the others."""
        inside, outside = (method.predict(images)[0].detach().numpy() for images in (self.images, self.outside))
        return auroc(inside, outside)

    def with_copy(self) -> Trainable:
        """Return the same with a reference model of its own."""
        return replace(self, data=replace(self.data, reference=copy.deepcopy(self.data.reference)))


def features_of_digits(resources: Resources) -> Features:
    """Return what detectors get and score, from the reference model of ``ood/digits``."""
    splits, model = _digits(resources)
    train, validation = (
        {**extract(model, split, resources), "labels": torch.from_numpy(split.targets(resources))}
        for split in (splits.train, splits.validation)
    )
    network = model.load(resources)
    head = linear_head(network)

    def images(split: Split) -> SplitImages:
        return SplitImages((split,), model.transform, resources)

    def batch(split: Split) -> Batch:
        return Batch(**extract(model, split, resources), images=images(split)[:])

    near = next(iter(splits.near.values()))
    training = TrainingSet(
        **train,
        head=LinearHead(head.weight.detach().clone(), head.bias.detach().clone()),
        validation=Labelled(**validation),
        images=images(splits.train),
        network=network,
    )
    return Features(training, batch(splits.test), batch(near))


def trainable_digits(method: type[TrainedDetector], resources: Resources) -> Trainable:
    """Return what a method that trains gets on ``ood/digits``; outliers, if it needs them."""
    splits, model = _digits(resources)
    images, outside = (
        model.transform.normalise(split.pixels(model.transform, resources))
        for split in (splits.test, *splits.validation_ood.values())
    )
    data = training_data(method(), model, splits.development, resources)
    return Trainable(data, images, torch.from_numpy(splits.test.targets(resources)), outside)


def _digits(resources: Resources) -> tuple[Splits, Any]:
    task: Any = load_registry().tasks["ood/digits"]()
    return task.splits(SEED, resources), task.model(SEED)


def allowed(train: TrainingSet, needs: Collection[str]) -> TrainingSet:
    """Return the training set as the protocol hands it out: images and a network, a copy, only if they are needed."""
    return replace(
        train,
        images=train.images if "images" in needs else None,
        network=copy.deepcopy(train.network) if "network" in needs else None,
    )


class DetectorContract(MethodContract):
    """Checks of a `Detector`: override ``method``, and ``changes`` if it has parameters."""

    tolerance: ClassVar[float] = 1e-3

    @pytest.fixture(scope="session")
    @classmethod
    def inputs(cls, resources: Resources) -> Features:
        """Return the features of ``ood/digits``, seed 0."""
        return features_of_digits(resources)

    @classmethod
    @override
    def tensors(cls, inputs: Features) -> Answer:
        train, inside = inputs.train, inputs.inside
        assert inside.images is not None
        return train.features, train.logits, train.labels, inside.features, inside.logits, inside.images

    @classmethod
    def ask(cls, method: Detector, inputs: Features, seed: int = 0) -> Answer:
        """Fit, and return the scores of the ID test samples."""
        method.fit(allowed(inputs.train, method.needs), Context(seed=seed))
        return (score(method, _batch(inputs.inside, method)),)

    def test_scores_are_finite_and_one_a_sample(self, inputs: Features, asked: Asked) -> None:
        """Of ID and OOD samples."""
        scores, samples = asked.answer[0], len(inputs.inside.features)
        assert scores.shape == (samples,), (
            f"scores of shape {list(scores.shape)} for {samples} samples, not [{samples}]"
        )
        assert torch.isfinite(scores).all(), "not all scores of ID samples are finite"
        outside = score(asked.made, _batch(inputs.outside, asked.made))
        assert torch.isfinite(outside).all(), "not all scores of OOD samples are finite"

    def test_a_score_does_not_depend_on_its_batch(self, inputs: Features, asked: Asked) -> None:
        """In whatever parts the samples come."""
        whole = _batch(inputs.inside, asked.made)
        parts = [score(asked.made, _rows(whole, rows)) for rows in torch.arange(len(whole.features)).split(97)]
        torch.testing.assert_close(torch.cat(parts), asked.answer[0], rtol=1e-4, atol=1e-5, msg=_other_batch)

    def test_an_all_zero_feature_vector_has_a_finite_score(self, inputs: Features, asked: Asked) -> None:
        """A black image gives one."""
        blank = Batch(*(torch.zeros_like(part[:3]) for part in vars(inputs.inside).values()))
        finite = torch.isfinite(score(asked.made, _batch(blank, asked.made)))
        assert finite.all(), "features of zero have no finite score"

    def test_one_sample_has_the_score_that_it_has_among_others(self, inputs: Features, asked: Asked) -> None:
        """A batch may have one sample, or the same one several times."""
        whole = _batch(inputs.inside, asked.made)
        alone = torch.cat([score(asked.made, _rows(whole, torch.tensor([row]))) for row in (0, 1, 2)])
        torch.testing.assert_close(alone, asked.answer[0][:3], rtol=1e-4, atol=1e-5, msg=_other_batch)
        same = score(asked.made, _rows(whole, torch.tensor([5] * 12)))
        assert torch.isfinite(same).all(), "not all scores of a batch of one repeated sample are finite"
        torch.testing.assert_close(same, same[:1].expand(12), rtol=1e-4, atol=1e-5, msg="one sample has several scores")

    def test_unusual_training_data_is_answered_or_refused(
        self, method: type[Detector], given: Mapping[str, Any], inputs: Features
    ) -> None:
        """With finite scores, or with a ValueError that says what is lacking."""
        for unusual in CHOICES:
            made, train = method(**given), unusual_training(inputs.train, unusual)
            few = _rows(_batch(inputs.inside, made), torch.arange(20))
            scores = answered(method, unusual, lambda: _scores(made, train, few))  # noqa: B023 - called at once
            assert scores is None or bool(torch.isfinite(scores).all()), f"{unusual}: not all scores are finite"

    def test_features_of_half_precision_are_as_good(
        self, method: type[Detector], given: Mapping[str, Any], inputs: Features, asked: Asked
    ) -> None:
        """As a network that computes in half precision gives them: rounded, though float32."""
        made = method(**given)
        made.fit(allowed(rounded(inputs.train), made.needs), Context(seed=0))
        scores = [score(made, _batch(rounded(batch), made)) for batch in (inputs.inside, inputs.outside)]
        assert all(torch.isfinite(part).all() for part in scores), "not all scores are finite"
        before = auroc(*(score(asked.made, _batch(b, asked.made)).numpy() for b in (inputs.inside, inputs.outside)))
        after = auroc(*(part.numpy() for part in scores))
        assert abs(after - before) < 0.02, f"rounding moves the AUROC from {before:.3f} to {after:.3f}"

    def test_it_gives_the_same_scores_on_a_gpu(
        self, method: type[Detector], given: Mapping[str, Any], inputs: Features, asked: Asked
    ) -> None:
        """On whatever device it is given its tensors; scores may differ by the device's arithmetic."""
        if not torch.cuda.is_available():
            pytest.skip("torch finds no CUDA device")
        made = method(**given)
        made.fit(allowed(moved(inputs.train, "cuda"), made.needs), Context(seed=0, device="cuda"))
        scores = score(made, _batch(moved(inputs.inside, "cuda"), made))
        torch.testing.assert_close(scores.cpu(), asked.answer[0], rtol=0.05, atol=1e-3)


def score(made: Detector, batch: Batch) -> torch.Tensor:
    """Return a detector's scores of a batch; `WrongReturn` says what came if they are no tensor of real numbers."""
    returned = made.score(batch)
    if not isinstance(returned, torch.Tensor) or returned.is_complex():
        refuse(returned, f"score of {made.name}", f"a tensor [{len(batch.features)}] of finite real numbers")
    return returned


def _scores(made: Detector, train: TrainingSet, batch: Batch) -> torch.Tensor:
    made.fit(allowed(train, made.needs), Context(seed=0))
    return score(made, batch)


def _batch(batch: Batch, method: Detector) -> Batch:
    return batch if "images" in method.needs else replace(batch, images=None)


def _rows(batch: Batch, rows: torch.Tensor) -> Batch:
    images = None if batch.images is None else batch.images[rows]
    return Batch(batch.features[rows], batch.logits[rows], images)


class TrainedDetectorContract(MethodContract):
    """Checks of a `TrainedDetector`, with five epochs of the reference recipe; shorten its own steps by ``given``."""

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls, method: type[TrainedDetector], resources: Resources) -> Trainable:
        """Return the digits of ``ood/digits``, seed 0."""
        inputs = trainable_digits(method, resources)
        return replace(inputs, data=replace(inputs.data, recipe=replace(inputs.data.recipe, epochs=5)))

    @classmethod
    def tensors(cls, inputs: Trainable) -> Answer:
        """See `MethodContract`; the reference model is not among them, which is a copy to do with as one likes."""
        data = inputs.data
        return data.pixels, data.labels, data.validation_pixels, data.validation_labels, data.outliers, inputs.images

    @classmethod
    def ask(cls, method: TrainedDetector, inputs: Trainable, seed: int = 0) -> Answer:
        """Train, and return the scores and the logits of the ID test images."""
        with torch.random.fork_rng():  # as the protocol does
            torch.manual_seed(seed)
            method.train(inputs.with_copy().data, Context(seed=seed))
        with torch.no_grad():
            scores, logits = method.predict(inputs.images)
        return scores, logits

    @classmethod
    def is_same(cls, one: Answer, other: Answer) -> bool:
        """Compare the scores."""
        return super().is_same(one[:1], other[:1])

    def test_scores_and_logits_have_their_shapes_and_are_finite(self, inputs: Trainable, asked: Asked) -> None:
        """One score an image, and one logit of each class."""
        scores, logits = asked.answer
        assert scores.shape == (len(inputs.images),)
        assert logits.shape == (len(inputs.images), len(np.unique(inputs.labels)))
        assert torch.isfinite(scores).all()

    def test_another_seed_gives_other_scores(
        self, method: type[TrainedDetector], given: dict[str, Any], inputs: Trainable, asked: Asked
    ) -> None:
        """What is drawn is drawn from the seed."""
        assert not torch.equal(self.ask(method(**given), inputs, seed=1)[0], asked.answer[0])

    def test_a_score_does_not_depend_on_its_batch(self, inputs: Trainable, asked: Asked) -> None:
        """In whatever parts the images come."""
        with torch.no_grad():
            parts = torch.cat([asked.made.predict(part)[0] for part in inputs.images.split(97)])
        torch.testing.assert_close(parts, asked.answer[0], rtol=1e-3, atol=1e-4, msg=_other_batch)

    def test_one_image_has_the_score_that_it_has_among_others(self, inputs: Trainable, asked: Asked) -> None:
        """A batch may have one image, or a black one."""
        with torch.no_grad():
            alone = torch.cat([asked.made.predict(inputs.images[row : row + 1])[0] for row in (0, 1, 2)])
            black, _ = asked.made.predict(torch.zeros_like(inputs.images[:3]))
        torch.testing.assert_close(alone, asked.answer[0][:3], rtol=1e-3, atol=1e-4, msg=_other_batch)
        assert torch.isfinite(black).all(), "a black image has no finite score"

    def test_few_images_and_repeated_ones_can_be_trained_on(
        self, method: type[TrainedDetector], given: Mapping[str, Any], inputs: Trainable
    ) -> None:
        """With finite scores, or with a ValueError that says what is lacking."""
        for what, few in {"forty images": torch.arange(40), "a repeated image": torch.zeros(40).long()}.items():
            made = method(**given)
            data = replace(
                inputs.data,
                pixels=inputs.data.pixels[few],
                labels=inputs.data.labels[few],
                recipe=replace(inputs.data.recipe, epochs=1),
            )
            answer = answered(method, what, lambda: self.ask(made, replace(inputs, data=data)))  # noqa: B023 - at once
            assert answer is None or bool(torch.isfinite(answer[0]).all()), f"{what}: not all scores are finite"
