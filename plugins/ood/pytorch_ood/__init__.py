"""The detectors of pytorch-ood that are post-hoc and take images, as methods ``pytorch-ood/<name>``.

So theirs and ours are measured alike; they take no place in the ranking. They are listed where the library is installed
(``pip install 'basin-suite[pytorch-ood]'``), and nothing of it is imported before one of its detectors is fitted.
Left out of pytorch-ood 0.4.0: MCM, which compares with embeddings of text; MCD, which needs a network trained with
dropout; and WeightedEBO, whose weights are learned in training. Parameters and defaults are pytorch-ood's; where it has
no default (DICE's p, ViM's d), OpenOOD's value for the one and half the features for the other.
"""

from __future__ import annotations

from . import _detectors
from ._adapter import Adapter

DETECTORS: tuple[type[Adapter], ...] = tuple(
    value for value in vars(_detectors).values() if isinstance(value, type) and "peer" in vars(value)
)
