"""The splits of a task on shifted data: those of an OOD task, and the group of each image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from suite.tracks.ood.splits import Splits

Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class GroupedSplits(Splits):
    """As `Splits`, where ``test`` is clean ID and ``shifted`` are the shifted sets, with the classes of ``test``.

    Attributes:
        groups, environments: of the training images [N], numbered from 0; None where the task has none.
        test_groups: the group of each test image [N], by subset, as ``id`` or ``csid/fog``; not given to any method.
    """

    groups: Numbers | None = None
    environments: Numbers | None = None
    test_groups: Mapping[str, Numbers] = field(default_factory=dict)
