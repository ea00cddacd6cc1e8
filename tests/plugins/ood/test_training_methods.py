"""What methods that train learn, on digits, with as few steps as show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from suite import Context
from suite.plugins.ood.abet import AbeT
from suite.plugins.ood.energy_finetune import EnergyFineTuning
from suite.plugins.ood.logitnorm import LogitNorm
from suite.plugins.ood.meta_ood import DISCLAIMER, MetaOOD
from suite.plugins.ood.mixoe import MixOE
from suite.plugins.ood.msp import log_msp
from suite.plugins.ood.outlier_exposure import OutlierExposure
from suite.tracks.ood import TrainedDetector

SHORT: dict[type[TrainedDetector], dict[str, Any]] = {
    AbeT: {},
    LogitNorm: {},
    EnergyFineTuning: {"epochs": 2},
    OutlierExposure: {"epochs": 2},
    MixOE: {"epochs": 1},
    MetaOOD: {"meta_steps": 5},
}
every_method = pytest.mark.parametrize("method", SHORT, ids=[method.name for method in SHORT])


def trained(method: type[TrainedDetector], trainable: Any, seed: int = 0, **changed: Any) -> TrainedDetector:
    made = method(**{**SHORT[method], **changed})
    few_epochs = replace(trainable.data, recipe=replace(trainable.data.recipe, epochs=5))
    made.train(few_epochs, Context(seed=seed))
    return made


@every_method
def test_it_learns_the_classes_and_tells_id_from_ood(method: type[TrainedDetector], trainable: Any) -> None:
    made = method(**SHORT[method])
    made.train(trainable.data, Context(seed=0))
    scores, logits = made.predict(trainable.images)
    assert scores.shape == (len(trainable.images),)
    assert logits.shape == (len(trainable.images), 6)
    assert float((logits.argmax(dim=1) == trainable.labels).double().mean()) > 0.9
    assert trainable.auroc(made) > 0.6


@pytest.mark.parametrize("method", [EnergyFineTuning, OutlierExposure, MixOE])
def test_outliers_raise_auroc_on_ood_of_their_kind(method: type[TrainedDetector], trainable: Any) -> None:
    """Against the reference model under the same score; the outliers trained on and the OOD tested are other images."""
    made = method(optimiser="adamw", learning_rate=3e-3)
    with torch.no_grad():
        logits = [trainable.data.reference(images) for images in (trainable.images, trainable.outside)]
    plain = [each.logsumexp(dim=1) if method is EnergyFineTuning else log_msp(each) for each in logits]
    before = float((plain[0][:, None] > plain[1][None]).double().mean())
    made.train(trainable.data, Context(seed=0))
    assert trainable.auroc(made) > before + 0.02


def test_abet_values() -> None:
    """The methods' reference, section 7.3: ablated, the sharper input is more ID; with the leading factor, less."""
    cosines, temperature = torch.tensor([[0.8, 0.2], [0.8, 0.2]]), torch.tensor([0.5, 0.1])
    logits = cosines / temperature[:, None]
    assert AbeT().score(logits, temperature).tolist() == pytest.approx([1.86328, 8.00248], abs=1e-5)
    assert AbeT(ablated=False).score(logits, temperature).tolist() == pytest.approx([0.93164, 0.80025], abs=1e-5)


def test_abets_head_is_cosine_and_temperature(trainable: Any) -> None:
    made = trained(AbeT, trainable)
    network = made.network
    assert not network.temperature_head[1].training
    features, (scores, logits) = network.features(trainable.images), made.predict(trainable.images)
    lengths = (features.norm(dim=1) + 1e-4)[:, None] * (network.weight.norm(dim=1) + 1e-4)
    linear, norm = network.temperature_head
    normed = (linear(features) - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias
    temperature = 1 / (1 + (-normed).exp()) + 1e-12
    torch.testing.assert_close(logits, features @ network.weight.T / lengths / temperature, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(scores, logits.logsumexp(dim=1))
    extra = sum(parameter.numel() for parameter in network.temperature_head.parameters())
    assert extra == features.shape[1] + 3


def test_the_reconstruction_says_so() -> None:
    """The methods' reference, section 6."""
    assert DISCLAIMER in " ".join((MetaOOD.__doc__ or "").split())
    assert MetaOOD.card.note.startswith(DISCLAIMER)


def test_adaptation_starts_from_the_initialisation_or_from_what_is_kept(trainable: Any) -> None:
    images, labels = trainable.images[:32].flip(3), trainable.labels[:32]
    made = trained(MetaOOD, trainable, initialisation="standard")
    before = made.predict(trainable.images)[0]
    made.adapt(images, labels, Context(seed=0))
    once = made.predict(trainable.images)[0]
    made.adapt(images, labels, Context(seed=0))
    assert not torch.equal(before, once)
    assert torch.equal(made.predict(trainable.images)[0], once)

    keeping = trained(MetaOOD, trainable, initialisation="standard", kept=1.0)
    for _ in range(2):
        keeping.adapt(images, labels, Context(seed=0))
    assert not torch.equal(keeping.predict(trainable.images)[0], once)

    still = trained(MetaOOD, trainable, initialisation="standard", adaptation=False)
    still.adapt(images, labels, Context(seed=0))
    assert torch.equal(still.predict(trainable.images)[0], before)


def test_energy_initialisation_is_energy_fine_tuning(trainable: Any) -> None:
    reference = {name: tensor.clone() for name, tensor in trainable.data.reference.state_dict().items()}
    tuned = EnergyFineTuning()
    tuned.train(trainable.data, Context(seed=0))
    expected = tuned.predict(trainable.images)[0]
    trainable.data.reference.load_state_dict(reference)
    made = MetaOOD(initialisation="energy")
    made.train(trainable.data, Context(seed=0))
    torch.testing.assert_close(made.predict(trainable.images)[0], expected)


def test_a_meta_task_that_needs_more_images_than_there_are_is_an_error(trainable: Any) -> None:
    with pytest.raises(ValueError, match=r"takes 400 \+ 200 images, and there are 500"):
        MetaOOD(n=400, query=200).train(trainable.data, Context(seed=0))
