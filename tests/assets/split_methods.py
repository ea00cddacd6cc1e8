"""Methods for every way in which a method's process can go wrong. All inputs are of our own making and harmless."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from suite import Card, Context, Method, hookimpl
from suite.registry import load_registry  # noqa: F401 - methods may import the suite

TRACK: Any = next(module for name, module in sys.modules.items() if name.startswith("suite_plugin_file_split_track"))
METHODS: list[type[Method]] = []


class Right(TRACK.Guesser):  # type: ignore[misc]
    """Guesses by the sign."""

    name = "right"
    version = "1"
    card = Card(title="For the tests", status="baseline")

    class Parameters(TRACK.Guesser.Parameters):  # type: ignore[misc]
        """A parameter that changes nothing."""

        spare: int = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        METHODS.append(cls)

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Return the signs."""
        return (values > 0).long()


METHODS.append(Right)


class Asks(Right):
    """Asks the oracle, catches its error, and logs."""

    name = "asks"

    def learn(self, known: Any, context: Context) -> None:
        """Ask twice."""
        with contextlib.suppress(ValueError):
            known.oracle.threshold(1.0)
        self.threshold = known.oracle.threshold(above=-1.0)
        context.log(f"asked {known.oracle.asked} times, {len(known.labels)} labels")

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Compare with what the oracle said."""
        return (values > self.threshold).long()


class AsksTooMuch(Right):
    """Asks for what its reference does not allow."""

    name = "asks-too-much"

    def learn(self, known: Any, context: Context) -> None:
        """Ask for a name that is not declared."""
        known.oracle._use(known.oracle._number, "__class__", [], {})


class Imaginary(Right):
    """Answers with complex numbers, of which the real part would be right."""

    name = "imaginary"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Return the signs, and something imaginary."""
        return (values > 0).float() + 1j


class Overwrites(Right):
    """Answers rightly, and overwrites what it was asked about."""

    name = "overwrites"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Return the signs, and leave zeros."""
        signs = (values > 0).long()
        values.zero_()
        return signs


class Raises(Right):
    """Raises."""

    name = "raises"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Raise."""
        raise RuntimeError("the method broke")


class Exits(Right):
    """Leaves as a script would."""

    name = "exits"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Exit."""
        sys.exit("enough")


class Leaves(Right):
    """Ends its process."""

    name = "leaves"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """End at once."""
        os._exit(7)


class Dies(Right):
    """Is killed."""

    name = "dies"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Kill this process."""
        signal.raise_signal(signal.SIGKILL)
        return values


class Hangs(Right):
    """Never answers."""

    name = "hangs"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Wait."""
        time.sleep(600)
        return values


def channel() -> socket.socket:
    """Return the channel of this process: the only socket that it has."""
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return socket.socket(fileno=number)
    raise LookupError("no channel")


class Garbage(Right):
    """Sends what is no frame."""

    name = "garbage"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Send a text."""
        channel().sendall(b"this is no frame at all, and too long for a header")
        return values


class Huge(Right):
    """Promises more than passes."""

    name = "huge"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Send the head of a frame of a terabyte."""
        channel().sendall(b"BSi1" + (10).to_bytes(4, "little") + (2**40).to_bytes(8, "little"))
        return values


class NotFinite(Right):
    """Returns no number."""

    name = "not-finite"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Return NaN."""
        return values * float("nan")


class Short(Right):
    """Returns one guess too few."""

    name = "short"

    def guess(self, values: torch.Tensor) -> torch.Tensor:
        """Return a part."""
        return super().guess(values)[1:]


class Odd(Right):
    """Returns an object."""

    name = "odd"

    def guess(self, values: torch.Tensor) -> Any:
        """Return what does not pass."""
        return object()


@hookimpl
def suite_register_methods(register: Callable[[type[Method]], None]) -> None:
    """Register them all."""
    for method in METHODS:
        register(method)
