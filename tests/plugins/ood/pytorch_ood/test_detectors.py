"""The detectors of pytorch-ood as methods: all of them, with its parameters, giving its scores."""

from __future__ import annotations

import copy
import inspect
import sys
from importlib.metadata import version
from subprocess import run
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from suite import Context, SuiteError
from suite.models.architecture import Architecture
from suite.models.features import features_and_logits, linear_head
from suite.registry import load_registry
from suite.tracks.ood import Batch, Detector, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.metrics import auroc

peer = pytest.importorskip("pytorch_ood.detector", reason="install it with: pip install 'basin-suite[test]'")
DETECTORS = pytest.importorskip("suite.plugins.ood.pytorch_ood", exc_type=ImportError).DETECTORS
ADAPTERS = {adapter.name: adapter for adapter in DETECTORS}


def test_every_post_hoc_detector_for_images_is_there() -> None:
    classes = {name for name in peer.__all__ if inspect.isclass(getattr(peer, name))}
    assert classes - {adapter.peer for adapter in ADAPTERS.values()} == {"MCD", "MCM", "WeightedEBO"}
    assert len({adapter.peer for adapter in ADAPTERS.values()}) == len(ADAPTERS)


@pytest.mark.parametrize("name", ADAPTERS)
def test_it_is_registered_with_the_release_in_its_version(name: str) -> None:
    adapter = load_registry().method("ood", name).value
    assert adapter.standing == "reference"
    assert adapter.version.endswith(f"+pytorch-ood-{version('pytorch-ood')}")
    assert adapter.card.note == f"Implementation: pytorch-ood {version('pytorch-ood')}, unchanged."
    info = getattr(peer, adapter.peer).info
    assert adapter.card.status == ("baseline" if info.paper is None else "paper")


@pytest.mark.parametrize("name", ADAPTERS)
def test_parameters_and_defaults_are_the_peers(name: str) -> None:
    adapter = ADAPTERS[name]
    signature = inspect.signature(getattr(peer, adapter.peer).__init__).parameters
    fields = adapter.Parameters.model_fields
    for parameter, declared in fields.items():
        default = signature[parameter].default
        if default is not inspect.Parameter.empty:
            assert declared.default == default
    tunable = set(getattr(peer, adapter.peer).hyperparameter_space)
    assert tunable <= set(fields)


@pytest.mark.parametrize("name", ADAPTERS)
def test_scores_are_finite_and_repeatable(name: str, digits: Any) -> None:
    scores = []
    for _ in range(2):
        state = torch.get_rng_state()
        detector = ADAPTERS[name]()
        detector.fit(own_network(digits.train), Context(seed=0))
        scores.append([detector.score(batch) for batch in (digits.inside, digits.outside)])
        assert torch.equal(torch.get_rng_state(), state)
    inside, outside = scores[0]
    assert inside.shape == (len(digits.inside.features),)
    assert torch.isfinite(inside).all()
    assert torch.isfinite(outside).all()
    assert not inside.requires_grad
    assert all(torch.equal(*pair) for pair in zip(*scores, strict=True))
    assert auroc(inside.numpy(), outside.numpy()) != 0.5


def direct_knn(train: TrainingSet) -> Any:
    detector = peer.KNN(lambda images: features(train, images), k=7)
    detector.fit(loader(train))
    return detector


def direct_dice(train: TrainingSet) -> Any:
    detector = peer.DICE(lambda images: features(train, images), train.head.weight, train.head.bias, p=0.5)
    detector.fit(loader(train))
    return detector


def direct_openmax(train: TrainingSet) -> Any:
    return peer.OpenMax(train.network, tailsize=10).fit(loader(train))


def direct_she(train: TrainingSet) -> Any:
    return peer.SHE(lambda images: features(train, images), train.network.linear).fit(loader(train))


def direct_gradnorm(train: TrainingSet) -> Any:
    return peer.GradNorm(train.network)


def direct_mahalanobis_odin(train: TrainingSet) -> Any:
    return peer.MahalanobisODIN(lambda images: train.network.body(images), eps=0.01).fit(loader(train))


def direct_rankfeat(train: TrainingSet) -> Any:
    return peer.RankFeat(train.network.body[:4], nn.Sequential(*train.network.body[4:], train.network.linear))


def direct_gram(train: TrainingSet) -> Any:
    body = train.network.body
    detector = peer.Gram(nn.Sequential(*body[4:], train.network.linear), [body[:2], body[2:4]], 6, [1, 3])
    torch.manual_seed(0)
    return detector.fit(loader(train))


def direct_multi_mahalanobis(train: TrainingSet) -> Any:
    return peer.MultiMahalanobis([train.network.body[:2], train.network.body[2:4]]).fit(loader(train))


def direct_nacue(train: TrainingSet) -> Any:
    return peer.NACUE(train.network, [train.network.body[1], train.network.body[3]], o_star=20).fit(loader(train))


DIRECT = [
    pytest.param("knn", {"k": 7}, direct_knn, id="knn"),
    pytest.param("dice", {"p": 0.5}, direct_dice, id="dice"),
    pytest.param("openmax", {"tailsize": 10}, direct_openmax, id="openmax"),
    pytest.param("she", {}, direct_she, id="she"),
    pytest.param("gradnorm", {}, direct_gradnorm, id="gradnorm"),
    pytest.param("mahalanobis-odin", {"eps": 0.01}, direct_mahalanobis_odin, id="mahalanobis-odin"),
    pytest.param("rankfeat", {}, direct_rankfeat, id="rankfeat"),
    pytest.param("gram", {"num_poles_list": (1, 3)}, direct_gram, id="gram"),
    pytest.param("multi-mahalanobis", {}, direct_multi_mahalanobis, id="multi-mahalanobis"),
    pytest.param("nacue", {"o_star": 20}, direct_nacue, id="nacue"),
]


@pytest.mark.parametrize(("name", "options", "make"), DIRECT)
def test_the_auroc_is_that_of_calling_it_directly(name: str, options: dict[str, Any], make: Any, digits: Any) -> None:
    """On images, with the peer's own extraction, where the adapter has features and maps."""
    detector: Detector = ADAPTERS[f"pytorch-ood/{name}"](**options)
    detector.fit(own_network(digits.train), Context(seed=0))
    direct = make(own_network(digits.train))
    expected = [
        -torch.cat([direct.predict(images).detach() for images in batch.images.split(200)]).numpy()
        for batch in (digits.inside, digits.outside)
    ]
    assert auroc(*digits.scores(detector)) == pytest.approx(auroc(*expected), abs=2e-4)


@pytest.mark.parametrize("name", ["gram", "rankfeat", "nacue", "multi-mahalanobis", "odin", "mahalanobis-odin"])
def test_transformers_will_do(name: str) -> None:
    options = {"num_classes": 2, "img_size": 16, "patch_size": 8, "depth": 2, "embed_dim": 24}
    torch.manual_seed(0)
    network = Architecture("timm/vit_tiny_patch16_224", options).build().eval()
    images = torch.randn(60, 3, 16, 16)
    found, logits = features_and_logits(network, images)
    linear = linear_head(network)
    seen = Labelled(found, logits, torch.arange(60) % 2)
    head = LinearHead(linear.weight.detach(), linear.bias.detach())
    detector = ADAPTERS[f"pytorch-ood/{name}"]()
    detector.fit(TrainingSet(**vars(seen), head=head, validation=seen, images=images, network=network), Context(seed=0))
    assert torch.isfinite(detector.score(Batch(found, logits, images))).all()


def test_vims_dimension_is_half_the_features_or_what_is_said(digits: Any) -> None:
    scores = []
    for options in ({}, {"d": 64}, {"d": 16}):
        detector = ADAPTERS["pytorch-ood/vim"](**options)
        detector.fit(digits.train, Context(seed=0))
        scores.append(detector.score(digits.inside))
    assert torch.equal(scores[0], scores[1])
    assert not torch.allclose(scores[1], scores[2])


def test_without_the_library_its_methods_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.plugins.ood.find_spec", lambda name: None)
    registry = load_registry()
    assert registry.failures == []
    with pytest.raises(SuiteError, match="unknown method 'ood/pytorch-ood/knn'"):
        registry.method("ood", "pytorch-ood/knn")


def test_listing_imports_nothing_of_the_library() -> None:
    code = (
        "import sys; from suite.registry import load_registry; "
        "assert 'ood/pytorch-ood/knn' in load_registry().methods; "
        "print({'torch', 'pytorch_ood', 'torchvision'} & set(sys.modules))"
    )
    assert run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"


def own_network(train: TrainingSet) -> TrainingSet:
    """Return a training set with a copy of the network, as the protocol hands out."""
    network = copy.deepcopy(train.network)
    return TrainingSet(**{**vars(train), "network": network})


def features(train: TrainingSet, images: Tensor) -> Tensor:
    found: Tensor = train.network.body(images)
    return found


def loader(train: TrainingSet) -> list[tuple[Tensor, Tensor]]:
    return [(train.images[start : start + 50], train.labels[start : start + 50]) for start in range(0, 500, 50)]
