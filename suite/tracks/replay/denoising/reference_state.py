"""What all methods share: the inputs of both tasks, Hopfield energies, and reconstruction errors before task 2.

Feature space and beta are our choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from suite.contracts import Resources
from suite.data.split import Split
from suite.diffusion.trained import TrainedDenoiser
from suite.tracks.replay.denoising.reconstruction import Reconstruction
from suite.tracks.replay.hopfield import energies, matched_beta

VERSION = 1
"""Raised when the same model and images give other numbers."""


@dataclass(frozen=True)
class ReferenceState:
    """The model's state after task 1.

    Attributes:
        old_inputs, new_inputs: both tasks' training images as the network is given them [N, C, H, W].
        energy: Hopfield energy of each task-1 sample among the others [N], float64, at ``beta``.
        old, judged: reconstruction errors of task 1 [N] and of the images that task 2 is judged by [M], float64.
        judged_inputs: the latter as the network is given them [M, C, H, W].
    """

    old_inputs: Tensor
    new_inputs: Tensor
    judged_inputs: Tensor
    energy: Tensor
    beta: float
    old: Tensor
    judged: Tensor


def reference_state(
    model: TrainedDenoiser, reconstruction: Reconstruction, splits: tuple[Split, Split, Split], resources: Resources
) -> ReferenceState:
    """Return the state, from the cache if it is there; ``splits`` are task 1, task 2, and what task 2 is judged by."""
    old, new, judged = (model.diffusion.inputs(split, resources) for split in splits)
    identity = {
        "version": VERSION,
        "model": model.fingerprint(resources),
        "images": [split.identity(resources) for split in splits],
        "timesteps": list(reconstruction.timesteps),
        "stride": reconstruction.stride,
        "noise": reconstruction.seed,
    }

    def make() -> dict[str, Tensor]:
        network, device = model.load(resources), resources.device
        energy, beta = matched_energies(old)
        return {
            "energy": energy,
            "beta": torch.tensor(beta, dtype=torch.float64),
            "old": reconstruction.errors(network, old, device),
            "judged": reconstruction.errors(network, judged, device),
        }

    tensors = resources.cache.tensors("reconstructions", identity, make)
    beta = float(tensors.pop("beta"))
    return ReferenceState(old_inputs=old, new_inputs=new, judged_inputs=judged, beta=beta, **tensors)


def matched_energies(inputs: Tensor) -> tuple[Tensor, float]:
    """Return the kernel energy of each input [N, ...] among the others [N], float64, and the beta that matches them.

    Inputs are taken as vectors, centred, over the root of their length.
    """
    vectors = inputs.flatten(1).double()
    vectors = (vectors - vectors.mean(dim=0)) / vectors.shape[1] ** 0.5
    beta = matched_beta(vectors)
    return energies(vectors, beta), beta
