"""Tracks: a research question with one method contract."""

from __future__ import annotations

from dataclasses import dataclass

from suite.contracts.method import Method


@dataclass(frozen=True)
class Track:
    """What a track declares: its name, its question, the class or classes that its methods derive from, and leagues.

    Methods of one league are ranked together. A run that names no method takes those of the first league. If none are
    given, they are those of the contracts.
    """

    name: str
    title: str
    question: str
    contract: type[Method] | tuple[type[Method], ...]
    leagues: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.leagues:
            leagues = (getattr(contract, "league", Method.league) for contract in self.contracts)
            object.__setattr__(self, "leagues", tuple(dict.fromkeys(leagues)))

    @property
    def contracts(self) -> tuple[type[Method], ...]:
        """The classes of ``contract``, however many there are."""
        return self.contract if isinstance(self.contract, tuple) else (self.contract,)
