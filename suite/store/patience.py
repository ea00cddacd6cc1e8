"""Patience: a store that has answered and is away now is waited for, so that a server may be started again."""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from suite.store.complaints import Away

LONGEST_PAUSE = 1.0
"""Seconds between two tries, at most; as long as chance has it, so that many runners do not come at once."""

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


class Patient(Protocol):
    """Whoever uses a store, and waits for it for so many seconds."""

    url: str
    patience: float


Self = TypeVar("Self", bound=Patient)


def patiently(transaction: Callable[Concatenate[Self, P], T]) -> Callable[Concatenate[Self, P], T]:
    """Have a method tried again while the store is away, for as long as the patience of its object lasts.

    The method is one transaction, and doing it twice must be as doing it once: where the connection broke while it was
    committed, nobody knows whether it was. Patience that has ended once is not had again.

    Raises:
        Away: the store did not come back in time.
    """

    @functools.wraps(transaction)
    def patient(self: Self, *args: P.args, **kwargs: P.kwargs) -> T:
        started, waits = time.monotonic(), False
        while True:
            try:
                done = transaction(self, *args, **kwargs)
            except Away as error:
                if time.monotonic() - started >= self.patience:  # which may end meanwhile: see `Writer.hurry`
                    self.patience = 0.0
                    raise
                if not waits:
                    log.warning("%s\n  at:   %s\n  trying again for %g s", error.cause, error.place, self.patience)
                waits = True
                time.sleep(LONGEST_PAUSE * random.random())
            else:
                if waits:
                    log.warning("the store answers again, after %.0f s", time.monotonic() - started)
                return done

    return cast("Callable[Concatenate[Self, P], T]", patient)
