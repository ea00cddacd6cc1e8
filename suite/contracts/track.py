"""Tracks: a research question with one method contract."""

from __future__ import annotations

from dataclasses import dataclass

from suite.contracts.method import Method


@dataclass(frozen=True)
class Track:
    """What a track declares: its name, its question, and the class that its methods derive from, or one of several."""

    name: str
    title: str
    question: str
    contract: type[Method] | tuple[type[Method], ...]

    @property
    def contracts(self) -> tuple[type[Method], ...]:
        """The classes of ``contract``, however many there are."""
        return self.contract if isinstance(self.contract, tuple) else (self.contract,)
