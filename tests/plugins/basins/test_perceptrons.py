"""Networks side by side: as if each were alone."""

from __future__ import annotations

import torch

from suite.plugins.basins._perceptrons import Perceptrons, Training

TRAINING = Training(hidden=16, epochs=30, batch_size=50, learning_rate=1e-2, weight_decay=1e-2)


def test_each_network_learns_its_own_problem() -> None:
    """One sees an XOR of its two inputs, the other noise."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(2, 400, 2, generator=generator)
    labels = (inputs[0].prod(dim=1) > 0).long()
    networks = Perceptrons(2, 2, 2, TRAINING, torch.Generator().manual_seed(1))
    networks.fit(inputs, labels)
    right = (networks(inputs).argmax(dim=2) == labels).double().mean(dim=1)
    assert right[0] > 0.93
    assert right[1] < 0.75
    assert torch.allclose(networks.only(1)(inputs[1:]), networks(inputs)[1:], atol=1e-6)


def test_training_is_that_of_a_network_alone() -> None:
    """Gradients do not mix: the first of two networks ends where it does beside another companion."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(3, 100, 4, generator=generator)
    labels = torch.arange(2).repeat(50)
    ends = []
    for companion in (1, 2):
        networks = Perceptrons(2, 4, 2, TRAINING, torch.Generator().manual_seed(1))
        networks.fit(inputs[[0, companion]], labels)
        ends.append(networks(inputs[[0, companion]])[0])
    assert torch.allclose(*ends, atol=1e-5)
