"""The objectives are what they are said to be: worked values, and the peer's losses on the same logits."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from suite import Context
from suite.plugins.ood._losses import energy_above, energy_below, joint_logits
from suite.plugins.ood.energy_finetune import EnergyFineTuning
from suite.plugins.ood.logitnorm import LogitNorm
from suite.plugins.ood.meta_ood import MetaOOD
from suite.plugins.ood.mixoe import MixOE
from suite.plugins.ood.outlier_exposure import OutlierExposure

LOGITS = nn.Identity()  # a network whose images are its logits


@pytest.fixture
def batch() -> tuple[Tensor, Tensor, Tensor]:
    """Logits of 8 ID samples, their labels, and logits of 12 outliers."""
    generator = torch.Generator().manual_seed(0)
    inside, outside = (10 * torch.randn(count, 5, generator=generator) for count in (8, 12))
    return inside, torch.arange(8) % 5, outside


def test_worked_value_of_the_energy_penalty() -> None:
    """The methods' reference, section 7.2: E = -20 against -23, and E = -8 against -5."""
    penalty = EnergyFineTuning().penalty(torch.tensor([[20.0, -1e9]]), torch.tensor([[8.0, -1e9]]))
    assert float(penalty) == pytest.approx(1.8, abs=1e-5)


def test_margins_are_one_sided() -> None:
    logits = torch.tensor([[20.0, -1e9]])
    assert float(energy_below(logits, -19.0)) == 0.0
    assert float(energy_above(logits, -21.0)) == 0.0


def test_energy_loss_is_the_peers(batch: Any) -> None:
    peer = pytest.importorskip("pytorch_ood.loss", reason="install it with: pip install 'basin-suite[test]'")
    inside, labels, outside = batch
    method = EnergyFineTuning(margin_in=-15.0, margin_out=-7.0, weight=0.3)
    theirs = peer.EnergyRegularizedLoss(alpha=0.3, margin_in=-15.0, margin_out=-7.0)
    expected = theirs(torch.cat([inside, outside]), torch.cat([labels, torch.full((12,), -1)]))
    torch.testing.assert_close(method.loss(LOGITS, inside, labels, outside), expected)
    assert float(method.penalty(inside, outside)) > 0


def test_outlier_exposure_is_the_peers_with_each_side_averaged_on_its_own(batch: Any) -> None:
    peer = pytest.importorskip("pytorch_ood.loss", reason="install it with: pip install 'basin-suite[test]'")
    inside, labels, outside = batch
    terms = peer.OutlierExposureLoss(alpha=0.5, reduction="none")(
        torch.cat([inside, outside]), torch.cat([labels, torch.full((12,), -1)])
    )
    found = OutlierExposure().loss(LOGITS, inside, labels, outside)
    torch.testing.assert_close(found, terms[:8].mean() + terms[8:].mean())


def test_logitnorm_is_the_peers(batch: Any) -> None:
    peer = pytest.importorskip("pytorch_ood.loss", reason="install it with: pip install 'basin-suite[test]'")
    inside, labels, outside = batch
    found = LogitNorm(temperature=0.5).loss(LOGITS, inside, labels, outside[:0])
    torch.testing.assert_close(found, peer.LogitNorm(t=0.5)(inside, labels))
    torch.testing.assert_close(LogitNorm(temperature=0.5).loss(LOGITS, 7 * inside, labels, outside[:0]), found)


def mixoe(**parameters: Any) -> MixOE:
    method = MixOE(**parameters)
    method._rng = Context(seed=1).rng("mixing")
    return method


def test_mixup_has_the_soft_labels_of_its_share(batch: Any) -> None:
    inside, labels, outside = batch
    share = mixoe().mixed(inside, outside[:8])[1]
    soft = share * F.one_hot(labels, 5) + (1 - share) / 5
    mixture = share * inside + (1 - share) * outside[:8]
    expected = F.cross_entropy(inside, labels) + 5 * F.cross_entropy(mixture, soft)
    torch.testing.assert_close(mixoe().loss(LOGITS, inside, labels, outside), expected)
    assert 0 < share < 1


def test_cutmix_pastes_the_share_that_it_says() -> None:
    method = mixoe(mix="cutmix")
    shares = []
    for _ in range(20):
        pasted, share = method.mixed(torch.ones(3, 1, 8, 8), torch.zeros(3, 1, 8, 8))
        assert float(pasted.mean()) == pytest.approx(share)
        shares.append(share)
    assert len(set(shares)) > 5


def test_inner_steps_descend_on_the_id_part_of_the_objective(batch: Any) -> None:
    """One step on a linear network is weights minus the rate times the gradient, worked out by autograd here."""
    inside, labels, _ = batch
    network = nn.Linear(5, 5)
    method = MetaOOD(steps=1, inner_lr=0.1, margin_in=-15.0)
    method.network = network
    start = {name: weights.detach() for name, weights in network.named_parameters()}
    logits = network(inside)
    loss = F.cross_entropy(logits, labels) + 0.1 * (-logits.logsumexp(dim=1) + 15.0).relu().square().mean()
    loss.backward()
    found = method.adapted(start, inside, labels)
    for name, weights in network.named_parameters():
        torch.testing.assert_close(found[name], weights - 0.1 * weights.grad)


def test_one_forward_pass_shares_batch_norm_statistics() -> None:
    network = nn.BatchNorm1d(3)
    inside, outside = torch.randn(6, 3), 5 + torch.randn(10, 3)
    one, other = joint_logits(network, inside, outside)
    assert (one.shape, other.shape) == ((6, 3), (10, 3))
    torch.testing.assert_close(torch.cat([one, other]).mean(dim=0), torch.zeros(3), atol=1e-5, rtol=0)
    assert int(network.num_batches_tracked) == 1
