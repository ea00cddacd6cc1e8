"""Leases are kept up while cells run, whatever happens to one renewal."""

from __future__ import annotations

import threading

import pytest

from suite.errors import SuiteError
from suite.run import execute


class _Writer:
    """Fails to renew the first time, as on a disk that is full for a moment."""

    def __init__(self) -> None:
        self.tries = 0
        self.renewed = threading.Event()

    def renew_leases(self) -> None:
        self.tries += 1
        if self.tries == 1:
            raise SuiteError("the store cannot be written", place="here", next="wait")
        self.renewed.set()


def test_a_renewal_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "LEASE_SECONDS", 0.03)
    writer = _Writer()
    with execute._lease_keeper(writer):
        assert writer.renewed.wait(10)
    tries = writer.tries
    assert tries >= 2
    assert not any(thread.name.endswith("(renew)") for thread in threading.enumerate()), "it ends with the block"
