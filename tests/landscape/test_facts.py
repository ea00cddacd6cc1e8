"""Facts are those of the network and its data, for every kind of reference model."""

import json
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from suite.errors import SuiteError
from suite.landscape import Hessian
from suite.landscape.facts import facts, facts_of
from suite.landscape.subject import Subject, chosen, flat
from suite.models.subject import classifier

from ..support.command import Suite


def regression(start=0.0, rows=7):
    """Least squares with two weights, whose Hessian is ``2 X'X / N``; ends at (1, 2)."""
    inputs = torch.tensor([[1.0, 0.0], [0.0, 2.0]] * rows)
    networks = [nn.Linear(2, 1, bias=False) for _ in range(2)]
    for network, weights in zip(networks, ([start, start], [1.0, 2.0]), strict=True):
        network.weight.data = torch.tensor([weights])
    initial, network = networks
    return Subject(
        network=network,
        loss=lambda net, x, y: F.mse_loss(net(x).squeeze(1), y),
        data=(inputs, inputs @ torch.tensor([1.0, 2.0])),
        initial=initial,
        batch=3,
    )


class Known:
    """A reference model that is `regression`."""

    name = "known"

    def __init__(self, sha="1"):
        self.sha = sha

    def fingerprint(self, resources):
        return self.sha

    def subject(self, resources, samples):
        return regression()


class Asked:
    """What `facts_of` asks of a task."""

    id = "a/task"
    models = (Known("1"), Known("1"), Known("2"))

    def requires(self, seed):
        return (object(), self.models[seed])


def test_facts_of_least_squares_are_worked_out_by_hand():
    found = facts(regression(start=3.0))
    assert (found["samples"], found["weights"]) == (14, 2)
    assert found["loss"] == pytest.approx(0, abs=1e-12)
    assert found["trace"] == pytest.approx(1 + 4)  # 2 X'X / 14 = diag(1, 4), over batches of three
    assert found["top eigenvalue"] == pytest.approx(4)
    assert found["distance from initialisation"] == pytest.approx(math.sqrt(5))
    assert found["relative distance from initialisation"] == pytest.approx(math.sqrt(5 / 18))
    assert found["angle to initialisation"] == pytest.approx(math.acos(9 / math.sqrt(5 * 18)))
    assert found["barrier to initialisation"] == 0  # convex
    assert not [name for name in found if "collapse" in name or "seed" in name]


def test_a_network_lies_on_no_line_to_one_of_another_size():
    other = Subject(network=nn.Linear(3, 1), loss=F.mse_loss, data=(torch.ones(2),))
    with pytest.raises(ValueError, match="no line"):
        facts(regression(), other)


def test_statistics_are_made_anew_where_the_loss_of_other_weights_is_measured():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    images, labels = 3 + torch.randn(60, 3), torch.arange(60) % 2
    subject = classifier(network, images, labels, batch=60)
    assert subject.head is None  # there is no get_classifier
    untouched = [tensor.clone() for tensor in network.state_dict().values()]
    weights = torch.randn_like(flat(network))
    measured = float(subject.mean_loss(weights))
    assert all(torch.equal(*pair) for pair in zip(network.state_dict().values(), untouched, strict=True))
    nn.utils.vector_to_parameters(weights.clone(), network.parameters())
    by_batch = float(F.cross_entropy(network.train()(images), labels).detach())
    assert measured == pytest.approx(by_batch, rel=0.02)  # the running variance divides by N - 1
    assert measured != pytest.approx(float(F.cross_entropy(network.eval()(images), labels).detach()), rel=0.1)


def test_statistics_are_those_of_all_batches_and_not_of_each():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, momentum=None), nn.Dropout(0.5), nn.Linear(4, 2))
    images, labels = torch.cat((torch.randn(30, 3), 5 + torch.randn(30, 3))), torch.arange(60) % 2
    subject = classifier(network, images, labels, batch=30)
    measured = float(subject.mean_loss(subject.weights))
    network.train()
    for half in images.split(30):
        network(half)
    expected = float(F.cross_entropy(network.eval()(images), labels).detach())
    assert measured == pytest.approx(expected, rel=1e-5)


def test_rows_are_the_same_in_every_call():
    assert chosen(9, 4).tolist() == chosen(9, 4).tolist() == sorted(set(chosen(9, 4).tolist()))
    assert chosen(3, 10).tolist() == [0, 1, 2]


def test_a_task_offers_the_facts_of_its_models_and_of_the_line_to_another_seed(resources):
    assert facts_of(Asked(), 0, resources)["known"]["top eigenvalue"] == pytest.approx(4)
    assert facts_of(Asked(), 0, resources, against=2)["known"]["barrier to the other seed"] == 0
    with pytest.raises(SuiteError, match="use the same model known"):
        facts_of(Asked(), 0, resources, against=1)


@pytest.mark.slow
def test_the_command_tells_the_facts_of_a_classifier(suite: Suite, settings):
    home = {"SUITE_HOME": str(settings.home), "SUITE_CACHE": str(settings.cache_folder)}
    options = ("--samples", "30", "--probes", "2", "--against", "1")
    found = json.loads(suite.printed("tasks", "landscape", "ood/digits", *options, "--format", "json", **home))
    told = found["models"]["small-cnn-digits"]
    assert (found["seed"], told["samples"]) == (0, 30)
    assert 0 < told["loss"] < 0.5 < told["barrier to the other seed"]  # nets of two seeds lie in two valleys
    assert told["angle to the other seed"] == pytest.approx(math.pi / 2, abs=0.05)
    assert told["distance from initialisation"] > 1
    assert 1 < told["effective rank of the features"] <= 30
    assert told["collapse: disagreement"] < 0.1
    few = ("--samples", "2", "--probes", "1")
    assert "standard error of the trace: nan" in suite.printed("tasks", "landscape", "ood/digits", *few, **home)


def test_a_task_without_a_network_says_so(suite: Suite):
    done = suite("tasks", "landscape", "replay/split-digits")
    assert done.returncode != 0
    assert "no reference model" in done.stderr


def test_there_is_no_angle_to_weights_that_are_all_zero():
    found = facts(regression(start=0.0))
    assert math.isnan(found["angle to initialisation"])
    assert math.isinf(found["relative distance from initialisation"])


@pytest.mark.parametrize("task", ["memorization/digits", "memorization/mixtures"])
def test_denoisers_are_better_at_noise_than_they_began(resources, task):
    from suite.landscape.subject import Trained
    from suite.registry import load_registry

    for model in load_registry().tasks[task]().requires(0):
        if isinstance(model, Trained):
            subject = model.subject(resources, 6)
            assert subject.initial is not None
            trained, begun = (float(subject.mean_loss(flat(net))) for net in (subject.network, subject.initial))
            assert trained < 0.5 < begun
            total = sum(float(loss(subject.weights)) for loss in subject.losses())
            assert total == pytest.approx(trained, rel=1e-4)
            assert math.isfinite(Hessian(subject.losses(), subject.weights).trace(probes=2).error)
            return
    pytest.fail("there is no such model")
