"""What a method and a task are given to work with: seed, device, randomness, and for tasks the shared resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from suite.contracts.setting import Setting

if TYPE_CHECKING:
    import numpy as np
    import torch

    from suite.cache import Cache
    from suite.settings import Settings


def _ignore(message: str) -> None:
    pass


def _stream(seed: int, role: str) -> list[int]:
    # The role's characters keep the streams of one seed apart, and the same on every machine.
    return [seed, *role.encode()]


@dataclass(frozen=True)
class Context:
    """What a method may use: randomness by role, the device, and a log.

    Two calls with the same role give the same stream, and different roles give independent ones, so that drawing
    more numbers in one place never changes another.
    """

    seed: int
    device: str = "cpu"
    log: Callable[[str], None] = field(default=_ignore, compare=False)

    def rng(self, role: str) -> np.random.Generator:
        """Return NumPy's generator for a role of this cell."""
        import numpy as np

        return np.random.default_rng(_stream(self.seed, role))

    def generator(self, role: str) -> torch.Generator:
        """Return torch's CPU generator for a role of this cell; the same numbers whatever the device."""
        import numpy as np
        import torch

        state = np.random.SeedSequence(_stream(self.seed, role)).generate_state(1, np.uint64)[0]
        return torch.Generator().manual_seed(int(state) % 2**63)


@dataclass(frozen=True)
class Resources:
    """Where data, weights and shared artifacts are, and on which device to compute them."""

    settings: Settings
    cache: Cache
    device: str = "cpu"
    log: Callable[[str], None] = field(default=_ignore, compare=False)


@dataclass(frozen=True)
class TaskContext:
    """What a task may use. The method gets `method` of it, which knows nothing of data sets.

    Random streams depend on the seed and not on the setting, so that settings are paired. ``secret`` are random bits
    in hexadecimal digits where the method runs in another process: it must not guess the order of the test.
    """

    seed: int
    resources: Resources
    setting: Setting = field(default_factory=Setting)
    secret: str = ""

    @property
    def method(self) -> Context:
        """The narrower context that is handed to a method."""
        return Context(seed=self.seed, device=self.resources.device, log=self.resources.log)

    def rng(self, role: str) -> np.random.Generator:
        """Return NumPy's generator for a role of the task, apart from every stream of the method."""
        import numpy as np

        return np.random.default_rng(_stream(self.seed, f"task:{role}"))

    def order(self, role: str) -> np.random.Generator:
        """Return NumPy's generator for an order in which a method sees test samples: of the secret, if there is one.

        No score may depend on it: without a secret, a method can work it out from its seed.
        """
        import numpy as np

        return np.random.default_rng(_stream(int(self.secret, 16), f"task:{role}")) if self.secret else self.rng(role)
